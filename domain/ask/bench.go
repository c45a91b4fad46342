package ask

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// HoldOut takes every third example sentence out of the pack and gives the
// rest, and what was taken, to measure with.
func HoldOut(p Pack) (Pack, []Line) {
	var held []Line
	rest := p
	rest.Hash += " without every third sentence"
	rest.Services = make([]*contract.Service, len(p.Services))
	for i, s := range p.Services {
		c := *s
		c.Utterances = map[kernel.Lang][]string{}
		for _, l := range slices.Sorted(maps.Keys(s.Utterances)) {
			for n, u := range s.Utterances[l] {
				if n%3 == 2 {
					held = append(held, Line{Text: u, Lang: l, Services: []string{s.ID}})
				} else {
					c.Utterances[l] = append(c.Utterances[l], u)
				}
			}
		}
		rest.Services[i] = &c
	}
	return rest, held
}

// ReadLines reads sentences to measure with, one a line: language, service id
// (several are separated by a bar), sentence, separated by tabs. Empty lines
// and those that begin with # are left out. The error names the line.
func ReadLines(r io.Reader) ([]Line, error) {
	var out []Line
	in := bufio.NewScanner(r)
	for n := 1; in.Scan(); n++ {
		text := strings.TrimSpace(in.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		f := strings.SplitN(text, "\t", 3)
		if len(f) < 3 || f[0] != string(kernel.KO) && f[0] != string(kernel.EN) || f[1] == "" || strings.TrimSpace(f[2]) == "" {
			return nil, fmt.Errorf("ask: line %d: want language, service and sentence, separated by tabs", n)
		}
		out = append(out, Line{Lang: kernel.Lang(f[0]), Services: strings.Split(f[1], "|"), Text: strings.TrimSpace(f[2])})
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("ask: read sentences: %w", err)
	}
	return out, nil
}

// Bench is `maru bench ask`: it writes how well and how fast the sentences find
// their services. Without sentences it holds every third one of the pack out
// and measures with those.
func Bench(w io.Writer, p Pack, lines []Line) error {
	kind := "given sentences"
	if len(lines) == 0 {
		p, lines = HoldOut(p)
		kind = "held-out sentences of the pack"
	}
	s := New(Deps{Catalog: fixed(p)})
	began := time.Now()
	s.index()
	build := time.Since(began)
	took := make([]time.Duration, 0, len(lines))
	for _, l := range lines {
		began = time.Now()
		if _, err := s.Ask(Query{Text: l.Text}); err != nil {
			return fmt.Errorf("ask: %q: %w", l.Text, err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	if _, err := fmt.Fprintf(w, "%d %s, %d services; index made in %v\n%-5s %6s  %-26s %-26s\n",
		len(lines), kind, len(p.Services), build.Round(time.Millisecond), "lang", "n", "right one first (95 %)", "among five (95 %)"); err != nil {
		return err
	}
	for _, sc := range s.Evaluate(lines) {
		name := string(sc.Lang)
		if name == "" {
			name = "all"
		}
		if _, err := fmt.Fprintf(w, "%-5s %6d  %-26s %-26s\n", name, sc.Hit1.Of, sc.Hit1, sc.Hit5); err != nil {
			return err
		}
	}
	if len(took) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "time a query: half within %v, 95 %% within %v\n", took[len(took)/2], took[len(took)*95/100])
	return err
}

// String is "81.4 % (77.5-84.8)".
func (s Share) String() string {
	return fmt.Sprintf("%.1f %% (%.1f-%.1f)", 100*s.Part(), 100*s.Low, 100*s.High)
}

// fixed is a catalogue of one pack.
type fixed Pack

// Pack gives it.
func (f fixed) Pack() Pack { return Pack(f) }
