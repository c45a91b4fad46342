//lint:file-ignore SA1019 the suite of revision 2025-11-25 asks a server for sampling and roots

package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// pause is what the suite wants between two notifications.
const pause = 50 * time.Millisecond

// handler is what a fixture does.
type handler func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error)

// fixtures adds the tools, resources and prompts that the suite names.
func fixtures(s *sdk.Server) {
	// What every call gives back.
	constant := map[string][]sdk.Content{
		"test_simple_text":       {text("This is a simple text response for testing.")},
		"test_image_content":     {picture()},
		"test_audio_content":     {&sdk.AudioContent{Data: silence(), MIMEType: "audio/wav"}},
		"test_embedded_resource": {resource("test://embedded-resource", "text/plain", "This is an embedded resource content.")},
		"test_multiple_content_types": {text("Multiple content types test:"), picture(),
			resource("test://mixed-content-resource", "application/json", `{"test":"data","value":123}`)},
	}
	for name, content := range constant {
		tool(s, name, "", func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
			return &sdk.CallToolResult{Content: content}, nil
		})
	}
	tool(s, "test_error_handling", "", func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		r := said("This tool intentionally returns an error for testing")
		r.IsError = true
		return r, nil
	})
	tool(s, "test_tool_with_logging", "", logging)
	tool(s, "test_logging_tool", "", logging)
	tool(s, "test_tool_with_progress", "", progress)
	tool(s, "test_streaming_elicitation", "", progress)
	tool(s, "test_missing_capability", "", needsSampling)
	tool(s, "test_x_mcp_header", `"region": {"type": "string", "x-mcp-header": "Region"}, "level": {"type": "integer"}`, echo)
	s.AddTool(&sdk.Tool{Name: "json_schema_2020_12_tool", Description: "Keeps all of JSON Schema 2020-12", InputSchema: json.RawMessage(wholeSchema)}, echo)

	asking(s)
	rounds(s)
	changing(s)
	resources(s)
	prompts(s)
}

// tool adds a fixture; properties are those of its arguments.
func tool(s *sdk.Server, name, properties string, h handler) {
	s.AddTool(&sdk.Tool{Name: name, Description: "Fixture of the conformance suite", InputSchema: json.RawMessage(`{"type": "object", "properties": {` + properties + `}}`)}, sdk.ToolHandler(h))
}

func text(s string) *sdk.TextContent { return &sdk.TextContent{Text: s} }

func said(s string) *sdk.CallToolResult { return &sdk.CallToolResult{Content: []sdk.Content{text(s)}} }

func echo(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
	return said(string(r.Params.Arguments)), nil
}

func resource(uri, kind, content string) *sdk.EmbeddedResource {
	return &sdk.EmbeddedResource{Resource: &sdk.ResourceContents{URI: uri, MIMEType: kind, Text: content}}
}

// picture is one red pixel.
func picture() *sdk.ImageContent {
	m := image.NewRGBA(image.Rect(0, 0, 1, 1))
	m.Set(0, 0, color.RGBA{R: 255, A: 255})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err) // into memory, of a constant
	}
	return &sdk.ImageContent{Data: b.Bytes(), MIMEType: "image/png"}
}

