package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"maru/design"
	"maru/domain/casework"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/web"
)

func (p *Pages) registerJoint(page func(method, path, name string, who web.Audience, h web.Handler)) {
	const get, post = http.MethodGet, http.MethodPost
	page(post, "/desk/cases/{id}/joint", "joint_ask", web.Staff, p.jointAsk)
	page(post, "/desk/cases/{id}/joint/{request}", "joint_lead", web.Staff, p.jointLead)
	page(get, "/desk/joint", "joint_desk", web.Staff, p.jointDesk)
	page(get, "/desk/joint/{request}", "joint", web.Staff, p.joint)
	page(post, "/desk/joint/{request}/take", "joint_take", web.Staff, p.jointTake)
	page(post, "/desk/joint/{request}/question", "joint_question", web.Staff, p.jointQuestion)
	page(post, "/desk/joint/{request}/extend", "joint_extend", web.Staff, p.jointExtend)
	page(post, "/desk/joint/{request}/answer", "joint_answer", web.Staff, p.jointAnswer)
	page(get, "/desk/joint/{request}/files/{file}", "joint_file", web.Staff, p.jointFile)
}

// jointPart is what a case's page shows and offers about other agencies.
type jointPart struct {
	Requests  []jointLine
	Waits     bool // an opinion is still waited for
	MayAsk    bool
	Bodies    []design.Option
	Questions []design.Option
	Files     []design.Option
	Last      kernel.Date
}

type jointLine struct {
	casework.Joint
	Name, State, Tone, Words string
	Open                     bool
}

func (p *Pages) jointOf(r *web.Request, c *casework.Case) jointPart {
	var v jointPart
	asked := map[string]bool{}
	for _, j := range c.Joint {
		line := jointLine{Joint: j, Name: p.s.Agencies.Name(j.Agency, r.Lang), Open: j.ClosedAt == 0}
		line.State, line.Tone = p.jointState(r, j)
		if j.Opinion != "" {
			line.Words = r.T("casework.joint.opinion." + j.Opinion)
		}
		v.Requests = append(v.Requests, line)
		v.Waits = v.Waits || line.Open
		asked[j.Agency] = asked[j.Agency] || line.Open
	}
	switch c.Status {
	case casework.Submitted, casework.InReview, casework.Correction, casework.Objected:
		v.MayAsk = true
	default:
		return v
	}
	v.Last = p.s.JointLast(c).DateIn(kernel.Seoul)
	for _, b := range p.s.Agencies.Bodies(catalog.AgencyRule{Anywhere: true}, p.today(), r.Lang) {
		if b.Value != c.Agency && !asked[b.Value] {
			v.Bodies = append(v.Bodies, design.Option{Value: b.Value, Label: b.Text})
		}
	}
	for _, q := range c.Content.Shown(c.Service, p.today()) {
		if q.Type != "file" && c.Content.Answers[q.ID].Known() {
			v.Questions = append(v.Questions, design.Option{Value: q.ID, Label: q.Title.In(r.Lang)})
		}
	}
	for _, f := range c.Files {
		v.Files = append(v.Files, design.Option{Value: string(f.ID), Label: f.Name})
	}
	return v
}

func (p *Pages) jointState(r *web.Request, j casework.Joint) (text, tone string) {
	tone = map[string]string{casework.JointAnswered: "success", casework.JointWithdrawn: "neutral", casework.JointEnded: "neutral"}[j.State]
	if tone == "" {
		if tone = "info"; j.DueAt < p.clock.Now() {
			return r.T("casework.joint.late"), "danger"
		}
	}
	return r.T("casework.joint.state." + j.State), tone
}

// consulted names, for the applicant, who is asked for an opinion since when.
func (p *Pages) consulted(r *web.Request, c *casework.Case) []string {
	var out []string
	for _, j := range c.Joint {
		if j.ClosedAt == 0 {
			out = append(out, r.T("casework.joint.since", "agency", p.s.Agencies.Name(j.Agency, r.Lang), "at", i18n.DateTime(r.Lang, j.CreatedAt)))
		}
	}
	return out
}

// jointTitle names an entry of the timeline about a request: the asked agency,
// and, for officials, the opinion.
func (p *Pages) jointTitle(r *web.Request, c *casework.Case, e casework.EventView, d *design.Event, official bool) {
	agency, id, _ := strings.Cut(e.Code, " ")
	if agency == "" {
		return
	}
	d.Title += ": " + p.s.Agencies.Name(agency, r.Lang)
	if !official {
		return
	}
	for _, j := range c.Joint {
		switch {
		case string(j.ID) != id:
		case e.Act == "joint_asked":
			d.Text = j.Ask
		case e.Act == "joint_answered":
			d.Title += " - " + r.T("casework.joint.opinion."+j.Opinion)
			d.Text = j.Reason
		}
	}
}

