// Package replay is an endpoint that answers from recorded exchanges, for
// tests: those of a model as it should be and those of one that means harm.
package replay

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Exchange is one recorded answer. The request is not compared: what a client
// sends is kept in Endpoint.Asked, for the test to look at.
type Exchange struct {
	Name   string            `json:"name"`
	Status int               `json:"status"` // 0: 200
	Header map[string]string `json:"header"` // Content-Type is application/json unless set
	// Object is the object the model answers with, wrapped as a completion;
	// Body is a whole body instead, sent as it is.
	Object json.RawMessage `json:"object"`
	Body   string          `json:"body"`
	// Endless sends Body again and again; Drip waits so many milliseconds
	// before each byte of it; Hang never answers.
	Endless bool `json:"endless"`
	Drip    int  `json:"drip"`
	Hang    bool `json:"hang"`
}

// Endpoint answers requests by exchanges, in order; the last one stays.
type Endpoint struct {
	mu        sync.Mutex
	exchanges []Exchange
	next      int
	asked     []string
	// Tool wraps objects as calls of the tool that was asked for.
	Tool bool
}

// New makes an endpoint.
func New(exchanges ...Exchange) *Endpoint { return &Endpoint{exchanges: exchanges} }

// Read reads exchanges: a JSON list.
func Read(r io.Reader) ([]Exchange, error) {
	var out []Exchange
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	return out, nil
}

// Asked are the bodies of the requests so far.
func (e *Endpoint) Asked() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.asked...)
}

// take is the exchange for a request.
func (e *Endpoint) take(body string) Exchange {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = append(e.asked, body)
	if len(e.exchanges) == 0 {
		return Exchange{Status: http.StatusNotFound}
	}
	x := e.exchanges[min(e.next, len(e.exchanges)-1)]
	e.next++
	return x
}

// ServeHTTP answers one request.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil || r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/chat/completions") {
		http.Error(w, "no", http.StatusBadRequest)
		return
	}
	x := e.take(string(b))
	if x.Hang {
		<-r.Context().Done()
		return
	}
	w.Header().Set("Content-Type", "application/json")
	for k, v := range x.Header {
		w.Header().Set(k, v)
	}
	status := x.Status
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	body := []byte(x.Body)
	if x.Object != nil {
		body = Completion(x.Object, string(b), e.Tool)
	}
	e.send(w, r, x, body)
}

// send writes a body as the exchange says, until it ends or the client goes.
func (e *Endpoint) send(w http.ResponseWriter, r *http.Request, x Exchange, body []byte) {
	flush := http.NewResponseController(w)
	for {
		if x.Drip == 0 {
			if _, err := w.Write(body); err != nil {
				return
			}
		} else {
			for _, c := range body {
				select {
				case <-r.Context().Done():
					return
				case <-time.After(time.Duration(x.Drip) * time.Millisecond):
				}
				if _, err := w.Write([]byte{c}); err != nil || flush.Flush() != nil {
					return
				}
			}
		}
		if !x.Endless || r.Context().Err() != nil {
			return
		}
	}
}

// Completion wraps an object as the response of an endpoint, as the content of
// a message or as the call of the tool that the request names.
func Completion(object json.RawMessage, request string, tool bool) []byte {
	msg, finish := map[string]any{"role": "assistant", "content": string(object)}, "stop"
	if tool {
		var in struct {
			Choice struct {
				Function struct {
					Name string `json:"name"`
				} `json:"function"`
			} `json:"tool_choice"`
		}
		_ = json.Unmarshal([]byte(request), &in) // a request without the tool gets a call of none
		msg = map[string]any{"role": "assistant", "content": nil, "tool_calls": []any{map[string]any{
			"id": "call_1", "type": "function", "function": map[string]any{"name": in.Choice.Function.Name, "arguments": string(object)}}}}
		finish = "tool_calls"
	}
	b, err := json.Marshal(map[string]any{"id": "c", "object": "chat.completion", "choices": []any{map[string]any{"index": 0, "finish_reason": finish, "message": msg}},
		"usage": map[string]any{"prompt_tokens": 700, "completion_tokens": 200, "total_tokens": 900}})
	if err != nil {
		return nil
	}
	return b
}
