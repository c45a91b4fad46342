package benefit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Pack is what an engine is made of: the rules of one version of a pack.
type Pack struct {
	Hash   string
	Source rule.Source
	// Titles are the names of the programmes.
	Titles map[string]kernel.Text
	// Online are those that can be applied for here.
	Online map[string]bool
	// Before are the codes that a region had before its reform, by its new code:
	// figures of law name regions by the codes of their day.
	Before map[string][]string
}

// Engine decides by one version of the law. It serves any number of callers.
type Engine struct {
	Pack
	law     *rule.Law
	machine *closure.Machine
	named   []int // formulas that texts name
	// compared are what people know by name, by node of the law; nil for the others.
	compared []*Compared
	bench    sync.Pool // of *worker

	mu   sync.Mutex
	days map[[2]kernel.Date]*day // lately asked for
}

// day is the law on a date with what is the same for everybody.
type day struct {
	run        *rule.Run
	unverified *closure.Unverified
	// rests is all that a programme can rest on.
	rests [][]string
	// said are the conditions by language and programme.
	said map[kernel.Lang][][]said
}

// keptDays is how many days of the law are kept: most ask for today.
const keptDays = 16

// on is the law on a date, by what was known on another.
func (e *Engine) on(date, knownOn kernel.Date) *day {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := [2]kernel.Date{date, knownOn}
	if d := e.days[key]; d != nil {
		return d
	}
	if len(e.days) >= keptDays {
		clear(e.days)
	}
	d := &day{run: e.law.At(date, knownOn), said: map[kernel.Lang][][]said{}}
	d.unverified = e.machine.Unverified(d.run)
	for _, p := range e.law.Programmes {
		d.rests = append(d.rests, e.names(d.unverified.Of(p.Eligible), d.unverified.Of(p.Amount)))
		for _, l := range kernel.Langs {
			d.said[l] = append(d.said[l], e.saidOn(d.run, p, l))
		}
	}
	e.days[key] = d
	return d
}

// NewEngine compiles the rules of a pack. The error is kernel.Invalid and holds
// the first of the problems.
func NewEngine(p Pack) (*Engine, error) {
	law, problems := rule.Compile(p.Source)
	if law == nil {
		return nil, kernel.E(kernel.Invalid, "benefit.error.rules", fmt.Errorf("benefit: %d problems, first %s", len(problems), problems[0]))
	}
	e := &Engine{Pack: p, law: law, machine: closure.New(law), named: namedInTexts(law), compared: comparedOf(law), days: map[[2]kernel.Date]*day{}}
	e.bench.New = func() any {
		return &worker{frame: frame.New(law), scratch: e.machine.Scratch(), rests: e.machine.NewMarks(), refs: newRefs(law)}
	}
	return e, nil
}

// Law is the compiled law.
func (e *Engine) Law() *rule.Law { return e.law }

// worker is the memory that one evaluation works in.
type worker struct {
	frame    *frame.Frame
	scratch  *closure.Scratch
	verdicts closure.Verdicts
	missing  closure.Missing
	rests    closure.Marks
	refs     refs
	room     room
}

// Confidence is how sure a result is.
type Confidence string

// The confidences. A no has none.
const (
	Entitled  Confidence = "entitled"
	Likely    Confidence = "likely"
	AskOffice Confidence = "ask_office"
)

// Answer is what all programmes decide for a situation.
type Answer struct {
	Engine    *Engine
	Situation situation.Situation
	Run       *rule.Run
	Results   []Result // in the order of the law's programmes

	values []value // of formulas that texts name
	day    *day
	// reasons is room for them, cut off piece by piece; args is that for the values
	// of one sentence.
	reasons []Reason
	args    [6]any
	spoken  *spoken
	// conditions are those of all results, for each member where they are.
	conditions int
}

// Result is what one programme decides.
type Result struct {
	situation.Result
	Programme  *rule.Compiled
	Confidence Confidence
	// Unverified are the parameters, formulas, conditions and amounts that were not
	// found in a notice, sorted: of a yes those that it and its arrears rest on, else
	// all that the programme can rest on.
	Unverified []string
	// Changes says of each condition that does not hold what stands against it,
	// with one entry for the household or one a member.
	Changes [][]*Change

	number int // of the programme
}

// Decode reads a situation from JSON and checks it against the law.
func (e *Engine) Decode(b []byte) (situation.Situation, error) {
	return situation.Decode(b, e.law, e.Source.Facts...)
}

