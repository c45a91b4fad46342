package store

import (
	"fmt"
	"runtime/debug"

	"maru/kernel"
)

// The versions that were tested together. The driver is C translated to Go and
// leans on details of its C library that do not follow semantic versioning: a
// library newer than the driver's own may misbehave without a compile error.
const (
	testedSQLite = "v1.60.1"
	testedLibc   = "v1.77.1"
)

func checkPair() error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	return pairOf(info.Deps)
}

func pairOf(deps []*debug.Module) error {
	want := map[string]string{"modernc.org/sqlite": testedSQLite, "modernc.org/libc": testedLibc}
	for _, d := range deps {
		if d.Replace != nil {
			d = d.Replace
		}
		if v, ok := want[d.Path]; ok && d.Version != v {
			return kernel.E(kernel.Internal, "", fmt.Errorf("store: built with %s %s, tested with %s: SQLite and its C library change together", d.Path, d.Version, v))
		}
	}
	return nil
}
