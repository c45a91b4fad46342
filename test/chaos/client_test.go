package chaos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// client asks one server as one person. It never asks twice.
type client struct {
	http  *http.Client
	base  string
	token string
}

// signIn gives a client for a person of the try-out world.
func signIn(t *testing.T, s *server, person string) *client {
	t.Helper()
	c := &client{http: &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}, base: s.address + "/api/v1"}
	t.Cleanup(c.http.CloseIdleConnections)
	var out struct{ Token string }
	if err := c.ask(http.MethodPost, "/demo/sign-in", "", map[string]string{"person": person}, http.StatusOK, &out); err != nil {
		t.Fatalf("sign in: %v\n%s", err, s.said)
	}
	c.token = out.Token
	return c
}

// wrongAnswer is an answer of another status than expected; every other error
// of ask means that no answer came.
type wrongAnswer struct {
	status int
	body   string
}

func (e *wrongAnswer) Error() string { return fmt.Sprintf("status %d: %s", e.status, e.body) }

func (c *client) ask(method, path, key string, body any, want int, out any) error {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, c.base+path, r)
	if err != nil {
		return err
	}
	req.GetBody = nil // so that net/http cannot repeat the request by itself
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != want {
		return &wrongAnswer{res.StatusCode, string(b)}
	}
	return json.Unmarshal(b, out)
}

// application is what answers tell of one.
type application struct {
	ID      string            `json:"id"`
	Number  string            `json:"number"`
	Status  string            `json:"status"`
	Answers map[string]string `json:"answers"`
}

// apply submits a petition whose subject is its key.
func (c *client) apply(key string) (application, error) {
	var a application
	err := c.ask(http.MethodPost, "/applications", key, petition(key), http.StatusCreated, &a)
	return a, err
}

func petition(key string) any {
	return map[string]any{"service": "general-petition", "answers": map[string]string{"subject": key, "content": "가로등이 꺼져 있어요. " + key}}
}

// all lists every application of the person.
func (c *client) all(t *testing.T) []application {
	t.Helper()
	var out []application
	for cursor := ""; ; {
		var page struct {
			Applications []application
			Next         string
		}
		if err := c.ask(http.MethodGet, "/applications?limit=100&cursor="+cursor, "", nil, http.StatusOK, &page); err != nil {
			t.Fatal(err)
		}
		out = append(out, page.Applications...)
		if cursor = page.Next; cursor == "" {
			return out
		}
	}
}
