package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// benchClient asks the JSON API the way a program does. It never asks twice.
type benchClient struct {
	http *http.Client
	base string
}

func newBenchClient(address string, connections int) *benchClient {
	t := &http.Transport{MaxIdleConns: connections, MaxIdleConnsPerHost: connections, DisableCompression: true}
	return &benchClient{http: &http.Client{Transport: t, Timeout: 30 * time.Second}, base: "http://" + address + "/api/v1"}
}

// call is a request and what must come of it.
type call struct {
	token string
	key   string // Idempotency-Key
	body  any    // nil for none
	want  int    // status
	out   any    // where the answer goes
}

func (c *benchClient) call(ctx context.Context, method, path string, k call) error {
	var body io.Reader
	if k.body != nil {
		b, err := json.Marshal(k.body)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	if k.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if k.token != "" {
		req.Header.Set("Authorization", "Bearer "+k.token)
	}
	if k.key != "" {
		req.Header.Set("Idempotency-Key", k.key)
		// net/http would repeat a request with this header when a kept
		// connection breaks: not if it cannot have the body again.
		req.GetBody = nil
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
	if res.StatusCode != k.want {
		return fmt.Errorf("%s %s: status %d instead of %d: %s", method, path, res.StatusCode, k.want, b)
	}
	return json.Unmarshal(b, k.out)
}
