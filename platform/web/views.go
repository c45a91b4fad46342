package web

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"

	"maru/design"
	"maru/kernel"
)

// Views is one domain's templates, each *.html file of its file system one
// page body named after the file ("service.html" is "service"); files that
// begin with _ hold parts of their own. Every partial of the design system is
// at hand.
type Views struct {
	source *template.Template

	mu    sync.Mutex
	bound map[boundKey]*template.Template
}

type boundKey struct {
	server *Server
	lang   kernel.Lang
}

// NewViews parses the templates below fsys. It panics on a mistake in them:
// they are part of the program.
func NewViews(fsys fs.FS) *Views {
	v, err := parseViews(fsys)
	if err != nil {
		panic("web: " + err.Error())
	}
	return v
}

func parseViews(fsys fs.FS) (*Views, error) {
	t := template.New("views").Funcs(placeholderFuncs)
	for _, from := range []fs.FS{design.Templates, fsys} {
		err := fs.WalkDir(from, ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(p) != ".html" {
				return err
			}
			b, err := fs.ReadFile(from, p)
			if err != nil {
				return err
			}
			return addTemplates(t, p, string(b))
		})
		if err != nil {
			return nil, err
		}
	}
	return &Views{source: t, bound: map[boundKey]*template.Template{}}, nil
}

// addTemplates parses one file by itself, so that it cannot silently replace a
// template that is there already.
func addTemplates(all *template.Template, file, source string) error {
	own, err := template.New(strings.TrimSuffix(path.Base(file), ".html")).Funcs(placeholderFuncs).Parse(source)
	if err != nil {
		return err
	}
	for _, t := range own.Templates() {
		if all.Lookup(t.Name()) != nil {
			return fmt.Errorf("%s: a template named %q exists already", file, t.Name())
		}
		if _, err := all.AddParseTree(t.Name(), t.Tree); err != nil {
			return err
		}
	}
	return nil
}

// bind gives the templates with the functions of one server and language.
func (v *Views) bind(s *Server, l kernel.Lang) (*template.Template, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	k := boundKey{s, l}
	if t := v.bound[k]; t != nil {
		return t, nil
	}
	t, err := v.source.Clone()
	if err != nil {
		return nil, fmt.Errorf("web: views: %w", err)
	}
	t.Funcs(s.funcs(l))
	v.bound[k] = t
	return t, nil
}
