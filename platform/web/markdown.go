package web

import (
	"bytes"
	"html/template"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"maru/kernel"
)

// newMarkdown renders texts of packs and editors: no raw HTML, no dangerous
// addresses, no inline styles; headings begin at h2 (the page owns h1) and
// links to our own pages keep the language.
func newMarkdown(l kernel.Lang) func(string) (template.HTML, error) {
	md := goldmark.New(
		goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone))),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(fitPage{l}, 100))),
	)
	return func(s string) (template.HTML, error) {
		var b bytes.Buffer
		if err := md.Convert([]byte(s), &b); err != nil {
			return "", err
		}
		// goldmark escapes everything that the text does not mark up.
		return template.HTML(b.String()), nil
	}
}

type fitPage struct{ lang kernel.Lang }

// Transform fits headings and links to the page around them.
func (f fitPage) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	top := 6
	_ = ast.Walk(doc, func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && enter {
			top = min(top, h.Level)
		}
		return ast.WalkContinue, nil
	})
	last := 1
	_ = ast.Walk(doc, func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		if !enter {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level-top+2, last+1, 6) // never skips a level
			last = n.Level
		case *ast.Link:
			if d := string(n.Destination); strings.HasPrefix(d, "/") {
				n.Destination = []byte(link(f.lang, d))
			}
		}
		return ast.WalkContinue, nil
	})
}