func (p *Pages) jointAsk(w http.ResponseWriter, r *web.Request) error {
	return p.deskAct(w, r, "joint", func(id kernel.ID, form url.Values, key string) error {
		until, err := web.FormDate(form, "joint-until")
		if err != nil {
			return err
		}
		_, err = p.s.JointAsk(r.Context(), r.Actor, id, key, casework.JointInput{Agency: form.Get("joint-agency"), Ask: form.Get("ask"),
			Questions: form["joint-questions"], Files: form["joint-files"], Until: until})
		for _, field := range []string{"agency", "questions", "files", "until"} {
			err = rename(err, field, "joint-"+field)
		}
		return err
	})
}

// jointLead is what the agency in charge does about a request: remind, answer
// what the other asked, take it back.
func (p *Pages) jointLead(w http.ResponseWriter, r *web.Request) error {
	request, err := jointID(r)
	if err != nil {
		return err
	}
	return p.deskAct(w, r, "joint_lead", func(_ kernel.ID, form url.Values, key string) error {
		var err error
		field := "joint-text-" + string(request)
		switch form.Get("do") {
		case "reply":
			_, err = p.s.JointReply(r.Context(), r.Actor, request, key, form.Get(field))
			err = rename(err, "message", field)
		case "withdraw":
			_, err = p.s.JointWithdraw(r.Context(), r.Actor, request, key, form.Get(field))
			err = rename(err, "reason", field)
		default:
			_, err = p.s.JointRemind(r.Context(), r.Actor, request, key)
		}
		return err
	})
}

func jointID(r *web.Request) (kernel.ID, error) {
	id, err := kernel.ParseID(r.PathValue("request"))
	if err != nil {
		return "", kernel.E(kernel.NotFound, "casework.joint.error.none", err)
	}
	return id, nil
}

type jointDeskView struct {
	Name    string
	Filters []filter
	Rows    [][]any
	Next    string
}

func (p *Pages) jointDesk(w http.ResponseWriter, r *web.Request) error {
	mine := r.Actor.Agencies(authz.Official)
	if len(mine) == 0 {
		return kernel.E(kernel.Forbidden, "casework.error.not_official", nil)
	}
	q := casework.JointQuery{Agency: r.URL.Query().Get("agency"), Closed: r.URL.Query().Get("closed") != "", Limit: deskPage}
	if q.Agency == "" {
		q.Agency = mine[0]
	}
	if after := r.URL.Query().Get("after"); after != "" {
		at, id, _ := strings.Cut(after, "_")
		if _, err := fmt.Sscanf(at, "%d", &q.At); err != nil {
			return kernel.E(kernel.NotFound, "", err)
		}
		q.ID = kernel.ID(id)
	}
	l, err := p.s.JointDesk(r.Context(), r.Actor, q)
	if err != nil {
		return err
	}
	n, err := p.s.JointCount(r.Context(), r.Actor, q.Agency)
	if err != nil {
		return err
	}
	base := r.Link("/desk/joint") + "?agency=" + url.QueryEscape(q.Agency)
	v := jointDeskView{Name: p.s.Agencies.Name(q.Agency, r.Lang), Filters: []filter{
		{r.T("casework.joint.filter.open"), base, n, !q.Closed}, {r.T("casework.joint.filter.closed"), base + "&closed=1", 0, q.Closed}}}
	for _, j := range l {
		svc, err := p.s.Catalog.Pinned(r.Context(), catalog.Ref{ServiceID: j.Service, Pack: j.Pack})
		if err != nil {
			return err
		}
		text, tone := p.jointState(r, casework.Joint{Joint: j.Joint})
		state := design.Cell{Tag: text, Tone: tone}
		if j.RemindedAt > 0 && j.ClosedAt == 0 {
			state.Note = r.T("casework.joint.reminded", "at", i18n.DateTime(r.Lang, j.RemindedAt))
		}
		taker := r.T("casework.desk.nobody")
		switch {
		case j.Taker == r.Actor.Account:
			taker = r.T("casework.desk.me")
		case j.Taker != "":
			taker = r.T("casework.desk.colleague")
		}
		when := j.DueAt
		if q.Closed {
			when = j.ClosedAt
		}
		v.Rows = append(v.Rows, []any{design.Cell{Text: j.Number, Href: r.Link(fmt.Sprintf("/desk/joint/%s", j.ID))}, svc.Title.In(r.Lang),
			p.s.Agencies.Name(j.Lead, r.Lang), state, instant(r, when), taker})
	}
	if len(l) == deskPage {
		last := l[len(l)-1]
		at := last.DueAt
		if q.Closed {
			at, base = last.ClosedAt, base+"&closed=1"
		}
		v.Next = base + fmt.Sprintf("&after=%d_%s", at, last.ID)
	}
	return p.srv.Render(w, r, views, web.View{Template: "joint-desk", Title: r.T("casework.joint.desk"), Data: v, Active: "desk"})
}

type jointView struct {
	*casework.JointCase
	Title, Lead, StateText, Tone string
	Identity, Rows               []design.Row
	Events                       []design.Event
	Opinions                     []design.Option
	OpinionText                  string
	Open, Mine                   bool
	Key, Act                     string
	Form                         url.Values
	FileBase                     string
}

