package app

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"maru/domain/casework"
	"maru/domain/catalog"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
)

// TestEveryServiceToTheEnd takes the first good example of each service that
// is done online from the form to every decision that it knows: confirmed by
// whoever has to, paid, with a visit where one is asked for, assigned, decided,
// on paper and told in both languages. It knows no service by name.
func TestEveryServiceToTheEnd(t *testing.T) {
	c := clock.NewManual(kernel.TimeOf(kernel.MustDate("2020-01-01").In(kernel.Seoul)))
	a, err := Open(t.Context(), Config{Data: t.TempDir(), demo: true}, c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	type run struct {
		svc *contract.Service
		e   catalog.Example
	}
	var runs []run
	pack := a.catalog.Active()
	for _, id := range pack.Order {
		svc := pack.Services[id]
		i := slices.IndexFunc(pack.Examples[id], func(e catalog.Example) bool { return e.Expect.Eligible != "no" && len(e.Answers) > 0 })
		if svc.Online && i >= 0 {
			runs = append(runs, run{svc, pack.Examples[id][i]})
		} else if svc.Online {
			t.Errorf("%s: no good example", id)
		}
	}
	// Time only goes on.
	slices.SortStableFunc(runs, func(x, y run) int { return cmp.Compare(x.e.At, y.e.At) })
	for _, r := range runs {
		c.Set(max(c.Now(), r.e.At))
		t.Run(r.svc.ID, func(t *testing.T) {
			for _, decision := range r.svc.Decisions {
				w := &walk{t: t, a: a, svc: r.svc, example: r.e, decision: decision}
				w.toTheEnd()
			}
		})
	}
}

// walk is one case from the form to one decision.
type walk struct {
	t        *testing.T
	a        *App
	svc      *contract.Service
	example  catalog.Example
	decision string

	applicant authz.Actor
	app       *casework.Application
}

func (w *walk) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("%s, %s: "+format, append([]any{w.svc.ID, w.decision}, args...)...)
}

func (w *walk) must(err error) {
	w.t.Helper()
	if err != nil {
		w.fail("%v", err)
	}
}

func (w *walk) toTheEnd() {
	now := w.a.clock.Now()
	w.applicant = authz.Actor{Account: kernel.NewID(now), Person: w.a.registry.World().Situations()[0].Person, Name: "김마루"}
	w.a.casework.Registers = exampleRegisters{w.a.casework.Registers, w}
	defer func() { w.a.casework.Registers = w.a.casework.Registers.(exampleRegisters).Registers }()
	ctx := w.t.Context()

	var err error
	w.app, err = w.a.casework.Apply(ctx, w.applicant, casework.Submission{Service: w.svc.ID, Answers: w.answers(), Key: string(w.applicant.Account)})
	w.must(err)
	if w.app.Status == casework.Signatures {
		w.sign()
	}
	if w.app.Status == casework.Payment {
		w.app, err = w.a.casework.Pay(ctx, w.applicant, w.app.ID)
		w.must(err)
	}
	c, err := w.a.casework.Open(ctx, w.applicant, w.app.ID)
	w.must(err)
	w.app = c.Application
	if visits := w.svc.Visit != nil && c.Content.Answers[w.svc.Visit.Question].Known(); visits != (c.Visit != nil) {
		w.fail("a visit is asked for: %t, booked: %+v", visits, c.Visit)
	}
	for _, q := range c.Content.Shown(w.svc, now.DateIn(kernel.Seoul)) {
		for _, l := range kernel.Langs {
			if v := c.Content.Answers[q.ID]; v.Known() {
				w.says("answer to "+q.ID, w.a.casework.Words(q, v, c.Content.Known(), c.Files, l))
			}
		}
	}
	if w.app.Status != casework.Decided { // else a rule settled it
		w.decide(c)
	}
	w.paper()
	w.told()
}

// answers are the example's, and good ones of the definition's for what it
// leaves open; files and times at the office are those of today.
func (w *walk) answers() map[string]kernel.Value {
	out := map[string]kernel.Value{}
	day := w.a.clock.Now().DateIn(kernel.Seoul)
	for {
		env := contract.Env{Answers: out, Facts: w.example.Facts, Today: day}
		shown := w.svc.Shown(env)
		i := slices.IndexFunc(shown, func(q *contract.Question) bool { _, given := out[q.ID]; return !given })
		if i < 0 {
			break
		}
		q := shown[i]
		v := w.example.Answers[q.ID]
		switch {
		case q.Type == "file" && (v.Known() || !q.Optional):
			id, err := w.a.casework.Upload(w.t.Context(), w.applicant, "paper.pdf", bytes.NewReader([]byte("%PDF-1.7\n%%EOF")))
			w.must(err)
			v = kernel.SetOf(string(id))
		case q.Type == "slot":
			v = w.slot(env)
		case !v.Known() && !q.Optional:
			v = w.any(q, day)
		}
		if members, _ := v.Set(); q.ID == w.svc.Parts && w.decision == casework.PartlyGranted && len(members) < 2 {
			v = kernel.SetOf(append(slices.Clone(members), "하나 더")...)
		}
		out[q.ID] = v
	}
	for id, v := range out {
		if !v.Known() {
			delete(out, id)
		}
	}
	return out
}

