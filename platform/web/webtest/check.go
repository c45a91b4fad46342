package webtest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// MaxPage is the largest page, compressed, in bytes.
const MaxPage = 20 << 10

// Check fails t for each rule of the page contract that the page breaks.
func Check(t testing.TB, page []byte) {
	t.Helper()
	for _, p := range Problems(page) {
		t.Error(p)
	}
}

// Problems lists what breaks the page contract, "" pages included.
func Problems(page []byte) []string {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return []string{"page does not parse: " + err.Error()}
	}
	c := &checker{ids: map[string]bool{}, labels: map[string]bool{}}
	c.collect(doc)
	c.visit(doc)
	c.whole(page)
	return c.problems
}

type checker struct {
	problems []string
	ids      map[string]bool
	labels   map[string]bool // ids that a <label for> names
	h1       int
	heading  int // last level seen
	title    string
	lang     string
	main     int
}

func (c *checker) bad(format string, args ...any) {
	c.problems = append(c.problems, "page contract: "+fmt.Sprintf(format, args...))
}

// collect learns ids and labels before anything refers to them.
func (c *checker) collect(n *html.Node) {
	if n.Type == html.ElementNode {
		if id, ok := attr(n, "id"); ok {
			if id == "" || strings.ContainsAny(id, " \t\n") {
				c.bad("id %q is not one word", id)
			}
			if c.ids[id] {
				c.bad("id %q is used twice", id)
			}
			c.ids[id] = true
		}
		if n.Data == "label" {
			if f, ok := attr(n, "for"); ok {
				c.labels[f] = true
			}
		}
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		c.collect(k)
	}
}

func (c *checker) visit(n *html.Node) {
	if n.Type == html.ElementNode {
		c.element(n)
		c.references(n)
		c.inline(n)
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		c.visit(k)
	}
}

func (c *checker) element(n *html.Node) {
	switch n.Data {
	case "html":
		c.lang, _ = attr(n, "lang")
	case "title":
		if n.Parent != nil && n.Parent.Data == "head" {
			c.title = text(n)
		}
	case "main":
		c.main++
	case "h1", "h2", "h3", "h4", "h5", "h6":
		c.headingLevel(n)
	case "input", "select", "textarea":
		c.control(n)
	case "button":
		if name(n) == "" {
			c.bad("a button has no name")
		}
		if _, ok := attr(n, "type"); !ok {
			c.bad("button %q has no type", name(n))
		}
	case "a":
		c.link(n)
	case "img":
		if _, ok := attr(n, "alt"); !ok {
			c.bad("an image has no alt")
		}
	case "svg":
		hidden, _ := attr(n, "aria-hidden")
		if hidden != "true" && child(n, "title") == nil {
			c.bad("an svg has neither title nor aria-hidden")
		}
	case "form":
		c.form(n)
	case "table":
		if child(n, "caption") == nil {
			c.bad("a table has no caption")
		}
	case "fieldset":
		if child(n, "legend") == nil {
			c.bad("a fieldset has no legend")
		}
	}
}

func (c *checker) headingLevel(n *html.Node) {
	level := int(n.Data[1] - '0')
	if name(n) == "" {
		c.bad("%s is empty", n.Data)
	}
	if inside(n, "dialog") {
		return // not part of the page's outline while shut
	}
	if level == 1 {
		c.h1++
	}
	// The error summary stands before the h1 with an h2: the one exception.
	if level > c.heading+1 && c.heading > 0 {
		c.bad("%s %q follows h%d: a level is skipped", n.Data, name(n), c.heading)
	}
	c.heading = level
}

func (c *checker) control(n *html.Node) {
	kind, _ := attr(n, "type")
	if kind == "hidden" || kind == "submit" {
		return
	}
	field, _ := attr(n, "name")
	id, _ := attr(n, "id")
	_, labelled := attr(n, "aria-label")
	_, by := attr(n, "aria-labelledby")
	if !c.labels[id] && !labelled && !by && !inside(n, "label") {
		c.bad("input %q has no label", field)
	}
	if field == "" {
		c.bad("input %q has no name", id)
	}
	if _, personal := attr(n, "data-personal"); personal {
		if v, _ := attr(n, "autocomplete"); v == "" {
			c.bad("input %q is personal and needs autocomplete", field)
		}
	}
	if v, _ := attr(n, "aria-invalid"); v == "true" {
		if d, _ := attr(n, "aria-describedby"); d == "" {
			c.bad("input %q is marked wrong without saying why", field)
		}
	}
}

