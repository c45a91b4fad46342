//lint:file-ignore SA1019 the suite of revision 2025-11-25 asks a server for sampling and roots

package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// The fixtures of calls that take several rounds: a tool asks for something, the
// client calls again with the answer and with the state that it was given.

// form asks a person for one field.
func form(message, field, kind string) *sdk.ElicitParams {
	schema, err := json.Marshal(map[string]any{"type": "object", "properties": map[string]any{field: map[string]any{"type": kind}}, "required": []string{field}})
	if err != nil {
		panic(err) // of constants
	}
	return &sdk.ElicitParams{Mode: "form", Message: message, RequestedSchema: json.RawMessage(schema)}
}

// told is the field of an accepted answer, as text.
func told(in sdk.InputResponseMap, key, field string) (string, bool) {
	r, ok := in[key].(*sdk.ElicitResult)
	if !ok || r.Action != "accept" {
		return "", false
	}
	v, ok := r.Content[field]
	return fmt.Sprint(v), ok
}

// secret signs states; it lives as long as the process.
var secret = func() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails on the platforms Go supports
	return b
}()

// sign writes a state that nobody else can make.
func sign(state string) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(state))
	return state + "." + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// signed tells whether a state is want, signed by us.
func signed(state, want string) error {
	if hmac.Equal([]byte(state), []byte(sign(want))) {
		return nil
	}
	return &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "the request state was changed"}
}

func ask(state string, requests sdk.InputRequestMap) *sdk.CallToolResult {
	out := &sdk.CallToolResult{InputRequests: requests}
	if state != "" {
		out.RequestState = sign(state)
	}
	return out
}

func rounds(s *sdk.Server) {
	tool(s, "test_input_required_result_elicitation", "", func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		if name, ok := told(r.Params.InputResponses, "user_name", "name"); ok {
			return said("Hello, " + name + "!"), nil
		}
		return ask("", sdk.InputRequestMap{"user_name": form("What is your name?", "name", "string")}), nil
	})
	tool(s, "test_input_required_result_sampling", "", func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		if got := completion(r.Params.InputResponses["capital_question"]); got != "" {
			return said(got), nil
		}
		return ask("", sdk.InputRequestMap{"capital_question": question("What is the capital of France?", 100)}), nil
	})
	tool(s, "test_input_required_result_list_roots", "", func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		if got, ok := r.Params.InputResponses["client_roots"].(*sdk.ListRootsResult); ok {
			return said("Roots: " + roots(got)), nil
		}
		return ask("", sdk.InputRequestMap{"client_roots": &sdk.ListRootsParams{}}), nil
	})
	confirm := func(state, reply string) handler {
		return func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
			if _, ok := told(r.Params.InputResponses, "confirm", "ok"); !ok {
				return ask(state, sdk.InputRequestMap{"confirm": form("Please confirm", "ok", "boolean")}), nil
			}
			if err := signed(r.Params.RequestState, state); err != nil {
				return nil, err
			}
			return said(reply), nil
		}
	}
	tool(s, "test_input_required_result_request_state", "", confirm("asked", "state-ok"))
	tool(s, "test_input_required_result_tampered_state", "", confirm("asked-twice", "the state is ours"))
	tool(s, "test_input_required_result_multiple_inputs", "", func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		in := r.Params.InputResponses
		name, ok := told(in, "user_name", "name")
		greeting := completion(in["greeting"])
		rooted, listed := in["client_roots"].(*sdk.ListRootsResult)
		if !ok || greeting == "" || !listed {
			return ask("three", sdk.InputRequestMap{"user_name": form("What is your name?", "name", "string"), "greeting": question("Generate a greeting", 50), "client_roots": &sdk.ListRootsParams{}}), nil
		}
		if err := signed(r.Params.RequestState, "three"); err != nil {
			return nil, err
		}
		return said(greeting + " " + name + " " + roots(rooted)), nil
	})
	tool(s, "test_input_required_result_multi_round", "", func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		in := r.Params.InputResponses
		if color, ok := told(in, "step2", "color"); ok {
			name, mark, found := strings.Cut(r.Params.RequestState, "\x1f")
			if !found {
				return nil, signed("", "step2")
			}
			if err := signed(name+"\x1f"+mark, name+"\x1fstep2"); err != nil {
				return nil, err
			}
			return said(name + " likes " + color), nil
		}
		if name, ok := told(in, "step1", "name"); ok {
			if err := signed(r.Params.RequestState, "step1"); err != nil {
				return nil, err
			}
			return ask(name+"\x1fstep2", sdk.InputRequestMap{"step2": form("Step 2: What is your favorite color?", "color", "string")}), nil
		}
		return ask("step1", sdk.InputRequestMap{"step1": form("Step 1: What is your name?", "name", "string")}), nil
	})
	tool(s, "test_input_required_result_capabilities", "", func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		if len(r.Params.InputResponses) > 0 {
			return said("thank you"), nil
		}
		can := r.ClientCapabilities()
		wants := sdk.InputRequestMap{}
		if can != nil && can.Elicitation != nil {
			wants["name"] = form("What is your name?", "name", "string")
		}
		if can != nil && can.Sampling != nil {
			wants["greeting"] = question("Generate a greeting", 50)
		}
		if len(wants) == 0 {
			return said("nothing to ask with"), nil
		}
		return ask("", wants), nil
	})
}

// completion is the text of a sampled answer, "" for none.
func completion(r sdk.InputResponse) string {
	switch r := r.(type) {
	case *sdk.CreateMessageResult:
		return sampled(r)
	case *sdk.CreateMessageWithToolsResult:
		for _, c := range r.Content {
			if t, ok := c.(*sdk.TextContent); ok {
				return t.Text
			}
		}
	}
	return ""
}

func roots(r *sdk.ListRootsResult) string {
	var out []string
	for _, root := range r.Roots {
		out = append(out, root.URI)
	}
	return strings.Join(out, " ")
}
