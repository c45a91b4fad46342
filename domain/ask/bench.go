package ask

import (
	"bufio"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/search"
	"maru/platform/wordvec"
)

// held tells whether a sentence belongs to the third that is kept out of the
// index to measure with. It hangs on the sentence alone, so that adding others
// moves none.
func held(s string) bool { return hashOf(s)%3 == 0 }

// hashOf is FNV-1a, mixed: alone it mixes the low bits badly.
func hashOf(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	v := h.Sum32()
	v = (v ^ v>>15) * 0x85ebca6b
	return v ^ v>>13
}

// HoldOut takes a third of the example sentences out of the pack, and of the
// words of life events, and gives the rest, and what was taken, to measure
// with.
func HoldOut(p Pack) (rest Pack, lines, events []Line) {
	rest = p
	rest.Hash += " without a third of its sentences"
	rest.Services = make([]*contract.Service, len(p.Services))
	for i, s := range p.Services {
		c := *s
		c.Utterances = map[kernel.Lang][]string{}
		for _, l := range slices.Sorted(maps.Keys(s.Utterances)) {
			for _, u := range s.Utterances[l] {
				if held(u) {
					lines = append(lines, Line{Text: u, Lang: l, Services: []string{s.ID}})
				} else {
					c.Utterances[l] = append(c.Utterances[l], u)
				}
			}
		}
		rest.Services[i] = &c
	}
	rest.LifeEvents = slices.Clone(p.LifeEvents)
	for i := range rest.LifeEvents {
		e := &rest.LifeEvents[i]
		terms := map[kernel.Lang][]string{}
		for _, l := range slices.Sorted(maps.Keys(e.Terms)) {
			for _, w := range e.Terms[l] {
				if held(w) {
					events = append(events, Line{Text: w, Lang: l, Services: e.Services})
				} else {
					terms[l] = append(terms[l], w)
				}
			}
		}
		e.Terms = terms
	}
	return rest, lines, events
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

// Noises are ways in which the same sentence comes: as it is, without blanks,
// mistyped in four words of ten, on the wrong keyboard layout.
var Noises = []Noise{
	{"plain", func(s string) string { return s }},
	{"no spaces", func(s string) string { return strings.ReplaceAll(s, " ", "") }},
	{"typos in 40 %", func(s string) string {
		h := fnv.New64a()
		h.Write([]byte(s))
		return search.Typos(s, 0.4, rand.New(rand.NewPCG(h.Sum64(), 40)))
	}},
	{"wrong layout", search.Mistype},
}

// Noise rewrites a sentence.
type Noise struct {
	Name    string
	Rewrite func(string) string
}

// Row is a line of the report.
type Row struct {
	Set   string      `json:"set"`
	Lang  kernel.Lang `json:"lang,omitempty"`
	Noise string      `json:"noise,omitempty"`
	Hit1  Share       `json:"hit1"`
	Hit5  Share       `json:"hit5"`
}

// Report is what Bench measured.
type Report struct {
	Services int     `json:"services"`
	Profile  string  `json:"profile"`
	Rows     []Row   `json:"rows"`
	Bundles  *Share  `json:"bundles,omitempty"` // recall@8
	ReadyMS  float64 `json:"ready_ms"`
	HalfUS   float64 `json:"half_us"`
	P95US    float64 `json:"p95_us"`
	Talks    *Talks  `json:"talks,omitempty"`
	Welfare  []Row   `json:"welfare,omitempty"`
	Scale    *Scale  `json:"scale,omitempty"`
	Load     string  `json:"load,omitempty"`
	// Attacked is what came of attacks on a language model that obeys them.
	Attacked *Attacked `json:"attacked,omitempty"`
}

// Benching is what Bench measures with.
type Benching struct {
	Lines   []Line // sentences of others; none: the held-out third of the pack
	Places  Places
	Rules   Rules
	Tiny    bool           // without word vectors
	Vectors *wordvec.Model // for sentences of others; nil trains on the pack
	Welfare []Topic
	// Services and Sentences each, for the scale; 0 leaves it out.
	Services, Sentences int
	Attacks             []Attack // on a language model; none leaves it out
}

// Bench measures how well and how fast sentences find their services. Vectors
// are trained on what is left in the index alone, so that no held-out sentence
// has been seen.
func Bench(p Pack, b Benching) (*Report, error) {
	set, lines := "given sentences", b.Lines
	var events []Line
	if len(lines) == 0 {
		set = "held-out third"
		p, lines, events = HoldOut(p)
	}
	out := &Report{Services: len(p.Services), Profile: "tiny"}
	vectors := b.Vectors
	if b.Tiny {
		vectors = nil
	}
	if b.Services > 0 { // first, so that nothing else is in memory
		out.Scale = measureScale(p, vectors, b.Services, b.Sentences)
	}
	if !b.Tiny {
		out.Profile = "standard"
		if vectors == nil || len(b.Lines) == 0 {
			var err error
			if vectors, err = wordvec.Train(Documents(p), Training, nil); err != nil {
				return nil, err
			}
		}
	}
	s := New(Deps{Catalog: fixed(p), Places: b.Places, Rules: b.Rules, Vectors: vectors})
	began := time.Now()
	s.index()
	out.ReadyMS = float64(time.Since(began).Microseconds()) / 1000
	took := make([]time.Duration, 0, len(lines))
	for _, l := range lines {
		began = time.Now()
		if _, err := s.Ask(Query{Text: l.Text}); err != nil {
			return nil, fmt.Errorf("ask: %q: %w", l.Text, err)
		}
		took = append(took, time.Since(began))
	}
	out.HalfUS, out.P95US = percentile(took, 50), percentile(took, 95)
	for _, n := range Noises {
		out.Rows = append(out.Rows, s.noisy(set, lines, n)...)
	}
	talks := s.Converse(lines)
	out.Talks = &talks
	if len(events) > 0 {
		share := s.bundles(events)
		out.Bundles = &share
	}
	if len(b.Attacks) > 0 {
		got, err := attackAll(s.index(), b.Attacks)
		if err != nil {
			return nil, err
		}
		out.Attacked = &got
	}
	if len(b.Welfare) > 0 {
		rows, err := welfare(b.Welfare, b.Tiny)
		if err != nil {
			return nil, err
		}
		out.Welfare = rows
	}
	return out, nil
}

// percentile is in microseconds.
func percentile(took []time.Duration, n int) float64 {
	if len(took) == 0 {
		return 0
	}
	t := slices.Sorted(slices.Values(took))
	return float64(t[min(len(t)-1, len(t)*n/100)].Nanoseconds()) / 1000
}

// noisy measures sentences as a noise leaves them. Blanks and letters are
// those of Korean; of English only the layout is measured.
func (s *Service) noisy(set string, lines []Line, n Noise) []Row {
	var changed []Line
	for _, l := range lines {
		if n.Name != Noises[0].Name && (l.Lang != kernel.KO && n.Name != "wrong layout" || strings.ContainsFunc(l.Text, latin) && l.Lang == kernel.KO && n.Name == "wrong layout") {
			// A Korean sentence that holds Latin letters is not typed so.
			if l.Lang == kernel.KO {
				changed = append(changed, l)
			}
			continue
		}
		text := n.Rewrite(l.Text)
		if l.Lang == kernel.EN && n.Name == "wrong layout" {
			text = search.MistypeEnglish(l.Text)
		}
		changed = append(changed, Line{Text: text, Lang: l.Lang, Services: l.Services})
	}
	var out []Row
	for _, score := range s.Evaluate(changed) {
		if score.Lang == "" && n.Name != Noises[0].Name {
			continue
		}
		out = append(out, Row{Set: set, Lang: score.Lang, Noise: n.Name, Hit1: score.Hit1, Hit5: score.Hit5})
	}
	return out
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// bundleTop is how many services of an answer count for a life event.
const bundleTop = 8

// bundles measures, for words of life events, how many of the event's services
// are among the first eight of the answer: those of its bundle where it has
// one, then its results. An event of more than eight counts as one of eight.
func (s *Service) bundles(events []Line) Share {
	hits, of := 0, 0
	for _, l := range events {
		of += min(bundleTop, len(l.Services))
		a, err := s.Ask(Query{Text: l.Text, Limit: bundleTop})
		if err != nil {
			continue
		}
		var shown []string
		add := func(id string) {
			if len(shown) < bundleTop && !slices.Contains(shown, id) {
				shown = append(shown, id)
			}
		}
		if a.Bundle != nil {
			for _, id := range a.Bundle.Services {
				add(id)
			}
		}
		for _, r := range a.Results {
			add(r.Service.ID)
		}
		for _, id := range shown {
			if slices.Contains(l.Services, id) {
				hits++
			}
		}
	}
	return wilson(min(hits, of), of)
}

// Write writes the report for people.
func (r *Report) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%d services, profile %s; index made in %.0f ms; time a query: half within %.0f us, 95 %% within %.0f us\n", r.Services, r.Profile, r.ReadyMS, r.HalfUS, r.P95US)
	fmt.Fprintf(out, "%-16s %-4s %-14s %6s  %-24s %-24s\n", "sentences", "lang", "noise", "n", "right one first (95 %)", "among five (95 %)")
	for _, x := range append(slices.Clone(r.Rows), r.Welfare...) {
		lang := string(x.Lang)
		if lang == "" {
			lang = "all"
		}
		fmt.Fprintf(out, "%-16s %-4s %-14s %6d  %-24s %-24s\n", x.Set, lang, x.Noise, x.Hit1.Of, x.Hit1, x.Hit5)
	}
	if r.Bundles != nil {
		fmt.Fprintf(out, "life events, services among the first eight: %s of %d\n", r.Bundles, r.Bundles.Of)
	}
	if t := r.Talks; t != nil {
		fmt.Fprintf(out, "conversations with a simulated citizen: service shown at once %s, within two turns %s, within three %s; first in the end %s; %d questions, %d of them not known\n",
			t.First, t.Second, t.Third, t.Top, t.Questions, t.Unknown)
	}
	if s := r.Scale; s != nil {
		fmt.Fprintf(out, "scale: %d services x %d sentences: index made in %.1f s, %.0f MB resident, %.0f of them before; on one core half within %.1f ms, 95 %% within %.1f ms (%.1f and %.1f ms of the processor)\n",
			s.Services, s.Sentences, s.BuildS, s.ResidentMB, s.BeforeMB, s.HalfMS, s.P95MS, s.CPUHalfMS, s.CPUP95MS)
	}
	if a := r.Attacked; a != nil {
		fmt.Fprintf(out, "attacks: %d of %d through, in %d tries against a model that obeys; %d refused, %d helped within the rules\n", len(a.Through), a.Prompts, a.Tries, a.Refused, a.Helped)
		for _, x := range a.Through {
			fmt.Fprintf(out, "through: %s\n", x)
		}
	}
	if r.Load != "" {
		fmt.Fprintf(out, "load average while measuring: %s\n", r.Load)
	}
	return out.Flush()
}

// WriteJSON writes the report for programs.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// String is "81.4 % (77.5-84.8)".
func (s Share) String() string {
	return fmt.Sprintf("%.1f %% (%.1f-%.1f)", 100*s.Part(), 100*s.Low, 100*s.High)
}

// fixed is a catalogue of one pack.
type fixed Pack

// Pack gives it.
func (f fixed) Pack() Pack { return Pack(f) }
