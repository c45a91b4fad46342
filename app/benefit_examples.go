package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"maru/domain/benefit"
	"maru/domain/benefit/situation"
	"maru/domain/catalog"
	"maru/kernel"
	"maru/platform/i18n"
)

// runBenefitExamples decides each example's household and finds what comes out
// otherwise than the example says. The rules are without problems.
func runBenefitExamples(p *catalog.Pack) []catalog.Finding {
	if len(p.BenefitExamples) == 0 {
		return nil
	}
	engine, err := benefit.NewEngine(benefitsOf(p))
	if err != nil {
		return []catalog.Finding{{Severity: catalog.Error, File: "benefits.yaml", Message: err.Error()}}
	}
	var out []catalog.Finding
	for _, id := range p.Order {
		for i := range p.BenefitExamples[id] {
			run := benefitRun{engine: engine, service: id, example: &p.BenefitExamples[id][i]}
			run.play()
			out = append(out, run.found...)
		}
	}
	return out
}

// benefitRun is one example being played.
type benefitRun struct {
	engine  *benefit.Engine
	service string
	example *catalog.BenefitExample
	found   []catalog.Finding
}

func (x *benefitRun) sayAt(line int, format string, args ...any) {
	x.found = append(x.found, catalog.Finding{Severity: catalog.Error, File: "services/" + x.service + "/examples.yaml", Line: line,
		Message: fmt.Sprintf("example %q: "+format, append([]any{x.example.Name}, args...)...)})
}

func (x *benefitRun) say(format string, args ...any) {
	x.sayAt(x.example.LineOf("expect"), format, args...)
}

func (x *benefitRun) play() {
	s, err := x.situation()
	if err != nil {
		x.wrong(err)
		return
	}
	answer, err := x.engine.Evaluate(s)
	if err != nil {
		x.wrong(err)
		return
	}
	i := slices.IndexFunc(answer.Results, func(r benefit.Result) bool { return r.Programme.ID == x.service })
	if i < 0 {
		x.say("the rules have no programme %q", x.service)
		return
	}
	x.compare(answer, &answer.Results[i])
}

// situation reads the example as a question that came in as JSON is read.
func (x *benefitRun) situation() (situation.Situation, error) {
	in := struct {
		Date      string           `json:"date"`
		KnownOn   *string          `json:"known_on"`
		Household map[string]any   `json:"household"`
		Members   []map[string]any `json:"members"`
	}{Date: x.example.Date, Household: x.example.Household, Members: x.example.Members}
	if x.example.KnownOn != "" {
		in.KnownOn = &x.example.KnownOn
	}
	if in.Members == nil {
		in.Members = []map[string]any{}
	}
	b, err := json.Marshal(in)
	if err != nil {
		return situation.Situation{}, err
	}
	return x.engine.Decode(b)
}

// wrong tells where the example's facts are none.
func (x *benefitRun) wrong(err error) {
	var e *kernel.Error
	texts, load := i18n.Load(benefit.Messages())
	if !errors.As(err, &e) || len(e.Fields) == 0 || load != nil {
		x.sayAt(x.example.Line, "%v", err)
		return
	}
	for _, f := range e.Fields {
		x.sayAt(x.example.LineOf(fieldPath(f.Field)...), "%s: %s", f.Field, texts.TMap(kernel.EN, f.Key, f.Args))
	}
}

// fieldPath turns members[1].birth_date into the path of that value.
func fieldPath(field string) []string {
	return strings.FieldsFunc(field, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}

func (x *benefitRun) compare(a *benefit.Answer, r *benefit.Result) {
	want := x.example.Expect
	x.verdict("", r.Verdict, want.BenefitVerdict)
	if want.Arrears != nil {
		x.arrears(r.Arrears, *want.Arrears)
	}
	for _, id := range slices.Sorted(maps.Keys(want.Members)) {
		var got situation.Verdict
		if m := slices.IndexFunc(a.Situation.Members, func(m situation.Member) bool { return m.ID == id }); m >= 0 && m < len(r.Members) {
			got = r.Members[m]
		}
		x.verdict(id+": ", got, want.Members[id])
	}
}

func (x *benefitRun) verdict(who string, got situation.Verdict, want catalog.BenefitVerdict) {
	if want.Eligible != "" && got.Eligible.String() != want.Eligible {
		x.say("%seligible is %s%s, not %s", who, got.Eligible, lacking(got.Missing), want.Eligible)
	}
	switch {
	case want.Amount == nil:
	case got.Amount == nil:
		x.say("%sthe amount is unknown%s, not %d", who, lacking(got.Missing), *want.Amount)
	case *got.Amount != *want.Amount:
		x.say("%sthe amount is %d, not %d", who, *got.Amount, *want.Amount)
	}
	if want.Missing != nil && !slices.Equal(got.Missing, want.Missing) {
		x.say("%smissing is [%s], not [%s]", who, strings.Join(got.Missing, " "), strings.Join(want.Missing, " "))
	}
}

func lacking(refs []string) string {
	if len(refs) == 0 {
		return ""
	}
	return " for want of " + strings.Join(refs, " ")
}

func (x *benefitRun) arrears(got *situation.Owed, want int64) {
	switch {
	case got == nil && want == 0:
	case got == nil:
		x.say("no arrears are paid, not %d", want)
	case got.Amount == nil:
		x.say("the arrears are unknown, not %d", want)
	case *got.Amount != want:
		x.say("the arrears are %d, not %d", *got.Amount, want)
	}
}
