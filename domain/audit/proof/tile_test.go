package proof

import (
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

func TestTilePaths(t *testing.T) {
	for path, want := range map[string]tlog.Tile{
		"tile/0/000":                {H: 8, L: 0, N: 0, W: 256},
		"tile/0/x001/x234/067":      {H: 8, L: 0, N: 1234067, W: 256},
		"tile/2/x001/000.p/7":       {H: 8, L: 2, N: 1000, W: 7},
		"tile/entries/x273/112.p/9": {H: 8, L: -1, N: 273112, W: 9},
	} {
		got, ok := ParseTilePath(path)
		if !ok || got != want {
			t.Errorf("%s: %+v, %v", path, got, ok)
		}
		if p := TilePath(want); p != path {
			t.Errorf("%+v: %s", want, p)
		}
	}
	for _, bad := range []string{"", "tile/", "tile/0", "tile/0/", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/0/0", "tile/0/x000/001",
		"tile/0/001/002", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/", "tile/0/+01", "tile/0/../000", "tile/0/x999/x999/x999/x999/x999/x999/x999/999"} {
		if got, ok := ParseTilePath(bad); ok {
			t.Errorf("%q was read as %+v", bad, got)
		}
	}
}

func FuzzTilePath(f *testing.F) {
	f.Add("tile/0/x001/x234/067")
	f.Add("tile/entries/000.p/3")
	f.Fuzz(func(t *testing.T, path string) {
		if tile, ok := ParseTilePath(path); ok && TilePath(tile) != path {
			t.Fatalf("%q is %+v", path, tile)
		}
	})
}