// slot is the first opening of the office in charge.
func (w *walk) slot(env contract.Env) kernel.Value {
	agency, err := w.a.casework.Agencies.Route(w.svc.Agency, env.Answers, env.Facts, env.Today)
	w.must(err)
	days, err := w.a.casework.OpeningsAt(w.t.Context(), w.applicant, w.svc.ID, agency)
	w.must(err)
	for _, d := range days {
		for _, o := range d.Openings {
			if o.Left > 0 {
				return kernel.TextOf(o.Slot())
			}
		}
	}
	w.fail("no opening at %s", agency)
	return kernel.Value{}
}

// any is some good answer to a question that the example leaves open.
func (w *walk) any(q *contract.Question, day kernel.Date) kernel.Value {
	if v := w.example.Facts[q.Fact]; q.Fact != "" && v.Known() {
		return v
	}
	switch q.Type {
	case "int", "money":
		return kernel.IntOf(max(q.Min, 1))
	case "bool":
		return kernel.BoolOf(false)
	case "date":
		return kernel.DateValueOf(day)
	case "enum":
		return kernel.TextOf(q.Options[0].Value)
	case "set":
		return kernel.SetOf(q.Options[0].Value)
	case "counts":
		return kernel.SetOf(contract.CountOf(q.Options[0].Value, 2))
	case "list", "persons":
		return kernel.SetOf("박첫째", "이둘째")
	case "person":
		return kernel.TextOf("박" + strings.Repeat("누", 1+len(q.ID)%3) + "리")
	case "region":
		return kernel.TextOf(w.a.casework.Agencies.Regions(day, kernel.KO)[0].Choices[0].Value)
	case "agency":
		return kernel.TextOf(w.a.casework.Agencies.Bodies(contract.AgencyRule{}, day, kernel.KO)[0].Value)
	}
	return kernel.TextOf("적당한 답")
}

// sign has everybody confirm who is asked, those of typed names by their code.
func (w *walk) sign() {
	ctx := w.t.Context()
	codes, err := w.a.casework.Codes(ctx, w.applicant, w.app.ID)
	w.must(err)
	c, err := w.a.casework.Open(ctx, w.applicant, w.app.ID)
	w.must(err)
	for i, p := range c.Parties {
		if p.Status != casework.PartyAsked {
			continue
		}
		who := authz.Actor{Account: kernel.NewID(w.a.clock.Now()), Person: p.Person, Name: p.Name}
		if code, ok := codes[p.ID]; ok {
			who.Person = fmt.Sprintf("person-99%04d", i+2)
			if _, err := w.a.casework.Redeem(ctx, who, code.Code); err != nil {
				w.fail("%s by code: %v", p.Party.Party, err)
			}
		}
		if _, err := w.a.casework.Invitation(ctx, who, p.ID); err != nil {
			w.fail("%s: %v", p.Party.Party, err)
		}
		w.must(w.a.casework.Sign(ctx, who, p.ID, true))
	}
	c, err = w.a.casework.Open(ctx, w.applicant, w.app.ID)
	w.must(err)
	if w.app = c.Application; w.app.Status == casework.Signatures {
		w.fail("everybody confirmed, and it waits")
	}
}

func (w *walk) decide(c *casework.Case) {
	ctx := w.t.Context()
	official := func(name string) authz.Actor {
		return authz.Actor{Account: kernel.NewID(w.a.clock.Now()), Name: name, Grants: []authz.Grant{{Role: authz.Official, Agency: w.app.Agency}}}
	}
	kim := official("김주무")
	_, err := w.a.casework.Assign(ctx, kim, w.app.ID, "")
	w.must(err)
	d := casework.Decision{Decision: w.decision, Reason: "법과 사실을 살펴 이렇게 결정했습니다."}
	entries := c.Entries()
	var ground []string
	if len(w.svc.Grounds) > 0 {
		ground = []string{w.svc.Grounds[0].ID}
	}
	switch {
	case w.decision == casework.PartlyGranted && len(entries) > 0:
		d.Decision = ""
		for i, e := range entries {
			p := casework.PartDecision{Entry: e, Decision: casework.Granted}
			if i == 0 {
				p = casework.PartDecision{Entry: e, Decision: casework.Refused, Grounds: ground, Reason: "이 항목은 해 드릴 수 없습니다."}
			}
			d.Parts = append(d.Parts, p)
		}
	case casework.Adverse(w.decision):
		d.Grounds = ground
	}
	w.app, err = w.a.casework.Decide(ctx, kim, w.app.ID, "", d)
	w.must(err)
	if w.app.Status == casework.SecondLook {
		w.app, err = w.a.casework.Confirm(ctx, official("이과장"), w.app.ID, "", true, "")
		w.must(err)
	}
	if w.app.Status != casework.Decided || w.app.Decision != w.decision {
		w.fail("ended as %s %s", w.app.Status, w.app.Decision)
	}
}

