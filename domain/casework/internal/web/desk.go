package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"maru/design"
	"maru/domain/casework"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/web"
)

func (p *Pages) deskRow(r *web.Request, a *casework.Application, names map[kernel.ID]string) ([]any, error) {
	title, err := p.title(r, a)
	if err != nil {
		return nil, err
	}
	text, tone := p.status(r, a)
	due := design.Cell{}
	if casework.Open(a.Status) {
		due.Text, due.ISO = i18n.DateTime(r.Lang, a.DueAt), a.DueAt.String()
		due.Tag, due.Tone = p.urgency(r, a)
	}
	return []any{
		design.Cell{Text: a.Number, Href: r.Link(fmt.Sprintf("/desk/cases/%s", a.ID))},
		title,
		design.Cell{Tag: text, Tone: tone},
		due,
		instant(r, a.SubmittedAt),
		p.holder(r, a, names),
	}, nil
}

// urgency says in words and colour how near a due date is.
func (p *Pages) urgency(r *web.Request, a *casework.Application) (text, tone string) {
	if a.PausedAt > 0 {
		return r.T("casework.due.paused"), "neutral"
	}
	today := p.today()
	left := a.DueAt.DateIn(kernel.Seoul).Days(today)
	switch {
	case a.DueAt < p.clock.Now():
		return r.T("casework.due.late"), "danger"
	case left == 0:
		return r.T("casework.due.today"), "warning"
	case left <= 2:
		return r.T("casework.due.days", "n", left), "warning"
	}
	return r.T("casework.due.days", "n", left), "neutral"
}

type caseView struct {
	*casework.Case
	Title      string
	StatusText string
	Tone       string
	Agency     string
	Identity   []design.Row
	Rows       []design.Row
	Facts      []design.Row
	Events     []design.Event
	Parties    []design.Row
	Steps      []catalog.Step
	Decisions  []design.Option
	Bodies     []design.Option
	Law        string
	Key        string
	Form       url.Values // of the act that failed
	Act        string
	MayAct     bool
	MayAsk     bool
	MayMove    bool
	Second     bool // waits for another official than this one
	Mine       bool
	Proposed   string
	FileBase   string
	Team       teamView
	MayMark    bool // the day of the visit has come
	Parts      []partForm
	Grounds    []design.Option
	Late       bool // the answer to a correction is overdue
	Clock      clockView
	Reply      replyView
	Round      roundView
}

// Of is what was typed into the failed form.
func (v caseView) Of(act, field string) string {
	if v.Act != act {
		return ""
	}
	return v.Form.Get(field)
}

func (p *Pages) deskCase(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	return p.renderCase(w, r, id, "", nil, nil)
}

