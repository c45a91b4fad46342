package alert

import (
	"context"

	"maru/domain/benefit/alert/internal/store"
	"maru/domain/benefit/contract"
	"maru/kernel"
	pstore "maru/platform/store"
)

// Letter is a message in words.
type Letter struct {
	Title, Text string
	Items       []Item
}

// Item is one change in words.
type Item struct {
	Title string
	Href  string // the service's page, without language
	// Online: it can be applied for here.
	Online bool
	Lines  []string
}

// Letter puts a message into words, made anew at each reading. One that is no
// longer kept says where to look instead.
func (s *Service) Letter(ctx context.Context, id kernel.ID, l kernel.Lang) (Letter, error) {
	var m *store.Message
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		m, err = store.GetMessage(tx, id)
		return err
	})
	if err != nil {
		return Letter{}, err
	}
	if m == nil {
		return Letter{Title: s.d.Texts.T(l, "benefit.alert.letter.old"), Text: s.d.Texts.T(l, "benefit.alert.letter.old_text")}, nil
	}
	var b body
	if err := s.open(messageOf(id), m.Body, &b); err != nil {
		return Letter{}, err
	}
	return s.words(m.Kind, b, l), nil
}

// words writes the letter.
func (s *Service) words(kind string, b body, l kernel.Lang) Letter {
	t := func(key string, args ...any) string { return s.d.Texts.T(l, "benefit.alert.letter."+key, args...) }
	var out Letter
	switch {
	case kind == contract.KindConsentEnded:
		return Letter{Title: t("consent_ended"), Text: t("consent_ended_text")}
	case b.Summary != nil && b.Summary.Sure+b.Summary.Maybe == 0:
		return Letter{Title: t("summary_none"), Text: t("summary_none_text")}
	case b.Summary != nil:
		out = Letter{Title: t("summary", "n", b.Summary.Sure+b.Summary.Maybe), Text: t("summary_text")}
		if b.Summary.Maybe > 0 {
			out.Text += " " + t("summary_maybe", "n", b.Summary.Maybe)
		}
		return out
	}
	count := map[string]int{}
	for _, n := range b.News {
		count[n.Kind]++
		out.Items = append(out.Items, s.item(n, l))
	}
	gained := count[entitled] + count[likely]
	switch {
	case len(b.News) == 1:
		out.Title = t("one."+b.News[0].Kind, "title", b.News[0].Title.In(l))
	case gained == 0:
		out.Title = t("many_lost", "n", count[lost])
	case count[likely] == 0:
		out.Title = t("many", "n", gained)
	default:
		out.Title = t("many_check", "n", gained) // entitled is said only of what is sure
	}
	if gained > 0 {
		out.Text = t("new_text")
	} else {
		out.Text = t("lost_text")
	}
	return out
}

// item writes one change.
func (s *Service) item(n news, l kernel.Lang) Item {
	t := func(key string, args ...any) string { return s.d.Texts.T(l, "benefit.alert.item."+key, args...) }
	it := Item{Title: t("title."+n.Kind, "title", n.Title.In(l)), Href: "/services/" + n.Programme, Online: n.Online && n.Kind != lost}
	add := func(when bool, text func() string) {
		if when {
			it.Lines = append(it.Lines, text())
		}
	}
	add(!n.Child.IsZero(), func() string { return t("child", "day", n.Child) })
	add(n.Amount != nil, func() string {
		words := s.d.Texts.T(l, "benefit.period."+n.Period, "amount", kernel.Money(*n.Amount))
		if n.Period == "in_kind" {
			return words
		}
		if n.Estimate {
			return t("estimate", "amount", words)
		}
		return t("amount", "amount", words)
	})
	add(n.Kind == likely, func() string { return t("check") })
	add(!n.Against.IsZero(), func() string { return t("against", "text", n.Against.In(l)) })
	add(n.Cause.Kind != "", func() string { return s.because(n.Cause, l) })
	add(n.Article.In(l) != "", func() string { return t("article", "article", n.Article.In(l)) })
	return it
}

// because says why.
func (s *Service) because(c cause, l kernel.Lang) string {
	key := "benefit.alert.cause." + c.Kind
	if c.Kind == causeLaw && c.Article != "" {
		key += "_article"
	}
	if c.Kind == causeRules && !c.Day.IsZero() {
		key += "_day"
	}
	return s.d.Texts.T(l, key, "day", c.Day, "age", c.Age, "article", c.Article, "fact", c.Fact.In(l))
}
