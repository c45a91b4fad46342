package proof

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// TileHeight is how many levels of the tree a tile spans: 256 hashes at most
// (C2SP tlog-tiles).
const TileHeight = 8

const tileWidth = 1 << TileHeight

// TilePath is where a log shows a tile, below its prefix: tile/0/x001/234,
// with .p/7 where the tile is not full. Level -1 are the entries.
func TilePath(t tlog.Tile) string {
	level := "entries"
	if t.L >= 0 {
		level = strconv.Itoa(t.L)
	}
	n := fmt.Sprintf("%03d", t.N%1000)
	for rest := t.N / 1000; rest > 0; rest /= 1000 {
		n = fmt.Sprintf("x%03d/%s", rest%1000, n)
	}
	path := "tile/" + level + "/" + n
	if t.W != tileWidth {
		path += ".p/" + strconv.Itoa(t.W)
	}
	return path
}

// ParseTilePath reads what TilePath writes, and only that.
func ParseTilePath(path string) (tlog.Tile, bool) {
	t := tlog.Tile{H: TileHeight, W: tileWidth}
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok || len(rest) > 64 {
		return t, false
	}
	level, rest, ok := strings.Cut(rest, "/")
	if !ok {
		return t, false
	}
	if level == "entries" {
		t.L = -1
	} else if n, ok := decimal(level); ok && n <= 63 {
		t.L = int(n)
	} else {
		return t, false
	}
	if head, width, partial := strings.Cut(rest, ".p/"); partial {
		n, ok := decimal(width)
		if !ok || n < 1 || n >= tileWidth {
			return t, false
		}
		rest, t.W = head, int(n)
	}
	parts := strings.Split(rest, "/")
	for i, part := range parts {
		digits := part
		if i < len(parts)-1 {
			if digits, ok = strings.CutPrefix(part, "x"); !ok {
				return t, false
			}
		}
		n, err := strconv.ParseUint(digits, 10, 16)
		if err != nil || len(digits) != 3 || t.N > 1<<50 {
			return t, false
		}
		t.N = t.N*1000 + int64(n)
	}
	return t, TilePath(t) == path // no second way to write one path
}