// silence is a WAV file of eight samples, 8 kHz mono.
func silence() []byte {
	b := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x08\x00\x00\x00\x80\x80\x80\x80\x80\x80\x80\x80")
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// logging says three things while it works.
func logging(ctx context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
	for i, line := range []string{"Tool execution started", "Tool processing data", "Tool execution completed"} {
		if i > 0 {
			time.Sleep(pause)
		}
		if err := r.Session.Log(ctx, &sdk.LoggingMessageParams{Level: "info", Data: line}); err != nil {
			return nil, err
		}
	}
	return said("logged"), nil
}

// progress tells how far it is, where it was asked to.
func progress(ctx context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
	token := r.Params.GetProgressToken()
	for i, done := range []float64{0, 50, 100} {
		if i > 0 {
			time.Sleep(pause)
		}
		if token == nil {
			continue
		}
		if err := r.Session.NotifyProgress(ctx, &sdk.ProgressNotificationParams{ProgressToken: token, Progress: done, Total: 100}); err != nil {
			return nil, err
		}
	}
	return said("done"), nil
}

func needsSampling(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
	if c := r.ClientCapabilities(); c != nil && c.Sampling != nil {
		return said("sampling is there"), nil
	}
	data, err := json.Marshal(&sdk.MissingRequiredClientCapabilityData{RequiredCapabilities: &sdk.ClientCapabilities{Sampling: &sdk.SamplingCapabilities{}}})
	if err != nil {
		return nil, err
	}
	return nil, &jsonrpc.Error{Code: sdk.CodeMissingRequiredClientCapabilities, Message: "sampling is needed", Data: data}
}

const wholeSchema = `{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
	"$defs": {"address": {"$anchor": "addressDef", "type": "object", "properties": {"street": {"type": "string"}, "city": {"type": "string"}}}},
	"properties": {"name": {"type": "string"}, "address": {"$ref": "#/$defs/address"}, "contactMethod": {"type": "string", "enum": ["phone", "email"]},
		"phone": {"type": "string"}, "email": {"type": "string"}},
	"allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
	"if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
	"then": {"required": ["phone"]}, "else": {"required": ["email"]},
	"additionalProperties": false}`

// asking adds the tools of older revisions that ask the client in the middle of
// a call. Without sessions no answer can come back: they fail, and the suite's
// older set counts them.
func asking(s *sdk.Server) {
	tool(s, "test_sampling", `"prompt": {"type": "string"}`, func(ctx context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		var in struct{ Prompt string }
		if err := json.Unmarshal(r.Params.Arguments, &in); err != nil {
			return nil, err
		}
		got, err := r.Session.CreateMessage(ctx, question(in.Prompt, 100))
		if err != nil {
			return nil, err
		}
		return said("LLM response: " + sampled(got)), nil
	})
	elicit := func(name, properties, message, schema, prefix string) {
		tool(s, name, properties, func(ctx context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
			got, err := r.Session.Elicit(ctx, &sdk.ElicitParams{Message: message, RequestedSchema: json.RawMessage(schema)})
			if err != nil {
				return nil, err
			}
			content, err := json.Marshal(got.Content)
			if err != nil {
				return nil, err
			}
			return said(fmt.Sprintf("%s: action=%s, content=%s", prefix, got.Action, content)), nil
		})
	}
	elicit("test_elicitation", `"message": {"type": "string"}`, "Who are you?", `{"type": "object", "properties": {"username": {"type": "string"}, "email": {"type": "string"}}, "required": ["username", "email"]}`, "User response")
	elicit("test_elicitation_sep1034_defaults", "", "Look these over", `{"type": "object", "properties": {"name": {"type": "string", "default": "John Doe"}, "age": {"type": "integer", "default": 30},
		"score": {"type": "number", "default": 95.5}, "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"}, "verified": {"type": "boolean", "default": true}}}`, "Elicitation completed")
	elicit("test_elicitation_sep1330_enums", "", "Choose", `{"type": "object", "properties": {
		"untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
		"titledSingle": {"type": "string", "oneOf": [{"const": "value1", "title": "First Option"}, {"const": "value2", "title": "Second Option"}, {"const": "value3", "title": "Third Option"}]},
		"legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"], "enumNames": ["Option One", "Option Two", "Option Three"]},
		"untitledMulti": {"type": "array", "items": {"type": "string", "enum": ["option1", "option2", "option3"]}},
		"titledMulti": {"type": "array", "items": {"anyOf": [{"const": "value1", "title": "First Choice"}, {"const": "value2", "title": "Second Choice"}, {"const": "value3", "title": "Third Choice"}]}}}}`, "Elicitation completed")
	tool(s, "test_reconnection", "", func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		if r.Extra != nil && r.Extra.CloseSSEStream != nil {
			r.Extra.CloseSSEStream(sdk.CloseSSEStreamArgs{RetryAfter: 10 * time.Millisecond})
		}
		time.Sleep(2 * pause)
		return said("still there"), nil
	})
}

func question(prompt string, tokens int64) *sdk.CreateMessageParams {
	return &sdk.CreateMessageParams{MaxTokens: tokens, Messages: []*sdk.SamplingMessage{{Role: "user", Content: text(prompt)}}}
}

func sampled(r *sdk.CreateMessageResult) string {
	if t, ok := r.Content.(*sdk.TextContent); ok {
		return t.Text
	}
	return ""
}

// changing adds tools that change the lists while somebody listens.
func changing(s *sdk.Server) {
	tool(s, "test_trigger_tool_change", "", func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		tool(s, "test_passing_tool", "", echo)
		s.RemoveTools("test_passing_tool")
		return said("changed"), nil
	})
	tool(s, "test_trigger_prompt_change", "", func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		s.AddPrompt(&sdk.Prompt{Name: "test_passing_prompt"}, messages(text("passing")))
		s.RemovePrompts("test_passing_prompt")
		return said("changed"), nil
	})
}

