package model

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"maru/kernel"
	"maru/platform/clock"
)

// How the endpoint is made to answer in a schema.
const (
	FormatSchema = "schema" // response_format json_schema
	FormatTool   = "tool"   // one tool, which it must call
)

// Config says which endpoint is asked, and how much.
type Config struct {
	URL    string // base, https://host/v1
	Model  string
	Key    string // bearer token, "" for none
	Format string // "" is FormatSchema
	// Timeout bounds one call; 0 for eight seconds. The context may be shorter.
	Timeout time.Duration
	// MaxTokens bounds one answer; 0 for 900.
	MaxTokens int
	// DayTokens bounds what is asked and answered in 24 hours by this process; 0
	// for two million.
	DayTokens int
	// AtOnce bounds calls under way; 0 for eight.
	AtOnce int
	Clock  clock.Clock       // nil: the system's
	HTTP   http.RoundTripper // nil: the system's
}

// Errors of Complete. Each is one reason for which people get an answer
// without the model.
var (
	ErrDown   = errors.New("model: the endpoint does not answer")
	ErrAnswer = errors.New("model: the endpoint's answer is not understood")
	ErrBusy   = errors.New("model: too many calls at once")
	ErrSpent  = errors.New("model: the tokens of the day are spent")
	ErrAway   = errors.New("model: the endpoint is left alone after failures")
)

const (
	maxAnswer = 64 << 10 // bytes of a whole response
	failures  = 3        // in a row until the endpoint is left alone
	patience  = time.Minute
)

// Client asks one endpoint. It is safe for concurrent use.
type Client struct {
	cfg    Config
	url    string
	client *http.Client
	slots  chan struct{}

	mu     sync.Mutex
	failed int         // in a row
	until  kernel.Time // the endpoint is left alone so long
	begun  kernel.Time // of the 24 hours
	spent  int
}

// New makes a client. The error says what is wrong with the configuration.
func New(cfg Config) (*Client, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("language model: the address is https://host/v1, without user, query or fragment")
	}
	if cfg.Model == "" {
		return nil, errors.New("language model: name the model")
	}
	switch cfg.Format {
	case "":
		cfg.Format = FormatSchema
	case FormatSchema, FormatTool:
	default:
		return nil, errors.New("language model: the format is schema or tool")
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 8 * time.Second
	}
	if cfg.MaxTokens <= 0 {
		cfg.MaxTokens = 900
	}
	if cfg.DayTokens <= 0 {
		cfg.DayTokens = 2_000_000
	}
	if cfg.AtOnce <= 0 {
		cfg.AtOnce = 8
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System()
	}
	return &Client{cfg: cfg, url: strings.TrimSuffix(cfg.URL, "/") + "/chat/completions",
		// A redirect would carry people's words and the key to somebody else.
		client: &http.Client{Transport: cfg.HTTP, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		slots:  make(chan struct{}, cfg.AtOnce)}, nil
}

// Name is the model's.
func (c *Client) Name() string { return c.cfg.Model }

// Request is one question.
type Request struct {
	System string
	User   string
	// Name and Schema are of the object that is wanted.
	Name   string
	Schema json.RawMessage
}

// Answer is the object, and what it cost.
type Answer struct {
	Object json.RawMessage
	Tokens int
}

// Complete asks once. Errors are those above, alone or wrapped.
func (c *Client) Complete(ctx context.Context, r Request) (Answer, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	default:
		return Answer{}, ErrBusy
	}
	// A token is at least a byte or so; Korean takes about one a syllable.
	asked := (len(r.System) + len(r.User) + len(r.Schema)) / 3
	if err := c.reserve(asked + c.cfg.MaxTokens); err != nil {
		return Answer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	out, err := c.call(ctx, r)
	// What the endpoint says it cost is believed within reason.
	used := max(min(out.Tokens, 4*(asked+c.cfg.MaxTokens)), asked+len(out.Object)/3)
	c.settle(asked+c.cfg.MaxTokens, used, err)
	out.Tokens = used
	return out, err
}

