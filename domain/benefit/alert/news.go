package alert

import (
	"maru/domain/benefit/situation"
	"maru/kernel"
)

// body is what a message says, in ids and figures; its words are made when it is
// read.
type body struct {
	Summary *summary `json:"summary,omitempty"`
	News    []news   `json:"news,omitempty"`
}

// summary counts what the first look found.
type summary struct {
	Sure  int `json:"sure"`
	Maybe int `json:"maybe"`
}

// news is one change.
type news struct {
	Subject   string      `json:"subject"`
	Episode   int64       `json:"episode"`
	Kind      string      `json:"kind"` // entitled, likely or lost
	Programme string      `json:"programme"`
	Title     kernel.Text `json:"title"`
	Online    bool        `json:"online"`
	// Child is the day of birth of the minor it is about, zero for others.
	Child    kernel.Date `json:"child,omitzero"`
	Amount   *int64      `json:"amount,omitempty"`
	Period   string      `json:"period"`
	Estimate bool        `json:"estimate"` // the amount rests on unverified figures
	Article  kernel.Text `json:"article"`
	// Against is the condition that no longer holds, of what was lost.
	Against kernel.Text `json:"against,omitzero"`
	Cause   cause       `json:"cause"`
}

// lost is the kind of news of what was lost.
const lost = "lost"

// cause is why something changed, the zero cause where it is not known.
type cause struct {
	Kind    string      `json:"kind,omitempty"`
	Day     kernel.Date `json:"day,omitzero"`
	Age     int         `json:"age,omitempty"`
	Article string      `json:"article,omitempty"`
	Fact    kernel.Text `json:"fact,omitzero"`
}

// The kinds of causes; they end message keys.
const (
	causeBirthday      = "birthday"       // of the person
	causeBirthdayOther = "birthday_other" // of somebody else in the household
	causeDay           = "day"            // a time limit or age counted otherwise
	causeLaw           = "law"            // a figure of law came into force
	causeRules         = "rules"          // another version of the rules is in force
	causeAddress       = "address"
	causeHousehold     = "household" // somebody joined or left
	causeFact          = "fact"      // one fact changed
	causeFacts         = "facts"     // several did
)

// newsOf writes down a change of a subject.
func (l *look) newsOf(s subject, kind string, episode int64) news {
	e, p := l.known.Answer.Engine, s.result.Programme
	n := news{Subject: s.key, Episode: episode, Kind: kind, Programme: p.ID, Title: e.Titles[p.ID], Online: e.Online[p.ID], Child: s.born, Period: p.Benefit.Period}
	if len(p.Benefit.Conditions) > 0 {
		n.Article = articleOf(p.Benefit.Conditions[0].Article.Name, p.Benefit.Conditions[0].Article.NameEN, p.Benefit.Conditions[0].Article.Article)
	}
	if kind == lost {
		l.against(s, &n)
	} else {
		n.Amount, n.Estimate = s.verdict.Amount, kind == likely
	}
	n.Cause = l.cause(s)
	return n
}

// against names the first condition that does not hold.
func (l *look) against(s subject, n *news) {
	ko, en := l.known.Answer.Reasons(s.result, s.member, l.texts, kernel.KO), l.known.Answer.Reasons(s.result, s.member, l.texts, kernel.EN)
	for i := range ko {
		if ko[i].Holds == situation.No {
			n.Against = kernel.Text{KO: ko[i].Text, EN: en[i].Text}
			n.Article = kernel.Text{KO: ko[i].Article, EN: en[i].Article}
			return
		}
	}
}

func articleOf(ko, en, article string) kernel.Text {
	if en == "" {
		en = ko
	}
	return kernel.Text{KO: join(ko, article), EN: join(en, article)}
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}
