package gov24

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// The operations of the API, and the beginnings of the names of files that hold
// their answers.
const (
	listOperation      = "serviceList"
	detailOperation    = "serviceDetail"
	conditionOperation = "supportConditions"
)

// ReadFiles reads a catalogue from a folder: every .json file whose name begins
// with serviceList, serviceDetail or supportConditions. Details may be missing.
func ReadFiles(fsys fs.FS) (Catalogue, error) {
	var c Catalogue
	var err error
	if c.Services, err = readAll[Service](fsys, listOperation); err != nil {
		return Catalogue{}, err
	}
	if c.Conditions, err = readAll[Conditions](fsys, conditionOperation); err != nil {
		return Catalogue{}, err
	}
	if c.Details, err = readAll[Detail](fsys, detailOperation); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Catalogue{}, err
	}
	return c, nil
}

func readAll[T Row](fsys fs.FS, operation string) ([]T, error) {
	names, err := fs.Glob(fsys, operation+"*.json")
	if err != nil {
		return nil, fmt.Errorf("gov24: %w", err)
	}
	var out []T
	for _, name := range names { // Glob sorts
		if strings.HasPrefix(path.Base(name), ".") {
			continue
		}
		rows, err := readFile[T](fsys, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if out = append(out, rows...); len(out) > maxServices {
			return nil, fmt.Errorf("gov24: more than %d entries", maxServices)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("gov24: no file %s*.json: %w", operation, fs.ErrNotExist)
	}
	return out, nil
}

func readFile[T Row](fsys fs.FS, name string) ([]T, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Decode[T](f)
}
