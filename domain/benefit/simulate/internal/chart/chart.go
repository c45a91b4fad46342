// Package chart draws bars as SVG for pages and files: counts to both sides of a
// line, and amounts before and after. A drawing has a title and a description,
// tells its two kinds apart by pattern as well as by colour, writes every value
// beside its bar, and is drawn for the width of a phone. Its colours are those of
// the style sheet where there is one (classes chart-*), else its own; it has no
// inline style, which the pages' security policy forbids.
package chart

import (
	"fmt"
	"html"
	"strings"
)

// Words are a drawing's texts. ID begins the ids in it and is unique on a page.
type Words struct {
	ID, Title, Desc string
	One, Other      string // the legend: what is to the right or after, to the left or before
	Hidden          string // what stands for hidden values
}

// Bar is one line of a drawing, with its values and how they are written.
type Bar struct {
	Label              string
	One, Other         int64
	OneText, OtherText string
	Hidden             bool
}

// The drawing's units; a phone of 320 pixels shows them nearly one to one.
const (
	width   = 360
	labels  = 112 // for the labels on the left
	line    = 26
	top     = 34 // for the legend
	values  = 52 // for a value beside its bar
	fontPx  = 13
	barHigh = 14
)

type drawing struct {
	strings.Builder
	id, stroke, tone string // of the other kind
}

func (d *drawing) text(x, y int, anchor, class, s string) {
	fmt.Fprintf(d, `<text x="%d" y="%d" text-anchor="%s" class="%s" fill="#1e2124" font-size="%d">%s</text>`, x, y, anchor, class, fontPx, html.EscapeString(s))
}

func (d *drawing) one(x, y, w, h int) {
	fmt.Fprintf(d, `<rect x="%d" y="%d" width="%d" height="%d" rx="2" class="chart-one" fill="#256ef4"/>`, x, y, w, h)
}

func (d *drawing) other(x, y, w, h int) {
	fmt.Fprintf(d, `<rect x="%d" y="%d" width="%d" height="%d" rx="2" class="chart-other%s" fill="url(#%s-hatch)" stroke="%s"/>`, x, y, w, h, d.tone, d.id, d.stroke)
}

// begin opens a drawing; the pattern of the other kind stands in it. Losses are
// red; what was is grey.
func begin(w Words, high int, losses bool) *drawing {
	id := html.EscapeString(w.ID)
	d := &drawing{id: id, stroke: "#58616a", tone: " chart-was"}
	ground := "#f4f5f6"
	if losses {
		d.stroke, d.tone, ground = "#bd2c0f", "", "#fdefec"
	}
	fmt.Fprintf(d, `<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-labelledby="%[1]s-title %[1]s-desc" viewBox="0 0 %[2]d %[3]d" font-family="sans-serif">`, id, width, high)
	fmt.Fprintf(d, `<title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`, id, html.EscapeString(w.Title), id, html.EscapeString(w.Desc))
	fmt.Fprintf(d, `<defs><pattern id="%s-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">`+
		`<rect width="6" height="6" class="chart-ground%s" fill="%s"/><rect width="3" height="6" class="chart-hatch%s" fill="%s"/></pattern></defs>`, id, d.tone, ground, d.tone, d.stroke)
	return d
}

// legend writes what the kinds are.
func (d *drawing) legend(w Words, both bool) {
	x := 2
	if both {
		d.other(x, 6, 14, 12)
		d.text(x+20, 16, "start", "chart-text", w.Other)
		x = width / 2
	}
	d.one(x, 6, 14, 12)
	d.text(x+20, 16, "start", "chart-text", w.One)
}

// length is how long a bar of n is when most is as long as full; what is not
// nought can be seen.
func length(n, most int64, full int) int {
	if n <= 0 || most <= 0 {
		return 0
	}
	return max(2, int(float64(n)/float64(most)*float64(full)))
}

// Sides draws one line a group: One to the right, Other to the left of a middle,
// or only to the right where there is no Other at all.
func Sides(w Words, bars []Bar) string {
	most, left := int64(1), false
	for _, b := range bars {
		if !b.Hidden {
			most, left = max(most, b.One, b.Other), left || b.Other > 0
		}
	}
	high := top + line*len(bars) + 4
	d := begin(w, high, true)
	d.legend(w, left)
	middle, full := labels+2, width-labels-values-4
	if left {
		middle = labels + (width-labels)/2
		full = (width-labels)/2 - values
	}
	for i, b := range bars {
		y := top + line*i
		d.text(labels-6, y+17, "end", "chart-text", short(b.Label))
		if b.Hidden {
			d.text(middle+6, y+17, "start", "chart-none", w.Hidden)
			continue
		}
		n := length(b.One, most, full)
		if n > 0 {
			d.one(middle, y+(line-barHigh)/2, n, barHigh)
		}
		d.text(middle+n+5, y+17, "start", "chart-value", b.OneText)
		if left {
			n := length(b.Other, most, full)
			if n > 0 {
				d.other(middle-n, y+(line-barHigh)/2, n, barHigh)
			}
			d.text(middle-n-5, y+17, "end", "chart-value", b.OtherText)
		}
	}
	fmt.Fprintf(d, `<path d="M%d %dV%d" class="chart-axis" stroke="#58616a" fill="none"/></svg>`, middle, top, high-4)
	return d.String()
}

// Pairs draws two bars a line below its label: Other, what was, and One, what
// would be.
func Pairs(w Words, bars []Bar) string {
	const block = 62
	most := int64(1)
	for _, b := range bars {
		if !b.Hidden {
			most = max(most, b.One, b.Other)
		}
	}
	high := top + block*len(bars) + 4
	d := begin(w, high, false)
	d.legend(w, true)
	const room = 118 // for an amount in words
	for i, b := range bars {
		y := top + block*i
		d.text(2, y+14, "start", "chart-label", b.Label)
		if b.Hidden {
			d.text(2, y+34, "start", "chart-none", w.Hidden)
			continue
		}
		n, m := length(b.Other, most, width-room-4), length(b.One, most, width-room-4)
		if n > 0 {
			d.other(2, y+20, n, barHigh)
		}
		d.text(2+n+5, y+31, "start", "chart-value", b.OtherText)
		if m > 0 {
			d.one(2, y+38, m, barHigh)
		}
		d.text(2+m+5, y+49, "start", "chart-value", b.OneText)
	}
	d.WriteString("</svg>")
	return d.String()
}

// short keeps a label within its column; the table has it whole. Letters of East
// Asian scripts take a whole em, others about half.
func short(s string) string {
	room := float64(labels-8) / fontPx
	used := 0.0
	for i, r := range s {
		w := 0.62
		if r >= 0x1100 {
			w = 1
		}
		if used+w > room {
			return strings.TrimSpace(s[:i]) + "…"
		}
		used += w
	}
	return s
}