func resources(s *sdk.Server) {
	fixed := func(uri, kind string, c sdk.ResourceContents) {
		c.URI, c.MIMEType = uri, kind
		s.AddResource(&sdk.Resource{URI: uri, Name: uri[strings.LastIndex(uri, "/")+1:], Description: "Fixture of the conformance suite", MIMEType: kind},
			func(context.Context, *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
				return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{&c}}, nil
			})
	}
	fixed("test://static-text", "text/plain", sdk.ResourceContents{Text: "This is the content of the static text resource."})
	fixed("test://static-binary", "image/png", sdk.ResourceContents{Blob: picture().Data})
	fixed("test://watched-resource", "text/plain", sdk.ResourceContents{Text: "Watched."})
	s.AddResourceTemplate(&sdk.ResourceTemplate{URITemplate: "test://template/{id}/data", Name: "template", Description: "Fixture of the conformance suite", MIMEType: "application/json"},
		func(_ context.Context, r *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
			id := strings.TrimSuffix(strings.TrimPrefix(r.Params.URI, "test://template/"), "/data")
			b, err := json.Marshal(map[string]any{"id": id, "templateTest": true, "data": "Data for ID: " + id})
			if err != nil {
				return nil, err
			}
			return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{{URI: r.Params.URI, MIMEType: "application/json", Text: string(b)}}}, nil
		})
}

// messages is a prompt that always says the same, as the user.
func messages(content ...sdk.Content) sdk.PromptHandler {
	return func(context.Context, *sdk.GetPromptRequest) (*sdk.GetPromptResult, error) {
		out := &sdk.GetPromptResult{}
		for _, c := range content {
			out.Messages = append(out.Messages, &sdk.PromptMessage{Role: "user", Content: c})
		}
		return out, nil
	}
}

func prompts(s *sdk.Server) {
	argument := func(names ...string) []*sdk.PromptArgument {
		var out []*sdk.PromptArgument
		for _, n := range names {
			out = append(out, &sdk.PromptArgument{Name: n, Description: "Test argument", Required: true})
		}
		return out
	}
	const what = "Fixture of the conformance suite"
	s.AddPrompt(&sdk.Prompt{Name: "test_simple_prompt", Description: what}, messages(text("This is a simple prompt for testing.")))
	s.AddPrompt(&sdk.Prompt{Name: "test_prompt_with_image", Description: what}, messages(picture(), text("Please analyze the image above.")))
	s.AddPrompt(&sdk.Prompt{Name: "test_prompt_with_arguments", Description: what, Arguments: argument("arg1", "arg2")},
		func(ctx context.Context, r *sdk.GetPromptRequest) (*sdk.GetPromptResult, error) {
			a := r.Params.Arguments
			return messages(text(fmt.Sprintf("Prompt with arguments: arg1='%s', arg2='%s'", a["arg1"], a["arg2"])))(ctx, r)
		})
	s.AddPrompt(&sdk.Prompt{Name: "test_prompt_with_embedded_resource", Description: what, Arguments: argument("resourceUri")},
		func(ctx context.Context, r *sdk.GetPromptRequest) (*sdk.GetPromptResult, error) {
			return messages(resource(r.Params.Arguments["resourceUri"], "text/plain", "Embedded resource content for testing."), text("Please process the embedded resource above."))(ctx, r)
		})
	s.AddPrompt(&sdk.Prompt{Name: "test_input_required_result_prompt", Description: what},
		func(ctx context.Context, r *sdk.GetPromptRequest) (*sdk.GetPromptResult, error) {
			if context, ok := told(r.Params.InputResponses, "user_context", "context"); ok {
				return messages(text("Context: "+context))(ctx, r)
			}
			return &sdk.GetPromptResult{InputRequests: sdk.InputRequestMap{"user_context": form("What context should the prompt use?", "context", "string")}}, nil
		})
}

// complete offers two words for anything.
func complete(_ context.Context, r *sdk.CompleteRequest) (*sdk.CompleteResult, error) {
	if r.Params.Ref == nil {
		return nil, errors.New("nothing to complete")
	}
	return &sdk.CompleteResult{Completion: sdk.CompletionResultDetails{Values: []string{"paris", "park"}, Total: 2}}, nil
}
