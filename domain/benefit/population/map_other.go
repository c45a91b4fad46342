//go:build !linux

package population

import (
	"io"
	"os"
)

// mapFile reads a file into memory where mapping it is not tried.
func mapFile(f *os.File, size int64) (b []byte, release func() error, err error) {
	b = make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(f, 0, size), b); err != nil {
		return nil, nil, &os.PathError{Op: "read", Path: f.Name(), Err: err}
	}
	return b, func() error { return nil }, nil
}

// lockFile does nothing here: one program at a time may change a population.
func lockFile(*os.File) error { return nil }

// private believes the system, which may know other rights than those of Unix.
func private(os.FileInfo) bool { return true }
