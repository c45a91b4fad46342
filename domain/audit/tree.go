package audit

import (
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"maru/platform/store"
)

// tileHeight is the height of stored tiles: 256 hashes, 8 KB each.
const tileHeight = 8

type tileID struct{ level, n int64 }

// tree reads and grows the Merkle tree within one transaction.
type tree struct {
	tx    *store.Tx
	size  int64
	tiles map[tileID][]byte // read in this transaction
	fresh []tlog.Hash       // not yet written; the first has index base
	base  int64
}

func openTree(tx *store.Tx, size int64) *tree {
	return &tree{tx: tx, size: size, tiles: map[tileID][]byte{}, base: tlog.StoredHashCount(size)}
}

// ReadHashes is tlog.HashReader over stored tiles and fresh hashes.
func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x >= t.base {
			if x-t.base >= int64(len(t.fresh)) {
				return nil, fmt.Errorf("audit: hash %d is beyond the tree", x)
			}
			out[i] = t.fresh[x-t.base]
			continue
		}
		tile := tlog.TileForIndex(tileHeight, x)
		data, err := t.tile(tileID{int64(tile.L), tile.N})
		if err != nil {
			return nil, err
		}
		tile.W = len(data) / tlog.HashSize
		if out[i], err = tlog.HashFromTile(tile, data, x); err != nil {
			return nil, fmt.Errorf("audit: tile %d/%d: %w", tile.L, tile.N, err)
		}
	}
	return out, nil
}

func (t *tree) tile(id tileID) ([]byte, error) {
	if data, ok := t.tiles[id]; ok {
		return data, nil
	}
	data, err := readTile(t.tx, id)
	if err != nil {
		return nil, err
	}
	t.tiles[id] = data
	return data, nil
}

// readTile gives an empty tile where none is stored.
func readTile(tx *store.Tx, id tileID) ([]byte, error) {
	var data []byte
	err := tx.QueryRow(`SELECT data FROM audit_tile WHERE level = $1 AND n = $2`, id.level, id.n).Scan(&data)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("audit: read tile: %w", err)
	}
	return data, nil
}

// grow adds leaves, writes the tiles that changed and returns the new root.
func (t *tree) grow(leaves [][]byte) (tlog.Hash, error) {
	old := t.size
	for _, leaf := range leaves {
		hashes, err := tlog.StoredHashesForRecordHash(t.size, tlog.RecordHash(leaf), t)
		if err != nil {
			return tlog.Hash{}, err
		}
		t.fresh = append(t.fresh, hashes...)
		t.size++
	}
	for _, tile := range tlog.NewTiles(tileHeight, old, t.size) {
		data, err := tlog.ReadTileData(tile, t)
		if err != nil {
			return tlog.Hash{}, err
		}
		_, err = t.tx.Exec(`INSERT INTO audit_tile (level, n, data) VALUES ($1, $2, $3)
			ON CONFLICT (level, n) DO UPDATE SET data = excluded.data`, int64(tile.L), tile.N, data)
		if err != nil {
			return tlog.Hash{}, fmt.Errorf("audit: write tile: %w", err)
		}
	}
	return tlog.TreeHash(t.size, t)
}
