package ask

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"maru/domain/ask/internal/ground"
	"maru/domain/ask/internal/model"
	"maru/domain/ask/internal/redact"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/search"
)

const (
	helpCandidates = 20  // services the model may choose among
	helpPassages   = 6   // services whose texts it gets
	helpBodies     = 4   // of these, with the whole text
	helpBody       = 900 // characters of that text
	helpServices   = 5   // services it may choose
	helpSentences  = 6
	helpQueries    = 3
	helpQuery      = 120 // characters of a search line
	helpFacts      = 12
)

// asked is a query on its way to the model.
type asked struct {
	ix         *index
	text       string // as the person wrote it, layout mended
	redacted   string
	lang       kernel.Lang
	normalized string
	today      kernel.Date
	limit      int
}

// help lets the model rewrite the query, choose among what is found, and
// explain it. What fails leaves the answer as it is, with the reason. The first
// of the services found without the model stays among the first five.
func (s *Service) help(ctx context.Context, q asked, a *Answer) {
	l := s.language
	switch {
	case l == nil:
		a.Help = &Help{Without: WithoutNone}
		return
	case a.Crisis != nil:
		a.Help = &Help{Without: WithoutCrisis}
		return
	}
	began := s.clock.Now()
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	q.redacted, _ = redact.Redact(q.text)
	t := &turn{language: l, use: ModelUse{Model: l.client.Name(), Prompt: l.prompt, Catalogue: q.ix.pack.Hash}}
	better, err := s.better(ctx, t, q, *a)
	out := &Help{Model: l.client.Name(), Prompt: l.prompt}
	outcome := helped
	if err != nil {
		out.Without = reason(err)
		outcome = string(out.Without)
	}
	if t.note(ctx, began, outcome) != nil {
		out.Without = WithoutRecord
	}
	if out.Without == "" {
		out.Sentences = better.Help.Sentences
		*a = better
	}
	a.Help = out
}

// better is the answer with the model's help.
func (s *Service) better(ctx context.Context, t *turn, q asked, a Answer) (Answer, error) {
	queries, facts, err := s.rewrite(ctx, t, q, a.Facts)
	if err != nil {
		return a, err
	}
	a.Facts = append(slices.Clone(a.Facts), facts...)
	found := s.fuse(q, a.Facts, queries, a.Results)
	if len(found) == 0 {
		return a, errCheck("nothing found")
	}
	chosen, sentences, err := s.explain(ctx, t, q, found)
	if err != nil {
		return a, err
	}
	a.Results = arrange(found, chosen, a.Results, q.limit)
	a.Help = &Help{Sentences: sentences}
	return a, nil
}

// rewrite asks for search lines and for facts.
func (s *Service) rewrite(ctx context.Context, t *turn, q asked, known []Fact) (queries []string, facts []Fact, err error) {
	type option struct {
		ID      string   `json:"id"`
		Type    string   `json:"type"`
		Members []string `json:"members,omitempty"`
		Title   string   `json:"title"`
	}
	var options []option
	ids := []string{""} // an enum is never empty
	for _, f := range q.ix.teller.tellable() {
		options = append(options, option{f.ID, f.Type, f.Members, f.Title.In(q.lang)})
		ids = append(ids, f.ID)
	}
	user := map[string]any{"language": q.lang, "today": q.today, "facts": options, "data": map[string]string{"words": q.redacted}}
	schema := object(map[string]any{
		"queries": list(map[string]any{"type": "string"}),
		"facts":   list(object(map[string]any{"fact": enum(ids), "value": map[string]any{"type": "string"}, "who": enum(aboutWhom), "quote": map[string]any{"type": "string"}})),
	})
	err = t.ask(ctx, t.read, user, "read_query", schema, func(b json.RawMessage) error {
		var got struct {
			Queries []string   `json:"queries"`
			Facts   []toldFact `json:"facts"`
		}
		if err := model.Decode(b, &got); err != nil {
			return err
		}
		queries = nil
		for _, line := range got.Queries {
			if n := search.Normalize(line); n != "" && utf8.RuneCountInString(line) <= helpQuery {
				queries = append(queries, n)
			}
		}
		if len(queries) == 0 || len(got.Queries) > helpQueries || len(got.Facts) > helpFacts {
			return errCheck("queries")
		}
		facts = q.ix.teller.accept(got.Facts, q.text, q.redacted, q.today, known)
		return nil
	})
	return queries, facts, err
}