// Evaluate decides every programme.
func (e *Engine) Evaluate(s situation.Situation) (*Answer, error) {
	w := e.bench.Get().(*worker)
	defer e.bench.Put(w)
	if !w.takeSound(e, s) { // find out what is wrong, or what may be passed over
		if err := s.Check(e.law, e.Source.Facts...); err != nil {
			return nil, err
		}
		if err := w.take(e, s); err != nil {
			return nil, err
		}
	}
	today := e.on(s.Date, s.KnownOn)
	a := &Answer{Engine: e, Situation: s, day: today, Run: today.run, Results: make([]Result, 0, len(e.law.Programmes))}
	w.scratch.Begin(a.Run, w.frame)
	w.scratch.Decide(&w.verdicts)
	a.values = make([]value, len(e.named))
	for i, def := range e.named {
		a.values[i].number, a.values[i].known = w.scratch.Value(def)
	}
	for i, p := range e.law.Programmes {
		r := Result{Result: w.result(s, p, w.verdicts.Of(i)), Programme: p, number: i}
		a.conditions += len(p.Conditions) * len(w.verdicts.Of(i))
		r.Rests = w.restsOf(e, today, p, w.verdicts.Of(i))
		r.Changes = w.changes(e, a.Run, p, r.Conditions)
		a.Results = append(a.Results, r)
	}
	if err := e.arrears(w, a); err != nil {
		return nil, err
	}
	for i := range a.Results {
		r := &a.Results[i]
		r.Unverified = today.rests[i]
		if r.Eligible == situation.Yes {
			r.Unverified = r.Rests
			if r.Arrears != nil {
				r.Unverified = sorted(slices.Concat(r.Rests, r.Arrears.Rests))
			}
		}
		r.Confidence = e.confidence(r)
	}
	return a, nil
}

// restsOf are what the yes of a programme rests on.
func (w *worker) restsOf(e *Engine, on *day, p *rule.Compiled, verdicts []closure.Verdict) []string {
	clear(w.rests)
	for who, v := range verdicts {
		if v.Eligible != closure.Yes {
			continue
		}
		w.scratch.Rests(w.rests, on.unverified, p.Eligible, who)
		if v.AmountKnown {
			w.scratch.Rests(w.rests, on.unverified, p.Amount, who)
		}
	}
	return e.names(w.rests)
}

// names are those of what is in any of the sets, sorted.
func (e *Engine) names(sets ...closure.Marks) []string {
	n := 0
	for _, set := range sets {
		n += set.Len()
	}
	if n == 0 {
		return nil
	}
	out := make([]string, 0, n)
	for _, set := range sets {
		set.Each(func(mark int) { out = append(out, e.law.Marks[mark]) })
	}
	return sorted(out)
}

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// takeSound checks a situation and fills the frame with it in one pass, which is
// half the work of two. False says that something of it is not plainly right;
// then the frame holds nothing.
func (w *worker) takeSound(e *Engine, s situation.Situation) bool {
	if !s.Shaped() {
		return false
	}
	w.frame.Reset(len(s.Members))
	w.refs.begin(len(s.Members), w.frame.Stride)
	for id, v := range s.Household {
		if !w.frame.Fill(-1, id, v) {
			return false
		}
	}
	for m, member := range s.Members {
		for id, v := range member.Facts {
			if !w.frame.Fill(m, id, e.formerCode(id, v)) {
				return false
			}
		}
	}
	return true
}

// formerCode is a region's code as figures of law name it.
func (e *Engine) formerCode(id string, v kernel.Value) kernel.Value {
	if v.Kind() != kernel.TextValue {
		return v
	}
	if old := e.Before[v.Text()]; len(old) == 1 && e.isCode(id) {
		return kernel.TextOf(old[0])
	}
	return v
}

// take fills the frame with a situation that was checked.
func (w *worker) take(e *Engine, s situation.Situation) error {
	w.frame.Reset(len(s.Members))
	w.refs.begin(len(s.Members), w.frame.Stride)
	for id, v := range s.Household {
		if err := w.frame.Put(-1, id, v); err != nil {
			return err
		}
	}
	for m, member := range s.Members {
		for id, v := range member.Facts {
			if err := w.frame.Put(m, id, e.formerCode(id, v)); err != nil {
				return err
			}
		}
	}
	return nil
}

// isCode tells whether a fact of a person is a region's code.
func (e *Engine) isCode(id string) bool {
	f := e.law.Fact(false, id)
	return f != nil && f.Type == rule.Code
}