func (p *Pages) renderCase(w http.ResponseWriter, r *web.Request, id kernel.ID, act string, form url.Values, fail error) error {
	c, err := p.s.Look(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	v := caseView{Case: c, Title: c.Service.Title.In(r.Lang), Agency: p.s.Agencies.Name(c.Agency, r.Lang), Steps: c.Service.Steps, Key: p.key(),
		Form: form, Act: act, Mine: c.Assignee == r.Actor.Account && c.Status != casework.Submitted, FileBase: fmt.Sprintf("/desk/cases/%s/files/", c.ID)}
	if form != nil && form.Get("key") != "" {
		v.Key = form.Get("key")
	}
	v.StatusText, v.Tone = p.status(r, c.Application)
	applicant := c.Content.Applicant
	if c.Person == "" {
		applicant += " (" + r.T("casework.unproven") + ")"
	}
	v.Identity = []design.Row{{Key: r.T("casework.desk.applicant"), Value: applicant}, {Key: r.T("casework.desk.number"), Value: c.Number},
		{Key: r.T("casework.desk.submitted"), Value: i18n.DateTime(r.Lang, c.SubmittedAt)}}
	if casework.Open(c.Status) {
		urgency, _ := p.urgency(r, c.Application)
		v.Identity = append(v.Identity, design.Row{Key: r.T("casework.desk.due"), Value: i18n.DateTime(r.Lang, c.DueAt) + " (" + urgency + ")"})
	}
	if v.Rows, err = p.answerRows(r, c, false); err != nil {
		return err
	}
	for _, f := range slices.Sorted(maps.Keys(c.Content.Facts)) {
		v.Facts = append(v.Facts, design.Row{Key: p.s.Registers.FactTitle(f, r.Lang), Value: p.s.Registers.FactLabel(f, c.Content.Facts[f], r.Lang)})
	}
	v.Clock = p.clockOf(r, c)
	if v.Round, err = p.roundOf(r, c, act, form); err != nil {
		return err
	}
	if v.Reply, err = p.reply(r, c, form); err != nil {
		return err
	}
	v.Parties = p.parties(r, c)
	v.Events = p.events(r, c, true)
	v.MayAsk = c.Status == casework.Submitted || c.Status == casework.InReview
	v.MayAct = v.MayAsk || c.Status == casework.Correction || c.Status == casework.Objected
	v.MayMove = v.MayAsk
	v.Late = c.AnswerLate(p.today())
	v.MayMark = c.Visit != nil && !p.today().Before(c.Visit.At.DateIn(kernel.Seoul))
	if c.Content.Pending != nil {
		v.Second = true
		v.Proposed = r.T("casework.decision." + c.Content.Pending.Decision.Decision)
		v.Mine = c.Content.Pending.By == r.Actor.Account
	}
	for _, d := range c.Service.Decisions {
		v.Decisions = append(v.Decisions, design.Option{Value: d, Label: r.T("casework.decision." + d), Hint: r.T("casework.decision_hint." + d)})
	}
	if c.Status == casework.Objected {
		v.Decisions = append(v.Decisions, design.Option{Value: casework.Dismissed, Label: r.T("casework.decision.dismissed"), Hint: r.T("casework.decision_hint.dismissed")})
	}
	p.partForms(r, &v)
	if v.MayMove {
		for _, b := range p.s.Agencies.Bodies(c.Service.Agency, p.today(), r.Lang) {
			if b.Value != c.Agency {
				v.Bodies = append(v.Bodies, design.Option{Value: b.Value, Label: b.Text})
			}
		}
	}
	if err := p.teamwork(r, &v); err != nil {
		return err
	}
	if len(c.Service.Law) > 0 && len(c.Service.Grounds) == 0 { // else the chosen ground tells
		v.Law = c.Service.Law[0].Name + " " + c.Service.Law[0].Article
	}
	return p.srv.Render(w, r, views, web.View{Template: "desk-case", Title: c.Number + " " + v.Title, Data: v, Active: "desk", Err: fail})
}

// parties lists who takes part, by their part in the definition's order.
func (p *Pages) parties(r *web.Request, c *casework.Case) []design.Row {
	var out []design.Row
	for _, def := range c.Service.Parties {
		var names, states []string
		for _, party := range c.Parties {
			if party.Party.Party != def.ID {
				continue
			}
			name := party.Name
			if name == "" {
				name = c.Content.People[party.Person]
			}
			if name == "" {
				name = r.T("casework.desk.registered_person")
			}
			names = append(names, name)
			if state := r.T("casework.party." + party.Status); !slices.Contains(states, state) {
				states = append(states, state)
			}
		}
		if len(names) > 0 {
			out = append(out, design.Row{Key: def.Title.In(r.Lang), Value: strings.Join(names, ", "), Note: strings.Join(states, ", ")})
		}
	}
	return out
}

// deskAct runs an official's act and comes back to the case, with what was
// typed when it failed.
func (p *Pages) deskAct(w http.ResponseWriter, r *web.Request, act string, do func(id kernel.ID, form url.Values, key string) error) error {
	form, key, err := posted(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	err = do(id, form, key)
	if k := kernel.KindOf(err); err != nil && (k == kernel.Invalid || k == kernel.Conflict) {
		return p.renderCase(w, r, id, act, form, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "casework.desk.done."+act)
	if act == "transfer" {
		return p.srv.Redirect(w, r, "/desk")
	}
	return p.srv.Redirect(w, r, fmt.Sprintf("/desk/cases/%s", id))
}

func (p *Pages) deskAssign(w http.ResponseWriter, r *web.Request) error {
	return p.deskAct(w, r, "assign", func(id kernel.ID, _ url.Values, key string) error {
		_, err := p.s.Assign(r.Context(), r.Actor, id, key)
		return err
	})
}

func (p *Pages) deskCorrection(w http.ResponseWriter, r *web.Request) error {
	return p.deskAct(w, r, "correction", func(id kernel.ID, form url.Values, key string) error {
		days, err := strconv.Atoi(strings.TrimSpace(form.Get("days")))
		if err != nil && form.Has("days") {
			days = 0 // no number: refused with the words for it
		} else if err != nil {
			_, err = p.s.AskBack(r.Context(), r.Actor, id, key, form.Get("message"))
			return err
		}
		_, err = p.s.AskBackBy(r.Context(), r.Actor, id, key, form.Get("message"), days)
		return err
	})
}

func (p *Pages) deskTransfer(w http.ResponseWriter, r *web.Request) error {
	return p.deskAct(w, r, "transfer", func(id kernel.ID, form url.Values, key string) error {
		_, err := p.s.Transfer(r.Context(), r.Actor, id, key, form.Get("agency"), form.Get("transfer-reason"))
		return rename(err, "reason", "transfer-reason")
	})
}

func (p *Pages) deskDecision(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	if form.Get("check") != "" { // only the wording is looked at, nothing is decided
		id, err := pathID(r, "id")
		if err != nil {
			return err
		}
		return p.renderCase(w, r, id, "decision", form, nil)
	}
	return p.deskAct(w, r, "decision", func(id kernel.ID, form url.Values, key string) error {
		_, err := p.s.Decide(r.Context(), r.Actor, id, key, decisionOf(form))
		return err
	})
}

func (p *Pages) deskConfirmation(w http.ResponseWriter, r *web.Request) error {
	return p.deskAct(w, r, "confirmation", func(id kernel.ID, form url.Values, key string) error {
		_, err := p.s.Confirm(r.Context(), r.Actor, id, key, form.Get("agree") == "yes", form.Get("reason"))
		return err
	})
}

// rename points an error at the input that this page has for the field.
func rename(err error, from, to string) error {
	if e, ok := err.(*kernel.Error); ok {
		for i := range e.Fields {
			if e.Fields[i].Field == from {
				e.Fields[i].Field = to
			}
		}
	}
	return err
}
