package imported

import (
	"cmp"
	"context"
	"slices"

	"maru/domain/benefit/gov24"
	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/kernel"
)

// Query is what of the programmes that may fit is wanted.
type Query struct {
	// Apart asks for the programmes that are listed apart: open to everybody, or
	// of a place that is not known.
	Apart bool
	// Near leaves out what nothing that was told speaks for: programmes of a
	// place while it is not known where somebody lives, and programmes of which
	// no condition is known to hold. A page shows these first answers; whoever
	// wants all that is not known to be out of reach leaves it off.
	Near bool
	// From is how many to pass over, Limit how many to give at most.
	From, Limit int
}

// MaxLimit is how many items one answer holds at most.
const MaxLimit = 100

// Found is one page of what may fit.
type Found struct {
	// Version is the import that was asked; the zero version where there is
	// none.
	Version Version
	Items   []Item
	// Total is how many there are in the list asked for, Apart in the one apart.
	Total, Apart int
	// Next is From of the page that follows, 0 when there is none.
	Next int
}

// Sure is how sure an item is.
type Sure string

// The confidences: never more than likely.
const (
	Likely    Sure = "likely"
	AskOffice Sure = "ask_office"
)

// Item is a programme that may fit a household.
type Item struct {
	*gov24.Programme
	Sure Sure
	// Eligible is yes where every published condition holds, unknown otherwise.
	Eligible situation.Tri
	// Member is the number of the member whom it fits best.
	Member     int
	Conditions []situation.Tri
	// Missing are the refs of the facts for whose want it is unknown, sorted.
	Missing []string
}

// grade is a verdict in the order of use.
type grade uint8

const (
	no grade = iota
	open
	yes
)

// best is what a programme decides for the member whom it fits best.
type best struct {
	grade  grade
	member uint8
}

// tiers of place: what is near comes first.
const (
	district = iota
	province
	country
	elsewhere // it is not known whether somebody lives there
)

// rank is where an item stands: what holds before what may; then what is near;
// then what says more of the person, as far as it is known to hold. Numbers and
// ids settle the rest, so that pages do not overlap.
type rank struct {
	i            int
	best         best
	tier         int
	met, special int
	open         int
}

func (a rank) compare(b rank) int {
	return cmp.Or(
		cmp.Compare(b.best.grade, a.best.grade), cmp.Compare(a.tier, b.tier), cmp.Compare(b.met, a.met), cmp.Compare(b.special, a.special),
		cmp.Compare(a.open, b.open), cmp.Compare(a.i, b.i),
	)
}

// Find lists the programmes that may fit a household, those that fit best
// first. Errors are those of situation.Check, and Unavailable while the first
// snapshot is being built.
func (s *Service) Find(ctx context.Context, in situation.Situation, q Query) (*Found, error) {
	now, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	if now == nil {
		return &Found{}, nil
	}
	return now.find(in, q)
}