// reserve takes tokens before they are spent, so that many at once stay below
// the bound as well, and refuses while the endpoint is left alone.
func (c *Client) reserve(tokens int) error {
	now := c.cfg.Clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if now < c.until {
		return ErrAway
	}
	if c.failed >= failures {
		// One tries whether it is back; the others wait for what it finds.
		c.until = now.Add(patience)
	}
	if c.begun == 0 || now >= c.begun.Add(24*time.Hour) {
		c.begun, c.spent = now, 0
	}
	if c.spent+tokens > c.cfg.DayTokens {
		return ErrSpent
	}
	c.spent += tokens
	return nil
}

func (c *Client) settle(reserved, used int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spent += used - reserved
	switch {
	case err == nil:
		c.failed, c.until = 0, 0
	case errors.Is(err, context.Canceled): // the person left
	case errors.Is(err, ErrDown): // what somebody makes the model say keeps nobody else from it
		if c.failed++; c.failed >= failures {
			c.until = c.cfg.Clock.Now().Add(patience)
		}
	}
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

func (c *Client) body(r Request) ([]byte, error) {
	body := map[string]any{
		"model": c.cfg.Model, "temperature": 0, "max_tokens": c.cfg.MaxTokens, "n": 1, "stream": false,
		"messages": []message{{"system", r.System}, {"user", r.User}},
	}
	if c.cfg.Format == FormatTool {
		body["tools"] = []any{map[string]any{"type": "function", "function": map[string]any{"name": r.Name, "description": "The only way to answer.", "parameters": r.Schema}}}
		body["tool_choice"] = map[string]any{"type": "function", "function": map[string]any{"name": r.Name}}
	} else {
		body["response_format"] = map[string]any{"type": "json_schema", "json_schema": map[string]any{"name": r.Name, "strict": true, "schema": r.Schema}}
	}
	return json.Marshal(body)
}

func (c *Client) call(ctx context.Context, r Request) (Answer, error) {
	body, err := c.body(r)
	if err != nil {
		return Answer{}, fmt.Errorf("model: request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return Answer{}, ErrDown
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if c.cfg.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.cfg.Key)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return Answer{}, down(ctx)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return Answer{}, fmt.Errorf("%w: status %d", ErrDown, resp.StatusCode)
	}
	if kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return Answer{}, ErrAnswer // a stream, a page
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return Answer{}, down(ctx)
	}
	if len(b) > maxAnswer {
		return Answer{}, ErrAnswer
	}
	return c.read(b, r.Name)
}

// down is why nothing came; the transport's own words may hold addresses.
func down(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrDown, err)
	}
	return ErrDown
}

// completion is what is read of a response.
type completion struct {
	Choices []struct {
		FinishReason string `json:"finish_reason"`
		Message      struct {
			Content   *string `json:"content"`
			Refusal   *string `json:"refusal"`
			ToolCalls []struct {
				Function struct {
					Name      string `json:"name"`
					Arguments string `json:"arguments"`
				} `json:"function"`
			} `json:"tool_calls"`
		} `json:"message"`
	} `json:"choices"`
	Usage struct {
		TotalTokens int `json:"total_tokens"`
	} `json:"usage"`
}

// read takes the one object out of a response. An answer that was cut off, is
// missing, comes twice or calls any other tool is none.
func (c *Client) read(b []byte, name string) (Answer, error) {
	var got completion
	if err := json.Unmarshal(b, &got); err != nil || len(got.Choices) != 1 {
		return Answer{}, ErrAnswer
	}
	out := Answer{Tokens: got.Usage.TotalTokens}
	choice := got.Choices[0]
	if choice.Message.Refusal != nil && *choice.Message.Refusal != "" {
		return out, ErrAnswer
	}
	calls, text := choice.Message.ToolCalls, ""
	switch {
	case c.cfg.Format == FormatTool && len(calls) == 1 && calls[0].Function.Name == name && (choice.FinishReason == "tool_calls" || choice.FinishReason == "stop"):
		text = calls[0].Function.Arguments
	case c.cfg.Format == FormatSchema && len(calls) == 0 && choice.FinishReason == "stop" && choice.Message.Content != nil:
		text = *choice.Message.Content
	default:
		return out, ErrAnswer
	}
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") || !json.Valid([]byte(text)) {
		return out, ErrAnswer
	}
	out.Object = json.RawMessage(text)
	return out, nil
}

// Decode reads an object strictly: no field that is not asked for, nothing
// behind it. The error is ErrAnswer.
func Decode(object json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(object))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return ErrAnswer
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return ErrAnswer
	}
	return nil
}
