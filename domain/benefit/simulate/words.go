package simulate

import (
	"strconv"
	"strings"

	"maru/kernel"
	"maru/platform/i18n"
)

// Texts finds the words for people; *i18n.Catalog is one.
type Texts interface {
	T(l kernel.Lang, key string, args ...any) string
}

// Words say a result in a language.
type Words struct {
	Texts Texts
	Lang  kernel.Lang
	// Titles are the programmes' names by id.
	Titles map[string]kernel.Text
	// Regions are the names of provinces and districts by code.
	Regions map[string]kernel.Text
}

// T is a message.
func (w *Words) T(key string, args ...any) string { return w.Texts.T(w.Lang, key, args...) }

// Programme is a programme's name, its id where it has none.
func (w *Words) Programme(id string) string {
	if t := w.Titles[id].In(w.Lang); t != "" {
		return t
	}
	return id
}

// Titled adds the names that an overlay gives to programmes.
func (w *Words) Titled(o Overlay) {
	titles := map[string]kernel.Text{}
	for id, t := range w.Titles {
		titles[id] = t
	}
	for _, p := range o.Programmes {
		if p.Title != (kernel.Text{}) {
			titles[p.ID] = p.Title
		}
	}
	w.Titles = titles
}

// Group is what a group of a dimension is called.
func (w *Words) Group(by, key string) string {
	if key == unknownGroup {
		return w.T("simulate.group.unknown")
	}
	from, to, band := strings.Cut(key, "-")
	switch {
	case by == ByRegion || by == ByDistrict:
		if t := w.Regions[key].In(w.Lang); t != "" {
			return t
		}
		return key
	case by == ByAge && from == "0":
		return w.T("simulate.group.age_below", "to", to)
	case by == ByAge && to == "":
		return w.T("simulate.group.age_from", "from", from)
	case by == ByAge:
		return w.T("simulate.group.age", "from", from, "to", to)
	case by == ByDecile:
		return w.T("simulate.group.decile", "n", key)
	case by == BySize && band:
		return w.T("simulate.group.size_from", "from", from)
	}
	n, _ := strconv.Atoi(key) // keys of sizes are numbers
	return w.T("simulate.group.size", "n", n)
}

// Count writes a count; a hidden one as its mark.
func (w *Words) Count(n Number) string {
	if n.Hidden {
		return w.T("simulate.hidden")
	}
	return i18n.Number(w.Lang, n.N)
}

// Won writes an amount of money; a hidden one as its mark.
func (w *Words) Won(n Number) string {
	if n.Hidden {
		return w.T("simulate.hidden")
	}
	return w.Money(n.N)
}

// Money writes an amount; from a hundred million won on to the nearest ten
// thousand in Korean and million in English. The table for spreadsheets has it to
// the won.
func (w *Words) Money(n int64) string {
	const large = 100_000_000
	switch {
	case n > -large && n < large:
		return i18n.Money(w.Lang, kernel.Money(n))
	case w.Lang == kernel.EN:
		return w.T("simulate.million", "n", i18n.Number(w.Lang, nearest(n, 1_000_000)))
	}
	return i18n.MoneyUnits(w.Lang, kernel.Money(nearest(n, 10_000)*10_000))
}

func nearest(n, unit int64) int64 {
	q, r := n/unit, n%unit
	switch {
	case 2*r >= unit:
		q++
	case 2*r <= -unit:
		q--
	}
	return q
}

// Change writes an amount with its sign.
func (w *Words) Change(n Number) string {
	if n.Hidden || n.N <= 0 {
		return w.Won(n)
	}
	return "+" + w.Won(n)
}

// Headline says a result in plain sentences.
func (w *Words) Headline(r *Result) string {
	if len(r.Changed) == 0 {
		return w.T("simulate.headline.nothing")
	}
	say := func(n Number, key string) string {
		switch {
		case n.Hidden:
			return w.T(key+"_few", "least", i18n.Number(w.Lang, r.MinCell))
		case n.N == 0:
			return w.T(key + "_none")
		}
		return w.T(key, "n", i18n.Number(w.Lang, n.N))
	}
	o := &r.Overall
	if len(o.Programmes) == 0 {
		if len(o.LeftOut) > 0 {
			return w.T("simulate.headline.few")
		}
		return w.T("simulate.headline.in_kind")
	}
	out := []string{say(o.Figures.More, "simulate.headline.better"), say(o.Figures.Less, "simulate.headline.worse")}
	switch cost := o.Figures.CostChange; {
	case cost.Hidden:
		out = append(out, w.T("simulate.headline.cost_hidden"))
	case cost.N > 0:
		out = append(out, w.T("simulate.headline.cost_more", "won", w.Money(cost.N)))
	case cost.N < 0:
		out = append(out, w.T("simulate.headline.cost_less", "won", w.Money(-cost.N)))
	default:
		out = append(out, w.T("simulate.headline.cost_same"))
	}
	return strings.Join(out, " ")
}

// LeftOut says which benefits are not in the headline, "" for none.
func (w *Words) LeftOut(r *Result) string {
	if len(r.Overall.LeftOut) == 0 {
		return ""
	}
	var names []string
	for _, id := range r.Overall.LeftOut {
		names = append(names, w.Programme(id))
	}
	return w.T("simulate.note.left_out", "names", strings.Join(names, ", "))
}
