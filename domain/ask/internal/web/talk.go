package web

import (
	"strings"

	"maru/design"
	"maru/domain/catalog/contract"
	"maru/platform/web"
)

// Turn is what a conversation has come to, as the pages need it.
type Turn struct {
	Found
	Question *Question
	Replies  []Reply
}

// Question is one that tells services apart.
type Question struct {
	ID     string
	Fact   *contract.Fact // nil for none
	Values []string
}

// Reply is an answer to one; Value "" says "I do not know".
type Reply struct {
	Question *Question
	Value    string
}

// Talked is what travels in the forms of a conversation: what was said, and
// what was replied since. It is worked out anew at every turn.
type Talked struct {
	Query   string
	Replies []string // question=value
}

// maxReplies is how many replies of a form are read; there are never as many.
const maxReplies = 8

// talked reads a form.
func talked(form map[string][]string) Talked {
	t := Talked{}
	if q := form["q"]; len(q) > 0 {
		t.Query = q[0]
	}
	for _, r := range form["r"] {
		if len(t.Replies) < maxReplies {
			t.Replies = append(t.Replies, r)
		}
	}
	return t
}

// asking is a question in words.
type asking struct {
	Title, Hint string
	Choices     []design.Option
	Skip        string // the reply that says "I do not know"
}

// replied is a reply in words, and what the conversation is without it.
type replied struct {
	Title, Words string
	Without      Talked
}

func (p *Pages) asking(r *web.Request, q *Question) *asking {
	if q == nil {
		return nil
	}
	a := &asking{Title: p.title(r, q), Skip: q.ID + "="}
	if q.Fact != nil {
		a.Hint = r.T("ask.question.about")
	}
	for _, v := range q.Values {
		a.Choices = append(a.Choices, design.Option{Value: q.ID + "=" + v, Label: p.words(r, q, v)})
	}
	return a
}

// title is how a question is put.
func (p *Pages) title(r *web.Request, q *Question) string {
	switch {
	case q.Fact == nil:
		return r.T("ask.question." + q.ID)
	case q.Fact.Type == "date":
		return r.T("ask.question.age")
	}
	return r.T("ask.question.fact", "title", q.Fact.Title.In(r.Lang))
}

// words are a reply as people say it.
func (p *Pages) words(r *web.Request, q *Question, value string) string {
	switch {
	case value == "":
		return r.T("ask.reply.skip")
	case q.ID == "want":
		return r.T("ask.reply." + value)
	case q.ID == "event":
		for _, e := range p.ask.LifeEvents() {
			if e.ID == value {
				return e.Title.In(r.Lang)
			}
		}
		return r.T("ask.reply.no_event")
	case q.Fact.Type == "bool":
		return r.T("ask.reply." + value)
	case q.Fact.Type == "date":
		return r.T("ask.reply." + strings.ReplaceAll(value, "-", "_"))
	}
	if label, ok := q.Fact.Labels[value]; ok {
		return label.In(r.Lang)
	}
	return value
}

// replies are those that counted, each with the conversation as it were without
// it. kept are what travels on: what did not count is left behind.
func (p *Pages) replies(r *web.Request, query string, list []Reply) (out []replied, kept []string) {
	for _, x := range list {
		kept = append(kept, x.Question.ID+"="+x.Value)
	}
	for i, x := range list {
		without := Talked{Query: query}
		for j, k := range kept {
			if j != i {
				without.Replies = append(without.Replies, k)
			}
		}
		out = append(out, replied{Title: p.title(r, x.Question), Words: p.words(r, x.Question, x.Value), Without: without})
	}
	return out, kept
}