// paper reads the document of the outcome.
func (w *walk) paper() {
	p, _, err := w.a.casework.PaperOf(w.t.Context(), w.applicant, w.app.Document)
	w.must(err)
	for _, l := range kernel.Langs {
		w.says("title of the document", p.Title.In(l))
		w.says("issuer", p.Issuer.In(l))
		w.says("reason", p.Reason.In(l))
		w.says("law", p.Law)
		for _, row := range slices.Concat(p.About, p.Rows) {
			w.says("line of the document", row.Label.In(l))
			w.says(row.Label.In(l), row.Value.In(l))
		}
		for _, n := range p.Next {
			w.says("what comes next", n.In(l))
		}
		for _, part := range p.Parts {
			w.says("entry", part.Entry)
			w.says("decision on "+part.Entry, w.a.texts.T(l, "casework.parts."+part.Decision))
			for _, g := range part.Grounds {
				w.says("ground", g.Law.In(l))
				w.says(g.Law.In(l), g.Text.In(l))
			}
		}
		if casework.Adverse(p.Decision) {
			if p.Objection == nil {
				w.fail("no way to object")
			}
			w.says("way to object", p.Objection.Route.In(l))
		}
	}
}

// told reads the applicant's messages.
func (w *walk) told() {
	ctx := w.t.Context()
	_, err := w.a.jobs.RunDue(ctx)
	w.must(err)
	for _, l := range kernel.Langs {
		list, _, err := w.a.notice.List(ctx, w.applicant, l, "", 20)
		w.must(err)
		kinds := map[string]bool{}
		for _, m := range list {
			kinds[m.Kind] = true
			w.says("title of a message", m.Title)
			w.says("message "+m.Kind, m.Text)
			for _, n := range append(w.svc.NoticesOn(m.Decision), w.svc.NoticesOn(m.Kind)...) {
				if !strings.Contains(m.Text, n.In(l)) {
					w.fail("message %s does not say %q: %s", m.Kind, n.In(l), m.Text)
				}
			}
		}
		if !kinds["submitted"] || !kinds["decided"] {
			w.fail("told of %v only", kinds)
		}
	}
}

// says fails where a text is missing: empty, without words for its key, or
// with a placeholder left.
func (w *walk) says(what, text string) {
	w.t.Helper()
	if strings.TrimSpace(text) == "" || strings.ContainsAny(text, "⟨⟩{}") {
		w.t.Errorf("%s, %s: %s says %q", w.svc.ID, w.decision, what, text)
	}
}

// exampleRegisters tell what the example says they know, of the applicant and
// of the persons that its answers name.
type exampleRegisters struct {
	casework.Registers
	w *walk
}

func (r exampleRegisters) Consented(context.Context, authz.Actor, string) (bool, error) {
	return true, nil
}

func (r exampleRegisters) Facts(context.Context, authz.Actor, *contract.Service) (map[string]casework.Fact, error) {
	out := map[string]casework.Fact{}
	for id, v := range r.w.example.Facts {
		out[id] = casework.Fact{Value: v, Registry: "resident", AsOf: kernel.MustDate("2026-01-01")}
	}
	return out, nil
}

func (r exampleRegisters) Household(context.Context, authz.Actor, *contract.Service) ([]casework.Member, error) {
	out := []casework.Member{{Person: r.w.applicant.Person, Name: r.w.applicant.Name, Relation: "self"}}
	for i := range r.w.svc.Questions {
		q := &r.w.svc.Questions[i]
		if q.Type != "person" && q.Type != "persons" {
			continue
		}
		v := r.w.example.Answers[q.ID]
		set, isSet := v.Set()
		if !isSet && v.Known() {
			set = []string{v.Text()}
		}
		for j, id := range set {
			if !slices.ContainsFunc(out, func(m casework.Member) bool { return m.Person == id }) {
				out = append(out, casework.Member{Person: id, Name: fmt.Sprintf("박가족%d%d", i, j), Relation: "other"})
			}
		}
	}
	return out, nil
}

func (r exampleRegisters) SameHousehold(context.Context, string, string) (bool, error) {
	return false, nil
}

func (r exampleRegisters) Age(context.Context, string, kernel.Date) (int, bool, error) {
	return 40, true, nil
}