// Of is what was typed into the failed form.
func (v jointView) Of(act, field string) string {
	if v.Act != act {
		return ""
	}
	return v.Form.Get(field)
}

func (p *Pages) joint(w http.ResponseWriter, r *web.Request) error {
	id, err := jointID(r)
	if err != nil {
		return err
	}
	return p.renderJoint(w, r, id, "", nil, nil)
}

func (p *Pages) renderJoint(w http.ResponseWriter, r *web.Request, id kernel.ID, act string, form url.Values, fail error) error {
	c, err := p.s.JointLook(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	v := jointView{JointCase: c, Title: c.Service.Title.In(r.Lang), Lead: p.s.Agencies.Name(c.Lead, r.Lang), Open: c.ClosedAt == 0, Key: p.key(),
		Mine: c.Taker == r.Actor.Account, Act: act, Form: form, FileBase: fmt.Sprintf("/desk/joint/%s/files/", c.ID)}
	if form != nil && form.Get("key") != "" {
		v.Key = form.Get("key")
	}
	v.StateText, v.Tone = p.jointState(r, c.Joint)
	v.Identity = []design.Row{{Key: r.T("casework.desk.number"), Value: c.Number}, {Key: r.T("casework.joint.lead"), Value: v.Lead},
		{Key: r.T("casework.joint.asked_at"), Value: i18n.DateTime(r.Lang, c.CreatedAt)}}
	if v.Open {
		v.Identity = append(v.Identity, design.Row{Key: r.T("casework.joint.due"), Value: i18n.DateTime(r.Lang, c.DueAt)})
	} else {
		v.Identity = append(v.Identity, design.Row{Key: r.T("casework.joint.closed"), Value: i18n.DateTime(r.Lang, c.ClosedAt)})
	}
	if c.Opinion != "" {
		v.OpinionText = r.T("casework.joint.opinion." + c.Opinion)
	}
	for i := range c.Service.Questions {
		q := &c.Service.Questions[i]
		if a, ok := c.Answers[q.ID]; ok {
			v.Rows = append(v.Rows, design.Row{Key: q.Title.In(r.Lang), Value: p.s.Words(q, a, c.People, c.Files, r.Lang)})
		}
	}
	for i := len(c.Steps) - 1; i >= 0; i-- {
		s := c.Steps[i]
		v.Events = append(v.Events, design.Event{Title: r.T("casework.event."+s.Act) + ": " + p.s.Agencies.Name(s.Agency, r.Lang), At: i18n.DateTime(r.Lang, s.At),
			ISO: s.At.String(), By: p.s.Agencies.Name(s.By, r.Lang), Text: s.Note})
	}
	for _, o := range casework.Opinions {
		v.Opinions = append(v.Opinions, design.Option{Value: o, Label: r.T("casework.joint.opinion." + o)})
	}
	return p.srv.Render(w, r, views, web.View{Template: "joint", Title: c.Number + " " + r.T("casework.joint.one"), Data: v, Active: "desk", Err: fail})
}

// askedForm runs an act of the asked agency and comes back to the request.
func (p *Pages) askedForm(w http.ResponseWriter, r *web.Request, act string, do func(id kernel.ID, form url.Values, key string) error) error {
	form, key, err := posted(r)
	if err != nil {
		return err
	}
	id, err := jointID(r)
	if err != nil {
		return err
	}
	err = do(id, form, key)
	if k := kernel.KindOf(err); err != nil && (k == kernel.Invalid || k == kernel.Conflict) {
		return p.renderJoint(w, r, id, act, form, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "casework.joint.done."+act)
	return p.srv.Redirect(w, r, fmt.Sprintf("/desk/joint/%s", id))
}

func (p *Pages) jointTake(w http.ResponseWriter, r *web.Request) error {
	return p.askedForm(w, r, "take", func(id kernel.ID, _ url.Values, key string) error {
		return p.s.JointTake(r.Context(), r.Actor, id, key)
	})
}

func (p *Pages) jointQuestion(w http.ResponseWriter, r *web.Request) error {
	return p.askedForm(w, r, "question", func(id kernel.ID, form url.Values, key string) error {
		return p.s.JointQuestion(r.Context(), r.Actor, id, key, form.Get("message"))
	})
}

func (p *Pages) jointExtend(w http.ResponseWriter, r *web.Request) error {
	return p.askedForm(w, r, "extend", func(id kernel.ID, form url.Values, key string) error {
		until, err := web.FormDate(form, "until")
		if err != nil {
			return err
		}
		return rename(p.s.JointExtend(r.Context(), r.Actor, id, key, until, form.Get("extend-reason")), "reason", "extend-reason")
	})
}

func (p *Pages) jointAnswer(w http.ResponseWriter, r *web.Request) error {
	return p.askedForm(w, r, "answer", func(id kernel.ID, form url.Values, key string) error {
		return p.s.JointAnswer(r.Context(), r.Actor, id, key, form.Get("opinion"), form.Get("reason"))
	})
}

func (p *Pages) jointFile(w http.ResponseWriter, r *web.Request) error {
	return p.serve(w, r, "request", "file", p.s.JointFile)
}
