package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// maxFiles and maxPackBytes bound a pack, so that a wrong folder given by
// mistake does not fill memory.
const (
	maxFiles     = 20_000
	maxPackBytes = 64 << 20
)

// packFiles lists the files that make a pack, sorted by path. Hidden files and
// editors' leftovers are no part of it.
func packFiles(fsys fs.FS) ([]string, error) {
	var names []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if name != "." && (strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~")) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		if names = append(names, name); len(names) > maxFiles {
			return fmt.Errorf("more than %d files: is this a pack?", maxFiles)
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

// hashFiles is the hash of a pack: over name, size and content of each file in
// the order of names, so that neither time nor place of the files counts.
func hashFiles(fsys fs.FS, names []string) (string, error) {
	h := sha256.New()
	rest := int64(maxPackBytes)
	for _, name := range names {
		// The size is asked before the file is read: a small archive may hold,
		// or claim to hold, more than there is memory.
		info, err := fs.Stat(fsys, name)
		if err != nil {
			return "", err
		}
		if size := info.Size(); size < 0 || size > rest {
			return "", fmt.Errorf("larger than %d bytes: is this a pack?", maxPackBytes)
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return "", err
		}
		rest -= int64(len(data))
		fmt.Fprintf(h, "%d %s\n%d\n", len(name), name, len(data))
		h.Write(data)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