// vague are link texts that say nothing about where they lead.
var vague = []string{"여기", "여기를", "클릭", "이곳", "here", "click here", "link", "링크", "more", "더보기"}

func (c *checker) link(n *html.Node) {
	href, ok := attr(n, "href")
	if !ok || href == "" {
		c.bad("link %q leads nowhere", name(n))
	}
	if strings.HasPrefix(href, "#ZgotmplZ") || strings.HasPrefix(strings.ToLower(href), "javascript:") {
		c.bad("link %q has an unsafe address", name(n))
	}
	switch s := strings.ToLower(name(n)); {
	case s == "":
		c.bad("link to %s has no text", href)
	case slices.Contains(vague, s):
		c.bad("link text %q says nothing alone", s)
	}
	if id, ok := strings.CutPrefix(href, "#"); ok && id != "" && !c.ids[id] {
		c.bad("link %q leads to #%s, which is not there", name(n), id)
	}
	if target, _ := attr(n, "target"); target == "_blank" {
		c.bad("link %q opens a new window", name(n))
	}
}

func (c *checker) form(n *html.Node) {
	method, _ := attr(n, "method")
	if m := strings.ToLower(method); m != "post" && m != "get" {
		c.bad("a form has no method")
	}
	if action, _ := attr(n, "action"); !strings.HasPrefix(action, "/") && action != "" {
		c.bad("form action %q leaves this site", action)
	}
}

// references checks that ids named by attributes exist.
func (c *checker) references(n *html.Node) {
	for _, key := range []string{"for", "aria-describedby", "aria-labelledby", "aria-controls", "form", "list", "data-read", "data-copy"} {
		v, ok := attr(n, key)
		if !ok {
			continue
		}
		if strings.TrimSpace(v) == "" {
			c.bad("%s has an empty %s", n.Data, key)
		}
		for id := range strings.FieldsSeq(v) {
			if !c.ids[id] {
				c.bad("%s of %s names %q, which is not there", key, n.Data, id)
			}
		}
	}
}

// inline refuses what the content security policy would block.
func (c *checker) inline(n *html.Node) {
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			c.bad("%s has an inline %s", n.Data, a.Key)
		}
		if v := strings.ToLower(strings.TrimSpace(a.Val)); (a.Key == "src" || n.Data == "link" && a.Key == "href") && relOf(n) != "alternate" &&
			(strings.HasPrefix(v, "http:") || strings.HasPrefix(v, "https:") || strings.HasPrefix(v, "//")) {
			c.bad("%s loads %s from elsewhere", n.Data, a.Val)
		}
	}
	if n.Data == "style" {
		c.bad("an inline style element")
	}
	if n.Data == "script" && n.FirstChild != nil {
		c.bad("an inline script")
	}
}

func relOf(n *html.Node) string { r, _ := attr(n, "rel"); return r }

func (c *checker) whole(page []byte) {
	if c.h1 != 1 {
		c.bad("%d h1, want one", c.h1)
	}
	if c.lang != "ko" && c.lang != "en" {
		c.bad("html has lang %q", c.lang)
	}
	if strings.TrimSpace(c.title) == "" {
		c.bad("no title")
	}
	if c.main != 1 {
		c.bad("%d main, want one", c.main)
	}
	for _, leak := range []string{"<no value>", "%!", "ZgotmplZ", "⟨"} {
		if bytes.Contains(page, []byte(leak)) || bytes.Contains(page, []byte(html.EscapeString(leak))) && leak != "%!" {
			c.bad("page shows %q", leak)
		}
	}
	if n := gzipped(page); n > MaxPage {
		c.bad("%d bytes compressed, at most %d", n, MaxPage)
	}
}

func gzipped(b []byte) int {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b) // a buffer does not fail
	_ = z.Close()
	return out.Len()
}
