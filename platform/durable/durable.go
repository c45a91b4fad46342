package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// File is a file on its way to its name. It ends with Commit, CommitNew or
// Abort; Close alone does not put it in place.
type File struct {
	*os.File
	path string
	done bool
}

// Create begins a file beside path, of mode 0600.
func Create(path string) (*File, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*"+part)
	if err != nil {
		return nil, err
	}
	return &File{File: f, path: path}, nil
}

// part ends the name of a file under way; before it stands a number.
const part = ".part"

// Commit puts the file under its name, in place of another. On any error what
// stood there stays and the new file is gone, unless the last step alone failed:
// making the name last.
func (f *File) Commit() error { return f.commit(os.Rename) }

// CommitNew is Commit where nothing must stand yet: else the error is
// fs.ErrExist, and of two writers at once one succeeds.
func (f *File) CommitNew() error {
	return f.commit(func(from, to string) error {
		if err := os.Link(from, to); err != nil {
			return err
		}
		_ = os.Remove(from) // a second name of the same file
		return nil
	})
}

func (f *File) commit(place func(from, to string) error) error {
	defer f.Abort()
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := place(f.Name(), f.path); err != nil {
		return err
	}
	f.done = true
	return SyncName(f.path)
}

// Abort gives the file up. After a commit it does nothing.
func (f *File) Abort() {
	if f.done {
		return
	}
	f.done = true
	_ = f.Close() // it may be closed already
	_ = os.Remove(f.Name())
}

// Write puts a file in place with what fn writes.
func Write(path string, fn func(io.Writer) error) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	if err := fn(f); err != nil {
		return err
	}
	return f.Commit()
}

// SyncName makes a name that was given or taken away last: what the file's
// folder says of it is on the disk.
func SyncName(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// RemoveParts removes what programs that were killed while they wrote path left
// beside it. Nobody else may be writing it.
func RemoveParts(path string) error {
	dir := filepath.Dir(path)
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range list {
		number, ours := strings.CutPrefix(e.Name(), filepath.Base(path)+".")
		number, ending := strings.CutSuffix(number, part)
		if !ours || !ending || number == "" || strings.Trim(number, "0123456789") != "" || !e.Type().IsRegular() {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
