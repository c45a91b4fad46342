package catalog

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Hooks are checks that other domains and the platform know how to make; app
// joins them. A nil hook is left out.
type Hooks struct {
	// Route gives the function that finds the body in charge from the pack's
	// own directory.
	Route func(p *Pack) RouteFunc
	// Prove finds places from which a service reaches no body.
	Prove func(p *Pack) []Finding
	// Benefits reads the rules of benefits and finds what is wrong with them.
	Benefits func(p *Pack) []Finding
	// Plain tells what is hard to read in a text for people.
	Plain func(l kernel.Lang, text string) []string
	// Enough and EnoughEnglish are how many utterances a service should have;
	// fewer is a warning. Zero asks for none.
	Enough, EnoughEnglish int
}

// RouteFunc finds the body in charge of a case.
type RouteFunc func(rule contract.AgencyRule, answers, facts map[string]kernel.Value, at kernel.Date) (string, error)

// Check reads a pack and checks everything: the files, the examples, sentences
// that are nearly the same or hurt without a mark, that every place has a body in charge, and how plain
// the texts are. The pack is nil when
// the files could not be read at all.
func Check(fsys fs.FS, h Hooks) (*Pack, []Finding, error) {
	p, found, err := LoadPack(fsys)
	if p == nil {
		return nil, found, err
	}
	all := findings(found)
	p.nearDuplicates(&all)
	p.enough(h, &all)
	p.unmarked(&all)
	p.runExamples(h, &all)
	// A directory with errors would only repeat them for every region.
	if h.Prove != nil && Errors(found) == 0 {
		all = append(all, h.Prove(p)...)
	}
	if h.Benefits != nil {
		all = append(all, h.Benefits(p)...)
	}
	if h.Plain != nil {
		p.lint(h.Plain, &all)
	}
	return p, all.sorted(), nil
}

// CheckCommand is `maru check`: it writes the findings for people, one a line,
// or as one JSON document, and returns how many are errors. A pack that cannot
// be read counts as one.
func CheckCommand(fsys fs.FS, w io.Writer, asJSON bool, h Hooks) int {
	p, found, err := Check(fsys, h)
	if p == nil && err != nil {
		found = append(found, Finding{Severity: Error, File: ".", Message: err.Error()})
	}
	if asJSON {
		report := struct {
			Pack     string    `json:"pack,omitempty"`
			Services int       `json:"services"`
			Errors   int       `json:"errors"`
			Findings []Finding `json:"findings"`
		}{Errors: Errors(found), Findings: found}
		if p != nil {
			report.Pack, report.Services = p.Hash, len(p.Services)
		}
		if report.Findings == nil {
			report.Findings = []Finding{}
		}
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		_ = enc.Encode(report) // a broken pipe is the reader's choice
		return report.Errors
	}
	for _, f := range found {
		fmt.Fprintln(w, f)
	}
	errs := Errors(found)
	if p != nil {
		fmt.Fprintf(w, "pack %.12s: %d services, %d errors, %d warnings\n", p.Hash, len(p.Services), errs, len(found)-errs)
	}
	return errs
}

// lint asks how plain each text for people is.
func (p *Pack) lint(plain func(kernel.Lang, string) []string, found *findings) {
	say := func(file string, line int, l kernel.Lang, text string) {
		for _, m := range plain(l, text) {
			found.warn(file, line, "%s: %s", l, m)
		}
	}
	both := func(src *source, t kernel.Text, path ...string) {
		say(src.file, src.line(path...), kernel.KO, t.KO)
		say(src.file, src.line(path...), kernel.EN, t.EN)
	}
	for _, id := range p.Order {
		s, src := p.Services[id], p.source[id]
		both(src, s.Summary, "summary")
		both(src, s.Who, "who")
		for i, q := range s.Questions {
			both(src, q.Title, "questions", fmt.Sprint(i), "title")
			both(src, q.Hint, "questions", fmt.Sprint(i), "hint")
		}
		for i, r := range s.Eligibility {
			both(src, r.Else, "eligibility", fmt.Sprint(i), "else")
		}
		for _, l := range kernel.Langs {
			say("services/"+id+"/text."+string(l)+".md", 0, l, s.Body[l])
		}
	}
}