// result turns the verdicts of one programme into its result.
func (w *worker) result(s situation.Situation, p *rule.Compiled, verdicts []closure.Verdict) situation.Result {
	out := situation.Result{Person: p.Person, Conditions: cut(&w.room.lists, len(p.Conditions))}
	for i := range p.Conditions {
		out.Conditions[i] = cut(&w.room.tris, len(verdicts))
		for who, v := range verdicts {
			if v.Eligible == closure.Yes {
				out.Conditions[i][who] = situation.Yes
				continue
			}
			out.Conditions[i][who] = tri(w.scratch.Condition(p, i, who))
		}
	}
	all := cut(&w.room.verdicts, len(verdicts))
	for who, v := range verdicts {
		all[who] = w.verdict(s, p, who, v)
	}
	if !p.Person {
		out.Verdict = all[0]
		return out
	}
	out.Verdict, out.Members = situation.Roll(all), all
	return out
}

func (w *worker) verdict(s situation.Situation, p *rule.Compiled, who int, v closure.Verdict) situation.Verdict {
	switch {
	case v.Eligible == closure.No:
		return situation.Verdict{Eligible: situation.No, Amount: &cut(&w.room.won, 1)[0], Missing: []string{}}
	case v.Eligible == closure.Unknown:
		return situation.Conclude(situation.Unknown, w.lacks(s, p.Eligible, who), nil, nil)
	case v.Eligible == closure.Yes && !v.AmountKnown:
		return situation.Conclude(situation.Yes, nil, nil, w.lacks(s, p.Amount, who))
	}
	amount := &cut(&w.room.won, 1)[0]
	*amount = v.Amount
	return situation.Conclude(situation.Yes, nil, amount, nil)
}

// lacks are the refs of the facts that a definition is unknown for.
func (w *worker) lacks(s situation.Situation, def, who int) []string {
	w.missing.Reset(len(s.Members))
	w.scratch.Gather(&w.missing, def, who)
	return w.refs.of(w.frame.Law(), &w.missing, s.Members)
}

func tri(t closure.Tri) situation.Tri {
	switch t {
	case closure.Yes:
		return situation.Yes
	case closure.No:
		return situation.No
	}
	return situation.Unknown
}

// arrears counts what a law applied from an earlier day pays for months gone by.
func (e *Engine) arrears(w *worker, a *Answer) error {
	for i := range a.Results {
		r := &a.Results[i]
		list := r.Programme.Benefit.Arrears
		if len(list) == 0 {
			continue
		}
		owed, err := situation.Arrears(list, a.Situation, func(s situation.Situation) (situation.Result, error) {
			on := e.on(s.Date, s.KnownOn)
			w.scratch.Begin(on.run, w.frame)
			w.scratch.Decide(&w.verdicts)
			out := w.result(s, r.Programme, w.verdicts.Of(i))
			out.Rests = w.restsOf(e, on, r.Programme, w.verdicts.Of(i))
			return out, nil
		})
		if err != nil {
			return err
		}
		r.Arrears = owed
	}
	return nil
}

// confidence of a result: see the package's words.
func (e *Engine) confidence(r *Result) Confidence {
	switch {
	case r.Eligible == situation.No:
		return ""
	case r.Eligible == situation.Unknown && e.onlyOffice(r.Missing):
		return AskOffice
	case r.Eligible == situation.Unknown, len(r.Unverified) > 0, r.Programme.Benefit.Partial:
		return Likely
	}
	return Entitled
}

func (e *Engine) onlyOffice(refs []string) bool {
	for _, ref := range refs {
		f, _, err := e.Ref(ref)
		if err != nil || !f.ToldByOffice() {
			return false
		}
	}
	return true
}

// errRef says that a ref names no fact.
var errRef = errors.New("benefit: no such ref")

// Ref is the fact that a ref names, and the id of its member, "" for the
// household.
func (e *Engine) Ref(ref string) (*rule.Fact, string, error) {
	i := strings.LastIndexByte(ref, '.')
	if i < 0 {
		return nil, "", errRef
	}
	who, id := ref[:i], ref[i+1:]
	f := e.law.Fact(ref == situation.HouseholdRef(id), id)
	if f == nil {
		return nil, "", errRef
	}
	if f.Household {
		who = ""
	}
	return f, who, nil
}

// Fact is the dictionary's entry of a fact.
func (e *Engine) Fact(household bool, id string) (contract.Fact, bool) {
	for _, f := range e.Source.Facts {
		if f.ID == id && (f.Entity == "household") == household {
			return f, true
		}
	}
	return contract.Fact{}, false
}
