package mapped

import (
	"os"
	"syscall"
)

// Map makes a file's bytes readable in place. release must follow the last
// reading of them.
func Map(f *os.File, size int64) (b []byte, release func() error, err error) {
	if size == 0 {
		return nil, func() error { return nil }, nil
	}
	b, err = syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, nil, &os.PathError{Op: "mmap", Path: f.Name(), Err: err}
	}
	return b, func() error { return syscall.Munmap(b) }, nil
}

// Lock keeps others from writing to a file until it is closed. It does not
// wait: the error says that somebody else holds it.
func Lock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// Private tells whether nobody but its owner can read a file.
func Private(info os.FileInfo) bool { return info.Mode().Perm()&0o077 == 0 }
