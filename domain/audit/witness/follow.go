package witness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"maru/domain/audit/proof"
)

// maxFetched bounds what a log may answer, in bytes.
const maxFetched = 64 << 10

// Follow takes a log's newest checkpoint from its public address, proves by
// the tiles there that it follows from the last one, and signs it. It returns
// the size that was signed. ErrContrary is a log that changed its history:
// tell people.
func (w *Witness) Follow(ctx context.Context, client *http.Client, prefix, origin string) (int64, error) {
	l, ok := w.logs[origin]
	if !ok {
		return 0, ErrUnknown
	}
	prefix = strings.TrimSuffix(prefix, "/")
	// Before the log is asked: a head that another call of Follow signs meanwhile
	// would make this one look as if the log had shrunk.
	last, err := w.last(l)
	if err != nil {
		return 0, err
	}
	signed, err := get(ctx, client, prefix+"/checkpoint")
	if err != nil {
		return 0, err
	}
	c, _, err := proof.Open(string(signed), l)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if c.Size < last.Size {
		return 0, fmt.Errorf("%w: it has shrunk from %d to %d", ErrContrary, last.Size, c.Size)
	}
	var path []tlog.Hash
	if 0 < last.Size && last.Size < c.Size {
		hashes := tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, &tiles{ctx: ctx, client: client, prefix: prefix})
		if path, err = tlog.ProveTree(c.Size, last.Size, hashes); err != nil {
			return 0, fmt.Errorf("%w: %w", ErrContrary, err)
		}
	}
	if _, err := w.Add(last.Size, path, string(signed)); err != nil {
		return 0, err
	}
	return c.Size, nil
}

// Watch follows a log until ctx ends, and tells each outcome.
func (w *Witness) Watch(ctx context.Context, client *http.Client, prefix string, log note.Verifier, every time.Duration, told func(size int64, err error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		told(w.Follow(ctx, client, prefix, log.Name()))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func get(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("witness: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("witness: %w", err)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxFetched+1))
	err = errors.Join(err, resp.Body.Close())
	switch {
	case err != nil:
		return nil, fmt.Errorf("witness: %s: %w", url, err)
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("witness: %s answers %s", url, resp.Status)
	case len(b) > maxFetched:
		return nil, fmt.Errorf("witness: %s answers too much", url)
	}
	return b, nil
}

// tiles reads a log's tiles over HTTP.
type tiles struct {
	ctx    context.Context //nolint:containedctx // tlog's reader takes none
	client *http.Client
	prefix string
}

func (t *tiles) Height() int { return proof.TileHeight }

func (t *tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(list))
	for i, tile := range list {
		b, err := get(t.ctx, t.client, t.prefix+"/"+proof.TilePath(tile))
		if err != nil {
			return nil, err
		}
		out[i] = b
	}
	return out, nil
}

func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}
