//go:build !linux

package mapped

import (
	"io"
	"os"
)

// Map reads a file into memory where mapping it is not tried.
func Map(f *os.File, size int64) (b []byte, release func() error, err error) {
	b = make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(f, 0, size), b); err != nil {
		return nil, nil, &os.PathError{Op: "read", Path: f.Name(), Err: err}
	}
	return b, func() error { return nil }, nil
}

// Lock does nothing here: one program at a time may write to a file.
func Lock(*os.File) error { return nil }

// Private believes the system, which may know other rights than those of Unix.
func Private(os.FileInfo) bool { return true }
