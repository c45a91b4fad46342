package simulate

import (
	"fmt"
	"io"
	"text/tabwriter"

	"maru/platform/i18n"
)

// Print writes a result as text for a terminal.
func (w *Words) Print(out io.Writer, r *Result) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if r.Title != "" {
		fmt.Fprintln(t, r.Title)
	}
	if r.Synthetic {
		fmt.Fprintln(t, w.T("simulate.synthetic"))
	}
	fmt.Fprintln(t, w.T("simulate.people", "people", i18n.Number(w.Lang, r.Persons), "households", i18n.Number(w.Lang, r.Households), "day", i18n.Date(w.Lang, r.Date)))
	for _, c := range r.Changes {
		fmt.Fprintln(t, "  "+w.Changed(c))
	}
	fmt.Fprintf(t, "\n%s\n\n", w.Headline(r))
	fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", w.T("simulate.column.programme"), w.T("simulate.column.before"), w.T("simulate.column.after"), w.T("simulate.column.new"), w.T("simulate.column.lost"), w.T("simulate.column.more"),
		w.T("simulate.column.less"), w.T("simulate.column.same"), w.T("simulate.column.unknown"), w.T("simulate.column.cost"))
	for _, o := range r.Changed {
		f := o.Figures
		fmt.Fprintf(t, "%s (%s)\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", w.Programme(o.ID), w.T("simulate.unit."+o.Unit), w.Count(f.Before), w.Count(f.After), w.Count(f.New), w.Count(f.Lost), w.Count(f.More), w.Count(f.Less), w.Count(f.Same),
			w.Count(f.Unknown), w.Change(f.CostChange))
	}
	if len(r.Overall.Programmes) > 0 {
		o := r.Overall
		fmt.Fprintf(t, "\n%s\t%s\t%s\t%s\n", w.T("simulate.together"), w.T("simulate.column.households"), w.T("simulate.column.people"), w.T("simulate.column.mean"))
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", w.T("simulate.column.better"), w.Count(o.Figures.More), w.Count(o.PeopleBetter), w.Change(o.MeanGain))
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", w.T("simulate.column.worse"), w.Count(o.Figures.Less), w.Count(o.PeopleWorse), w.Won(o.MeanLoss.negative()))
		fmt.Fprintf(t, "%s\t%s\t%s\t\n", w.T("simulate.column.unknown"), w.Count(o.Figures.Unknown), w.Count(o.PeopleUnknown))
		for _, b := range o.Breakdowns {
			fmt.Fprintf(t, "\n%s\t%s\t%s\t%s\n", w.T("simulate.by."+b.By), w.T("simulate.column.better"), w.T("simulate.column.worse"), w.T("simulate.column.cost"))
			for _, g := range b.Groups {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", w.Group(b.By, g.Key), w.Count(g.Gain), w.Count(g.Lose), w.Change(g.CostChange))
			}
		}
	}
	fmt.Fprintf(t, "\n%s\n", w.T("simulate.unchanged_n", "n", len(r.Unchanged)))
	for _, line := range w.Notes(r) {
		fmt.Fprintln(t, line)
	}
	return t.Flush()
}

// Changed says one entry of the overlay.
func (w *Words) Changed(c Change) string {
	name := c.Title.In(w.Lang)
	switch c.Kind {
	case "parameter", "formula":
		if name == "" {
			name = c.ID
		}
		if c.Before == "" {
			return fmt.Sprintf("%s: %s", name, c.After)
		}
		return fmt.Sprintf("%s: %s → %s", name, c.Before, c.After)
	}
	if name == "" {
		name = w.Programme(c.ID)
	}
	return w.T("simulate.change."+c.Kind, "name", name)
}

// Notes are what must be known to read the numbers.
func (w *Words) Notes(r *Result) []string {
	out := []string{}
	if s := w.LeftOut(r); s != "" {
		out = append(out, s)
	}
	if r.MinCell > 1 {
		out = append(out, w.T("simulate.note.hidden", "least", i18n.Number(w.Lang, r.MinCell)))
	}
	if r.Overall.UpperBound {
		out = append(out, w.T("simulate.note.upper_bound"))
	}
	return append(out, w.T("simulate.note.cost"), w.T("simulate.note.decile"))
}

func (n Number) negative() Number {
	n.N = -n.N
	return n
}
