package embeddings

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"time"
)

// Client asks one endpoint for one model.
type Client struct {
	URL   string // of the endpoint, .../v1/embeddings
	Model string
	Key   string // bearer token, "" for none
	HTTP  *http.Client
}

const (
	maxAnswer = 64 << 20
	// MaxBatch is how many texts one request holds at most.
	MaxBatch = 64
)

// ErrAnswer is an answer that is no list of vectors for the texts asked.
var ErrAnswer = errors.New("embeddings: the endpoint's answer is not understood")

// Embed gives the unit vector of each text. The context bounds the time. The
// error never holds the texts.
func (c *Client) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	body, err := json.Marshal(map[string]any{"model": c.Model, "input": texts, "encoding_format": "float"})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("embeddings: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if c.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.Key)
	}
	client := c.HTTP
	if client == nil {
		// A redirect would carry people's words to somebody else.
		client = &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("embeddings: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("embeddings: the endpoint answers %d", resp.StatusCode)
	}
	var out struct {
		Data []struct {
			Index     int       `json:"index"`
			Embedding []float64 `json:"embedding"`
		} `json:"data"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&out); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w: %s", ErrAnswer, strings.SplitN(err.Error(), ":", 2)[0])
	}
	if len(out.Data) != len(texts) {
		return nil, ErrAnswer
	}
	vectors := make([][]float32, len(texts))
	dim := 0
	for _, d := range out.Data {
		if d.Index < 0 || d.Index >= len(texts) || vectors[d.Index] != nil || len(d.Embedding) == 0 || dim != 0 && len(d.Embedding) != dim {
			return nil, ErrAnswer
		}
		dim = len(d.Embedding)
		v, ok := unit(d.Embedding)
		if !ok {
			return nil, ErrAnswer
		}
		vectors[d.Index] = v
	}
	return vectors, nil
}

func unit(in []float64) ([]float32, bool) {
	var sum float64
	for _, x := range in {
		sum += x * x
	}
	n := math.Sqrt(sum)
	if n == 0 || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, false
	}
	out := make([]float32, len(in))
	for i, x := range in {
		out[i] = float32(x / n)
	}
	return out, true
}

// Cosine is that of two unit vectors, 0 where their lengths differ.
func Cosine(a, b []float32) float64 {
	if len(a) != len(b) {
		return 0
	}
	var sum float32
	for i := range a {
		sum += a[i] * b[i]
	}
	return float64(sum)
}