// fuse finds services by the query as it was said and by the search lines, and
// adds the rankings by their places. What was found without the model comes in
// any case.
func (s *Service) fuse(q asked, facts []Fact, queries []string, before []Result) []Result {
	lift := s.lift(q.ix, facts, q.today)
	because := s.reasons(q.ix, facts, lift, q.today)
	score := map[int]float64{}
	hit := map[int]search.Hit{}
	// What may be shown hangs on the person's words, never on the model's.
	said := append(search.Standard(q.normalized), q.normalized)
	for i, text := range append([]string{q.normalized}, queries...) {
		weight := 1.0
		if i == 0 {
			weight = 1.5
		}
		for rank, h := range q.ix.words.Search(q.ix.quiet.tactful(search.Query{Text: text, Also: search.Standard(text), Lift: lift, N: helpCandidates}, said...)) {
			score[h.Doc] += weight / float64(10+rank)
			if _, ok := hit[h.Doc]; !ok {
				hit[h.Doc] = h
			}
		}
	}
	var docs []int
	for d := range score {
		docs = append(docs, d)
	}
	slices.SortFunc(docs, func(a, b int) int { return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(a, b)) })
	keep := map[string]bool{}
	for _, r := range before[:min(DefaultLimit, len(before))] {
		keep[r.Service.ID] = true
	}
	room := helpCandidates - len(keep)
	own := map[string]Result{}
	for _, r := range before {
		own[r.Service.ID] = r
	}
	var out []Result
	for _, d := range docs {
		svc := q.ix.pack.Services[d]
		if !keep[svc.ID] {
			if room == 0 {
				continue
			}
			room--
		}
		r, ok := own[svc.ID]
		if !ok {
			h := hit[d]
			r = Result{Service: svc, Matched: h.Line, Why: because.why(h)}
		}
		delete(keep, svc.ID)
		out = append(out, r)
	}
	for _, r := range before { // found by an endpoint's vectors alone
		if keep[r.Service.ID] {
			out = append(out, r)
		}
	}
	return out
}

// arrange puts the chosen services first, then the others, and sees to it that
// the first one found without the model is among the first five. Scores are
// made anew, since they order what is shown.
func arrange(found []Result, chosen []string, before []Result, limit int) []Result {
	byID := map[string]Result{}
	for _, r := range found {
		byID[r.Service.ID] = r
	}
	var out []Result
	for _, id := range chosen {
		out = append(out, byID[id])
		delete(byID, id)
	}
	for _, r := range found {
		if _, ok := byID[r.Service.ID]; ok {
			out = append(out, r)
		}
	}
	if len(before) > 0 {
		at := slices.IndexFunc(out, func(r Result) bool { return r.Service.ID == before[0].Service.ID })
		if last := min(DefaultLimit, limit) - 1; at > last {
			r := out[at]
			out = slices.Insert(slices.Delete(out, at, at+1), last, r)
		}
	}
	out = out[:min(limit, len(out))]
	top := 1.0
	if len(before) > 0 {
		top = max(top, before[0].Score)
	}
	for i := range out {
		out[i].Score = top / (1 + 0.1*float64(i))
	}
	return out
}

