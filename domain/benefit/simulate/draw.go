package simulate

import (
	"maru/domain/benefit/simulate/internal/chart"
)

// Chart is one drawing.
type Chart struct {
	Name string // for its file and ids: gain-region, cost
	SVG  string // safe to stand in a page
}

// mostGroups is how many groups a drawing shows; more are for the table.
const mostGroups = 20

// Charts draws who is better and worse off by each dimension, and what the
// changed programmes cost before and after.
func (w *Words) Charts(r *Result) []Chart {
	if len(r.Changed) == 0 {
		return nil
	}
	var out []Chart
	var costs []chart.Bar
	for _, o := range r.Changed {
		f := o.Figures
		// Costs that stay as they are would only make the others small.
		if o.Period == "in_kind" || !f.CostChange.Hidden && f.CostChange.N == 0 {
			continue
		}
		costs = append(costs, chart.Bar{Label: w.Programme(o.ID), One: f.CostAfter.N, Other: f.CostBefore.N, OneText: w.Money(f.CostAfter.N), OtherText: w.Money(f.CostBefore.N), Hidden: f.CostAfter.Hidden})
	}
	if len(costs) > 0 && len(costs) <= mostGroups {
		words := chart.Words{ID: "chart-cost", Title: w.T("simulate.chart.cost"), Desc: w.T("simulate.chart.desc"), One: w.T("simulate.chart.after"), Other: w.T("simulate.chart.before"), Hidden: w.T("simulate.chart.hidden")}
		out = append(out, Chart{"cost", chart.Pairs(words, costs)})
	}
	if len(r.Overall.Programmes) == 0 {
		return out
	}
	for _, b := range r.Overall.Breakdowns {
		if len(b.Groups) > mostGroups {
			continue
		}
		var bars []chart.Bar
		for _, g := range b.Groups {
			bars = append(bars, chart.Bar{Label: w.Group(b.By, g.Key), One: g.Gain.N, Other: g.Lose.N, OneText: w.Count(g.Gain), OtherText: w.Count(g.Lose), Hidden: g.Hidden()})
		}
		words := chart.Words{ID: "chart-" + b.By, Title: w.T("simulate.chart.by_" + b.By), Desc: w.T("simulate.chart.desc"), One: w.T("simulate.column.better"), Other: w.T("simulate.column.worse"), Hidden: w.T("simulate.chart.hidden")}
		out = append(out, Chart{b.By, chart.Sides(words, bars)})
	}
	return out
}
