package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"text/template"
)

//go:embed service/*.tmpl
var templates embed.FS

// parsed are the templates. What they quote is printable, so that Go's way to
// write a text between double quotes is also YAML's.
var parsed = template.Must(template.New("").Option("missingkey=error").
	Funcs(template.FuncMap{"quote": strconv.Quote}).ParseFS(templates, "service/*.tmpl"))

// names are the files of a service, in the order in which one writes them.
var names = []string{"service.yaml", "text.ko.md", "text.en.md", "text.ko-easy.md", "utterances.ko.txt", "utterances.en.txt", "examples.yaml"}

type file struct {
	name string
	data []byte
}

func (v *view) render() ([]file, error) {
	files := make([]file, 0, len(names))
	for _, name := range names {
		var b bytes.Buffer
		if err := parsed.ExecuteTemplate(&b, name+".tmpl", v); err != nil {
			return nil, fmt.Errorf("scaffold: %w", err)
		}
		files = append(files, file{name, b.Bytes()})
	}
	return files, nil
}

// write puts the files into a new folder. They are written beside it under a
// hidden name, which no pack reads, and appear all at once.
func write(home string, files []file) (err error) {
	services := filepath.Dir(home)
	if err := os.MkdirAll(services, 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(services, ".new-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(tmp))
		}
	}()
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(tmp, f.name), f.data, 0o644); err != nil {
			return err
		}
	}
	// Temporary folders are their owner's alone; a pack is everybody's.
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	return os.Rename(tmp, home)
}
