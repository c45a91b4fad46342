package catalog

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
)

// archive is a version as it lies in the store. It carries no times, so that
// equal packs make equal archives.
func archive(fsys fs.FS) ([]byte, error) {
	names, err := packFiles(fsys)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(data); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// archiveOf is the archive of files that were read under this hash; files that
// changed since are an error.
func archiveOf(fsys fs.FS, hash string) ([]byte, error) {
	data, err := archive(fsys)
	if err != nil {
		return nil, err
	}
	packed, err := unpack(data)
	if err != nil {
		return nil, err
	}
	names, err := packFiles(packed)
	if err != nil {
		return nil, err
	}
	now, err := hashFiles(packed, names)
	if err != nil {
		return nil, err
	}
	if now != hash {
		return nil, errors.New("the files changed while they were read")
	}
	return data, nil
}

// unpack opens what archive made.
func unpack(data []byte) (fs.FS, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("catalog: stored version: %w", err)
	}
	return z, nil
}
