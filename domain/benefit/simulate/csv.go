package simulate

import (
	"io"
	"strconv"

	"maru/platform/spreadsheet"
)

// columns are the heads of the table that CSV writes. They are names for
// programs, the same in every language.
var columns = []string{"programme", "title", "unit", "by", "group", "group_title", "units", "entitled_before", "entitled_after", "newly_entitled", "no_longer_entitled", "getting_more", "getting_less",
	"gaining", "losing", "unchanged", "unknown", "cost_before", "cost_after", "cost_change"}

// CSV writes a result as one table (RFC 4180), a line a programme and a line a
// group; the programme "*" is all together, by household. Hidden numbers are
// empty. mark makes it one for spreadsheets.
func (w *Words) CSV(out io.Writer, r *Result, mark bool) error {
	c, err := spreadsheet.New(out, mark)
	if err != nil {
		return err
	}
	c.Row(columns...)
	number := func(n Number) string {
		if n.Hidden {
			return ""
		}
		return strconv.FormatInt(n.N, 10)
	}
	table := func(id, title, unit string, f Figures, list []Breakdown) {
		id, title = spreadsheet.Text(id), spreadsheet.Text(title)
		c.Row(id, title, unit, "", "", "", strconv.FormatInt(f.Units, 10), number(f.Before), number(f.After), number(f.New), number(f.Lost), number(f.More), number(f.Less), number(plusOf(f.New, f.More)), number(plusOf(f.Lost, f.Less)),
			number(f.Same), number(f.Unknown), number(f.CostBefore), number(f.CostAfter), number(f.CostChange))
		for _, b := range list {
			for _, g := range b.Groups {
				c.Row(id, title, unit, b.By, spreadsheet.Text(g.Key), spreadsheet.Text(w.Group(b.By, g.Key)), "", "", "", "", "", "", "", number(g.Gain), number(g.Lose), "", number(g.Unknown), "", "", number(g.CostChange))
			}
		}
	}
	all := r.Overall.Figures
	// Of all together nobody is entitled to anything: better off is more.
	all.Before, all.After = Number{Hidden: true}, Number{Hidden: true}
	table("*", w.T("simulate.together"), "household", all, r.Overall.Breakdowns)
	for _, o := range r.Changed {
		table(o.ID, w.Programme(o.ID), o.Unit, o.Figures, o.Breakdowns)
	}
	return c.Close()
}

func plusOf(a, b Number) Number { return Number{N: a.N + b.N, Hidden: a.Hidden || b.Hidden} }
