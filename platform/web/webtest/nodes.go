package webtest

import (
	"strings"

	"golang.org/x/net/html"
)

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

// text is all text below n, spaces joined.
func text(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for k := n.FirstChild; k != nil; k = k.NextSibling {
			walk(k)
		}
		if n.Type == html.ElementNode && block[n.Data] {
			b.WriteByte(' ')
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// block are elements after which the text goes on as a new word.
var block = map[string]bool{"p": true, "li": true, "dt": true, "dd": true, "div": true, "td": true, "th": true, "tr": true, "h1": true, "h2": true, "h3": true, "br": true, "legend": true, "label": true, "button": true, "option": true}

// name is what a screen reader says for n: its label or its text.
func name(n *html.Node) string {
	if l, _ := attr(n, "aria-label"); l != "" {
		return l
	}
	return text(n)
}

func child(n *html.Node, tag string) *html.Node {
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		if k.Type == html.ElementNode && k.Data == tag {
			return k
		}
	}
	return nil
}

func inside(n *html.Node, tag string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Type == html.ElementNode && p.Data == tag {
			return true
		}
	}
	return false
}
