package sms

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"maru/kernel"
	"maru/platform/address"
)

// Message is a text message to one number.
type Message struct {
	ID   kernel.ID   `json:"id"`
	To   string      `json:"to"` // as Mobile returns it
	Text string      `json:"text"`
	Lang kernel.Lang `json:"lang"`
	At   kernel.Time `json:"-"`
}

// ErrRefused means that the number takes no messages: another try would fail
// the same way.
var ErrRefused = errors.New("sms: the number takes no messages")

const (
	timeout = 15 * time.Second
	minKey  = 16 // bytes of the signature's key, at least
)

// Gateway hands messages over. It is safe for concurrent use.
type Gateway struct {
	url    string
	key    []byte
	client *http.Client
}

// New makes a gateway; it talks to nobody yet. What goes to the address names
// people's numbers, so it is https or on this machine.
func New(to string, key []byte) (*Gateway, error) {
	if !address.Safe(to) {
		return nil, fmt.Errorf("sms: the gateway's address %q is neither https nor on this machine", to)
	}
	if len(key) < minKey {
		return nil, fmt.Errorf("sms: the gateway's key has %d bytes; at least %d", len(key), minKey)
	}
	return &Gateway{url: to, key: key, client: &http.Client{Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Send hands one message over. It returns nil once the gateway has taken it,
// ErrRefused where the number is the trouble, and any other error where trying
// again later may help, under the same id.
func (g *Gateway) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("sms: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("sms: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", string(m.ID))
	r.Header.Set("Maru-Signature", Signature(g.key, m.At, body))
	resp, err := g.client.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // the address may hold a secret
		}
		return fmt.Errorf("sms: %w", err)
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 4096) // so that the connection can be used again
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusGone || code == http.StatusUnprocessableEntity:
		return ErrRefused
	default:
		return fmt.Errorf("sms: the gateway answered %d", code)
	}
}

// Signature is the header by which a gateway knows that we posted body at that
// time.
func Signature(key []byte, at kernel.Time, body []byte) string {
	t := strconv.FormatInt(at.Std().Unix(), 10)
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(t + "."))
	_, _ = h.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(h.Sum(nil))
}
