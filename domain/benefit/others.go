package benefit

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"maru/domain/benefit/gov24"
	"maru/domain/benefit/imported"
	"maru/domain/benefit/internal/web"
	"maru/domain/benefit/situation"
	"maru/kernel"
	"maru/platform/jobs"
)

// jobs of the domain.
func (s *Service) jobs(r *jobs.Runner) {
	r.Handle("benefit.purge", func(ctx context.Context, _ jobs.Job) error {
		_, err := s.Purge(ctx)
		return err
	}, jobs.Options{Every: 24 * time.Hour, Timeout: 10 * time.Minute})
	if s.d.Imported != nil {
		s.d.Imported.Jobs(r)
	}
}

// Others are the programmes of the public catalogue that may fit what was told
// on the page, today.
func (f facade) Others(ctx context.Context, told web.Told, asked web.Asked, l kernel.Lang) (*web.Others, error) {
	return f.othersFor(ctx, f.situation(told), asked, l)
}

// othersFor are those that may fit a household: what a page shows with the part
// _others. Nil where no catalogue was imported, or the first is still being
// read: a page then does without.
func (s *Service) othersFor(ctx context.Context, in situation.Situation, asked web.Asked, l kernel.Lang) (*web.Others, error) {
	if s.d.Imported == nil {
		return nil, nil
	}
	found, err := s.d.Imported.Find(ctx, in, imported.Query{Apart: asked.Apart, Near: true, From: asked.From, Limit: asked.Limit})
	if kernel.Is(err, kernel.Unavailable) || err == nil && found.Version.Number == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &web.Others{Total: found.Total, Apart: found.Apart, Next: found.Next, MadeUp: found.Version.Source == imported.Sample, Import: importOf(found.Version)}
	out.NoPlace = len(in.Members) == 0 || !in.Members[0].Facts["region"].Known()
	for i := range found.Items {
		item := &found.Items[i]
		o := otherOf(item.Programme)
		o.Sure, o.Eligible, o.Member = string(item.Sure), item.Eligible.String(), item.Member
		for c, holds := range item.Conditions {
			text := item.Benefit.Conditions[c].Text.In(l)
			switch {
			case item.Kinds[c] == gov24.Open:
			case holds == situation.Yes:
				o.Met = append(o.Met, text)
			default:
				o.Open = append(o.Open, text)
			}
		}
		out.Items = append(out.Items, o)
	}
	return out, nil
}

func importOf(v imported.Version) web.Import {
	return web.Import{Source: string(v.Source), Fetched: v.FetchedAt.DateIn(kernel.Seoul)}
}

// gives is what a programme gives in a sentence: its purpose, or the beginning
// of what is paid.
func gives(s *gov24.Service) string {
	const most = 160
	text := s.Summary
	if text == "" {
		text, _, _ = strings.Cut(s.Content, "\n")
	}
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most-1]) + "…"
	}
	return text
}

func otherOf(p *gov24.Programme) web.Other {
	return web.Other{ID: p.ID, Title: p.Service.Name, Gives: gives(&p.Service), Agency: p.Service.Agency, Until: p.Service.Until, Portal: p.Service.URL}
}

// Other is one programme with all its texts.
func (f facade) Other(ctx context.Context, id string, l kernel.Lang) (*web.OtherPage, error) {
	if f.d.Imported == nil {
		return nil, kernel.E(kernel.NotFound, "benefit.imported.error.no_programme", nil)
	}
	p, v, err := f.d.Imported.Programme(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &web.OtherPage{Other: otherOf(p), Online: p.Detail.Online, General: f.d.Imported.General(p), MadeUp: v.Source == imported.Sample, Import: importOf(v)}
	for _, c := range p.Benefit.Conditions {
		out.Open = append(out.Open, c.Text.In(l))
	}
	for _, t := range passages(p) {
		if t.text != "" {
			out.Texts = append(out.Texts, web.Passage{Label: f.d.Texts.T(l, "benefit.imported.text."+t.key), Text: t.text})
		}
	}
	return out, nil
}

// passage is a text of a programme under the end of its message key.
type passage struct{ key, text string }

// passages are the texts of a programme in the order of reading.
func passages(p *gov24.Programme) []passage {
	s, d := &p.Service, &p.Detail
	body := s.Agency
	if s.Department != "" && s.Department != s.Agency {
		body += " " + s.Department
	}
	return []passage{
		{"purpose", s.Summary}, {"target", s.Target}, {"selection", s.Selection}, {"content", s.Content}, {"kind", s.Kind}, {"until", s.Until},
		{"method", s.Method}, {"papers", d.Papers}, {"official_papers", d.OfficialPapers}, {"own_papers", d.OwnPapers},
		{"agency", body}, {"reception", s.Reception}, {"phone", s.Phone}, {"acts", d.Acts}, {"rules", d.Rules}, {"ordinances", d.Ordinances},
	}
}

// Search finds programmes by words.
func (f facade) Search(ctx context.Context, text string, from int, _ kernel.Lang) (*web.Others, error) {
	if f.d.Imported == nil {
		return nil, nil
	}
	list, next, v, err := f.d.Imported.Search(ctx, text, from, 20)
	if v.Number == 0 && (err == nil || kernel.Is(err, kernel.Unavailable)) {
		return nil, nil
	}
	out := &web.Others{Next: next, MadeUp: v.Source == imported.Sample, Import: importOf(v)}
	for _, p := range list {
		out.Items = append(out.Items, otherOf(p))
	}
	return out, err
}