// explain asks for the services that fit and for sentences about them, and
// holds both to the checks.
func (s *Service) explain(ctx context.Context, t *turn, q asked, found []Result) (chosen []string, sentences []HelpSentence, err error) {
	type candidate struct {
		ID      string `json:"id"`
		Title   string `json:"title"`
		Summary string `json:"summary"`
	}
	type passage struct {
		ID      string `json:"id"`
		Service string `json:"service"`
		Text    string `json:"text"`
	}
	type link struct {
		Token string `json:"token"`
		Title string `json:"title"`
	}
	var candidates []candidate
	var texts []passage
	var links []link
	var ids, sources []string
	about := map[string]string{} // service of a passage
	passages := ground.Passages{}
	for i, r := range found {
		candidates = append(candidates, candidate{r.Service.ID, r.Service.Title.In(q.lang), r.Service.Summary.In(q.lang)})
		ids = append(ids, r.Service.ID)
		if i >= helpPassages {
			continue
		}
		text := passageOf(r.Service, q.lang, i < helpBodies)
		p := passage{fmt.Sprintf("c%d", i+1), r.Service.ID, text}
		texts, sources = append(texts, p), append(sources, p.ID)
		about[p.ID], passages[p.ID] = p.Service, q.ix.passage(text)
		links = append(links, link{fmt.Sprintf("[link_%d]", i+1), r.Service.Title.In(q.lang)})
	}
	user := map[string]any{"language": q.lang, "candidates": candidates, "passages": texts, "links": links, "data": map[string]string{"words": q.redacted}}
	schema := object(map[string]any{
		"services":  list(enum(ids)),
		"sentences": list(object(map[string]any{"text": map[string]any{"type": "string"}, "sources": list(enum(sources))})),
	})
	err = t.ask(ctx, t.language.explain, user, "explain_services", schema, func(b json.RawMessage) error {
		var got struct {
			Services  []string `json:"services"`
			Sentences []struct {
				Text    string   `json:"text"`
				Sources []string `json:"sources"`
			} `json:"sentences"`
		}
		if err := model.Decode(b, &got); err != nil {
			return err
		}
		if n := len(got.Services); n == 0 || n > helpServices {
			return errCheck("services")
		}
		for i, id := range got.Services {
			if !slices.Contains(ids, id) || slices.Contains(got.Services[:i], id) {
				return errCheck("services")
			}
		}
		if n := len(got.Sentences); n == 0 || n > helpSentences {
			return errCheck("sentences")
		}
		chosen, sentences = got.Services, nil
		for _, x := range got.Sentences {
			if rule := passages.Check(ground.Sentence{Text: x.Text, Sources: x.Sources}, q.lang, len(links)); rule != ground.Passes {
				return errCheck(rule)
			}
			told, ok := tell(x.Text, x.Sources, about, chosen, found)
			if !ok {
				return errCheck(ground.Source)
			}
			sentences = append(sentences, told)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return chosen, sentences, nil
}

// tell makes a checked sentence of its parts; false where it cites or links a
// service that was not chosen.
func tell(text string, sources []string, about map[string]string, chosen []string, found []Result) (HelpSentence, bool) {
	var out HelpSentence
	for _, id := range sources {
		svc := about[id]
		if !slices.Contains(chosen, svc) {
			return out, false
		}
		if !slices.Contains(out.Services, svc) {
			out.Services = append(out.Services, svc)
		}
	}
	links := ground.Links(text)
	for i, words := range ground.Split(text) {
		if words != "" {
			out.Parts = append(out.Parts, HelpPart{Text: words})
		}
		if i < len(links) {
			svc := found[links[i]-1].Service.ID
			if !slices.Contains(chosen, svc) {
				return out, false
			}
			out.Parts = append(out.Parts, HelpPart{Service: svc})
		}
	}
	return out, true
}

// passage reads a text of the pack once.
func (ix *index) passage(text string) *ground.Passage {
	if p, ok := ix.passages.Load(text); ok {
		return p.(*ground.Passage)
	}
	p, _ := ix.passages.LoadOrStore(text, ground.NewPassage(text))
	return p.(*ground.Passage)
}

// passageOf is what a service's texts say, one thing a line, without markup.
func passageOf(s *contract.Service, lang kernel.Lang, whole bool) string {
	lines := []string{s.Title.In(lang), s.Summary.In(lang), s.Who.In(lang), s.Fee.Note.In(lang), s.TimeLimit.Note.In(lang)}
	if s.Deadline != nil {
		lines = append(lines, s.Deadline.Note.In(lang))
	}
	for _, p := range s.Papers {
		lines = append(lines, p.In(lang))
	}
	if whole {
		n := 0
		for line := range strings.Lines(s.Body[lang]) {
			line = ordinal.ReplaceAllString(strings.Trim(markup.Replace(line), " \t\n#-"), "")
			if n += utf8.RuneCountInString(line); n > helpBody {
				break
			}
			lines = append(lines, line)
		}
	}
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return l == "" }), "\n")
}

// ordinal is the number of a step in a list.
var ordinal = regexp.MustCompile(`^\d{1,2}\. `)

var markup = strings.NewReplacer("**", "", "`", "", "[", "", "](", " ", "\u00a0", " ")

// Pieces of JSON Schema.
func object(properties map[string]any) map[string]any {
	var names []string
	for n := range properties {
		names = append(names, n)
	}
	slices.Sort(names)
	return map[string]any{"type": "object", "properties": properties, "required": names, "additionalProperties": false}
}

func list(of any) map[string]any { return map[string]any{"type": "array", "items": of} }

func enum(values []string) map[string]any { return map[string]any{"type": "string", "enum": values} }
