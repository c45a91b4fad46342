package embeddings

import (
	"context"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"

	"maru/platform/durable"
)

// Cache keeps the vectors of texts that do not change, of one model, in a
// file. It is for one goroutine at a time.
type Cache struct {
	Client *Client
	File   string // "" keeps them in memory only

	known map[[32]byte][]float32
}

// stored is the file.
type stored struct {
	Model   string
	Vectors map[[32]byte][]float32
}

// Of gives the vectors of texts, asking for those it does not know in batches.
// What was learnt before an error stays; vectors of texts no longer asked for
// are dropped from the file.
func (c *Cache) Of(ctx context.Context, texts []string) ([][]float32, error) {
	if c.known == nil {
		c.known = c.load()
	}
	var missing []string
	seen := map[[32]byte]bool{}
	for _, t := range texts {
		k := sha256.Sum256([]byte(t))
		if c.known[k] == nil && !seen[k] {
			seen[k] = true
			missing = append(missing, t)
		}
	}
	var failed error
	for len(missing) > 0 {
		batch := missing[:min(MaxBatch, len(missing))]
		vectors, err := c.Client.Embed(ctx, batch)
		if err != nil {
			failed = err
			break
		}
		for i, t := range batch {
			c.known[sha256.Sum256([]byte(t))] = vectors[i]
		}
		missing = missing[len(batch):]
	}
	out := make([][]float32, len(texts))
	kept := make(map[[32]byte][]float32, len(texts))
	for i, t := range texts {
		k := sha256.Sum256([]byte(t))
		if out[i] = c.known[k]; out[i] != nil {
			kept[k] = out[i]
		}
	}
	c.known = kept
	if len(seen) > 0 {
		failed = errors.Join(failed, c.save())
	}
	if failed != nil {
		return nil, failed
	}
	return out, nil
}

// load reads the file; one that is absent, broken or of another model is as
// good as none.
func (c *Cache) load() map[[32]byte][]float32 {
	none := map[[32]byte][]float32{}
	if c.File == "" {
		return none
	}
	f, err := os.Open(c.File)
	if err != nil {
		return none
	}
	defer f.Close()
	var s stored
	if gob.NewDecoder(f).Decode(&s) != nil || s.Model != c.Client.Model || s.Vectors == nil {
		return none
	}
	return s.Vectors
}

func (c *Cache) save() error {
	if c.File == "" {
		return nil
	}
	err := durable.Write(c.File, func(w io.Writer) error {
		return gob.NewEncoder(w).Encode(stored{c.Client.Model, c.known})
	})
	if err != nil {
		return fmt.Errorf("embeddings: %w", err)
	}
	return nil
}