func (s *snapshot) find(in situation.Situation, q Query) (*Found, error) {
	if err := in.Check(s.law, s.source.Facts...); err != nil {
		return nil, err
	}
	w := s.bench.Get().(*worker)
	defer s.bench.Put(w)
	if err := w.take(in); err != nil {
		return nil, err
	}
	run := s.at(in.Date, in.KnownOn)
	s.decide(w, run)
	w.closure.Begin(run, w.frame)
	var list []rank
	out := &Found{Version: s.version}
	for i, b := range w.best {
		if b.grade == no {
			continue
		}
		r := s.rank(w, i, b)
		if q.Near && (r.tier == elsewhere || b.grade == open && r.met == 0 && r.tier == country) {
			continue
		}
		if s.general[i] {
			out.Apart++
		} else {
			out.Total++
		}
		if s.general[i] == q.Apart {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, rank.compare)
	if q.Apart {
		out.Total = len(list)
	}
	from := min(max(q.From, 0), len(list))
	to := min(from+min(max(q.Limit, 1), MaxLimit), len(list))
	for _, r := range list[from:to] {
		out.Items = append(out.Items, s.item(w, in, r))
	}
	if to < len(list) {
		out.Next = to
	}
	return out, nil
}

// take fills the frame. The codes of regions stay as they are: programmes name
// their place by its codes before and after every reform.
func (w *worker) take(in situation.Situation) error {
	w.frame.Reset(len(in.Members))
	for id, v := range in.Household {
		if err := w.frame.Put(-1, id, v); err != nil {
			return err
		}
	}
	for m, member := range in.Members {
		for id, v := range member.Facts {
			if err := w.frame.Put(m, id, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// decide fills in what each programme decides: by the index for the day it was
// built for, by functions for any other.
func (s *snapshot) decide(w *worker, run *rule.Run) {
	clear(w.best)
	if run == s.run {
		s.byIndex(w)
	} else {
		s.byClosure(w, run)
	}
}

func (w *worker) better(i, member int, g grade) {
	if g > w.best[i].grade {
		w.best[i] = best{g, uint8(member)}
	}
}

func (s *snapshot) byIndex(w *worker) {
	first := s.first()
	w.index.Begin(w.frame)
	for m := range w.frame.Members {
		w.index.Decide(m, w.set)
		w.set.Each(func(programme int, verdict closure.Tri) {
			if programme >= first {
				w.better(programme-first, m, gradeOf(verdict))
			}
		})
	}
}

func (s *snapshot) byClosure(w *worker, run *rule.Run) {
	w.closure.Begin(run, w.frame)
	w.closure.Decide(&w.verdicts)
	for i := range s.list {
		for m, v := range w.verdicts.Of(s.first() + i) {
			w.better(i, m, gradeOf(v.Eligible))
		}
	}
}

func gradeOf(t closure.Tri) grade {
	switch t {
	case closure.Yes:
		return yes
	case closure.Unknown:
		return open
	}
	return no
}

// rank counts what holds; of several members for whom it may hold, the one of
// whom most is known to hold counts.
func (s *snapshot) rank(w *worker, i int, b best) rank {
	p := s.law.Programmes[s.first()+i]
	out := rank{i: i, best: b, tier: country, met: -1}
	for m := int(b.member); m < w.frame.Members; m++ {
		if m != int(b.member) && (b.grade == yes || gradeOf(w.eligible(p, m)) != open) {
			continue
		}
		r := rank{i: i, best: best{b.grade, uint8(m)}, tier: country}
		for c, kind := range s.list[i].Kinds {
			holds := w.closure.Condition(p, c, m)
			switch {
			case kind == gov24.Open:
			case kind == gov24.ByRegion && holds == closure.Yes && s.list[i].Local:
				r.tier = district
			case kind == gov24.ByRegion && holds == closure.Yes:
				r.tier = province
			case kind == gov24.ByRegion:
				r.tier = elsewhere
			case holds != closure.Yes:
				r.open++
			default:
				r.met++
				if kind == gov24.ByPerson || kind == gov24.ByHousehold || kind == gov24.ByIncome {
					r.special++
				}
			}
		}
		if out.met < 0 || r.compare(out) < 0 {
			out = r
		}
		if b.grade == yes {
			break
		}
	}
	return out
}

func (w *worker) eligible(p *rule.Compiled, member int) closure.Tri {
	v, known := w.closure.Value(p.Eligible, member)
	switch {
	case !known:
		return closure.Unknown
	case v == 0:
		return closure.No
	}
	return closure.Yes
}

func (s *snapshot) item(w *worker, in situation.Situation, r rank) Item {
	p := s.law.Programmes[s.first()+r.i]
	m := int(r.best.member)
	out := Item{Programme: &s.list[r.i], Sure: Likely, Eligible: situation.Yes, Member: m, Missing: []string{}}
	for c := range p.Conditions {
		switch w.closure.Condition(p, c, m) {
		case closure.Yes:
			out.Conditions = append(out.Conditions, situation.Yes)
		case closure.No:
			out.Conditions = append(out.Conditions, situation.No)
		default:
			out.Conditions = append(out.Conditions, situation.Unknown)
		}
	}
	office := false
	if r.best.grade == open {
		out.Eligible = situation.Unknown
		out.Missing, office = w.lacks(in, p, m)
	}
	if s.general[r.i] || office {
		out.Sure = AskOffice
	}
	return out
}

// lacks are the refs of the facts that a programme is unknown for, sorted, and
// whether an office alone can tell them all.
func (w *worker) lacks(in situation.Situation, p *rule.Compiled, member int) (refs []string, office bool) {
	w.missing.Reset(len(in.Members))
	w.closure.Gather(&w.missing, p.Eligible, member)
	law := w.frame.Law()
	office = true
	for _, f := range law.Households {
		if w.missing.Household>>f.Slot&1 != 0 {
			refs = append(refs, situation.HouseholdRef(f.ID))
			office = office && f.ToldByOffice()
		}
	}
	for m := range in.Members {
		for _, f := range law.Persons {
			if w.missing.Person[m]>>f.Slot&1 != 0 {
				refs = append(refs, in.Members[m].Ref(f.ID))
				office = office && f.ToldByOffice()
			}
		}
	}
	slices.Sort(refs)
	return slices.Compact(refs), office && len(refs) > 0
}

// Today is the day for which pages ask.
func (s *Service) Today() kernel.Date { return s.d.Clock.Now().DateIn(kernel.Seoul) }
