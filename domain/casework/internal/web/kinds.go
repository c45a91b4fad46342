package web

import (
	"net/url"
	"strconv"
	"strings"

	"maru/domain/casework"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/web"
)

// countField is the number field of one option of a question of type counts.
type countField struct {
	Name, Label, Value string
}

// countFields are the fields of a question of type counts: what was typed, or
// else what the answer holds.
func countFields(r *web.Request, q *catalog.Question, v kernel.Value, typed url.Values) []countField {
	members, _ := v.Set()
	var out []countField
	for i := range q.Options {
		o := &q.Options[i]
		f := countField{Name: q.ID + "-" + o.Value, Label: o.Text.In(r.Lang)}
		if o.Won > 0 {
			f.Label = r.T("casework.counts.priced", "what", f.Label, "won", o.Won)
		}
		for _, m := range members {
			if value, n, ok := catalog.ParseCount(m); ok && value == o.Value {
				f.Value = strconv.Itoa(n)
			}
		}
		if typed != nil {
			f.Value = typed.Get(f.Name)
		}
		out = append(out, f)
	}
	return out
}

// readCounts takes the numbers out of a form: nothing and 0 choose nothing.
// What is no number goes on as it was typed, for the check to name.
func readCounts(q *catalog.Question, form url.Values) kernel.Value {
	var members []string
	for i := range q.Options {
		typed := strings.TrimSpace(form.Get(q.ID + "-" + q.Options[i].Value))
		n, err := strconv.Atoi(typed)
		switch {
		case typed == "" || err == nil && n == 0:
		case err == nil:
			members = append(members, catalog.CountOf(q.Options[i].Value, n))
		default:
			members = append(members, q.Options[i].Value+"*"+typed)
		}
	}
	return kernel.SetOf(members...)
}

// readList takes the lines of a text area.
func readList(text string) kernel.Value {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return kernel.SetOf(lines...)
}

// lines writes a list the way it is typed.
func lines(v kernel.Value) string {
	set, _ := v.Set()
	return strings.Join(set, "\n")
}

// openDay is a day of openings on a page.
type openDay struct {
	Title string
	Left  int
	Open  bool // unfolded: it holds the chosen opening, or is the first with room
	Slots []openSlot
}

type openSlot struct {
	Value, Text, ISO string
	Chosen           bool
}

// openDays puts openings that have room on a page, grouped by day.
func openDays(r *web.Request, days []casework.OpenDay, chosen string) []openDay {
	var out []openDay
	unfolded, first := false, -1
	for _, d := range days {
		day := openDay{Title: i18n.Date(r.Lang, d.Day)}
		for _, o := range d.Openings {
			if o.Left == 0 {
				continue
			}
			s := openSlot{Value: o.Slot(), Text: i18n.TimeOfDay(r.Lang, o.At), ISO: o.At.String(), Chosen: o.Slot() == chosen}
			day.Open = day.Open || s.Chosen
			day.Left++
			day.Slots = append(day.Slots, s)
		}
		unfolded = unfolded || day.Open
		if day.Left > 0 && first < 0 {
			first = len(out)
		}
		out = append(out, day)
	}
	if !unfolded && first >= 0 {
		out[first].Open = true
	}
	return out
}

// feeRow is one line of a fee.
type feeRow struct {
	What string
	Won  kernel.Money
}

// feeRows are the lines of an application's fee; none where it is one amount.
func (p *Pages) feeRows(r *web.Request, c *casework.Case) (won kernel.Money, rows []feeRow) {
	f := p.s.FeeOf(c)
	if len(f.Lines) == 0 {
		return f.Won, nil
	}
	base := f.Won
	for _, l := range f.Lines {
		base -= l.Won
		q, ok := c.Service.Question(l.Question)
		if !ok {
			continue
		}
		answer, one := kernel.TextOf(l.Option), *q
		if q.Type == "counts" {
			answer = kernel.SetOf(catalog.CountOf(l.Option, l.Count))
		} else {
			one.Type = "enum"
		}
		rows = append(rows, feeRow{p.s.Words(&one, answer, nil, nil, r.Lang), l.Won})
	}
	if base > 0 {
		rows = append([]feeRow{{r.T("casework.fee.base"), base}}, rows...)
	}
	return f.Won, rows
}
