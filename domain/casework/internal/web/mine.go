package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"rsc.io/qr"

	"maru/design"
	"maru/domain/casework"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/web"
)

const pageSize = 20

type mineView struct {
	Title string
	Rows  [][]any
	Asked []design.Card
	Next  string
	None  bool
}

func (p *Pages) mine(w http.ResponseWriter, r *web.Request) error {
	before, err := cursor(r)
	if err != nil {
		return err
	}
	l, err := p.s.Mine(r.Context(), r.Actor, before, pageSize)
	if err != nil {
		return err
	}
	v := mineView{Title: r.T("casework.mine.title"), None: len(l) == 0 && before == 0}
	if r.Actor.OnBehalf() {
		v.Title = r.T("casework.mine.title_of", "name", r.Actor.Name)
	}
	for _, a := range l {
		svc, err := p.title(r, a)
		if err != nil {
			return err
		}
		text, tone := p.status(r, a)
		v.Rows = append(v.Rows, []any{
			design.Cell{Text: svc, Href: r.Link(fmt.Sprintf("/applications/%s", a.ID)), Note: a.Number},
			design.Cell{Tag: text, Tone: tone},
			p.when(r, a),
		})
	}
	if len(l) == pageSize {
		v.Next = r.Link("/applications") + "?cursor=" + strconv.FormatInt(l[len(l)-1].Seq, 36)
	}
	asked, err := p.s.Asked(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	for _, s := range asked {
		v.Asked = append(v.Asked, design.Card{Title: r.T("casework.mine.asked_title"), Text: r.T("casework.mine.asked_text"),
			Href: r.Link(fmt.Sprintf("/signatures/%s", s.ID)), Icon: "document"})
	}
	return p.srv.Render(w, r, views, web.View{Template: "mine", Title: v.Title, Data: v, Active: "applications"})
}

func cursor(r *web.Request) (int64, error) {
	s := r.URL.Query().Get("cursor")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 36, 64)
	if err != nil || n <= 0 {
		return 0, kernel.E(kernel.NotFound, "", err)
	}
	return n, nil
}

func (p *Pages) title(r *web.Request, a *casework.Application) (string, error) {
	svc, err := p.s.Definition(r.Context(), a)
	if err != nil {
		return "", err
	}
	return svc.Title.In(r.Lang), nil
}

// status is where an application stands, in words and as a tone.
func (p *Pages) status(r *web.Request, a *casework.Application) (text, tone string) {
	switch a.Status {
	case casework.Decided:
		if casework.Adverse(a.Decision) {
			return r.T("casework.decision." + a.Decision), "danger"
		}
		return r.T("casework.decision." + a.Decision), "success"
	case casework.Correction, casework.Payment, casework.Draft:
		return r.T("casework.status." + a.Status), "warning"
	case casework.Withdrawn:
		return r.T("casework.status." + a.Status), "neutral"
	}
	return r.T("casework.status." + a.Status), "info"
}

func (p *Pages) when(r *web.Request, a *casework.Application) design.Cell {
	switch {
	case a.DecidedAt > 0:
		return instant(r, a.DecidedAt)
	case a.SubmittedAt > 0:
		return instant(r, a.SubmittedAt)
	}
	return instant(r, a.UpdatedAt)
}

func instant(r *web.Request, t kernel.Time) design.Cell {
	return design.Cell{Text: i18n.DateTime(r.Lang, t), ISO: t.String()}
}

type progressView struct {
	*casework.Case
	Title      string
	StatusText string
	Tone       string
	Agency     string
	Rows       []design.Row
	Events     []design.Event
	Steps      []design.Step
	Waiting    []waitingParty
	Last       string // what the office last said
	MayObject  bool
	MayLeave   bool
	Due        bool // the office still has to act by then
	FileBase   string
	Sisters    []sister
	MayBook    bool          // a visit, or another time for it
	Next       []kernel.Text // what the service itself says comes now
	AnswerText string        // until when the office wants its answer
	Extension  casework.Extension
	Key        string
	Consulted  []string // which bodies are asked for an opinion
	Deadline   *deadline
}

type waitingParty struct {
	Name, Party, Status, Link string
	Asked                     bool
	ID                        kernel.ID
	Code                      *casework.Code // to hand on, nil for whom the register knows
}

func (p *Pages) application(w http.ResponseWriter, r *web.Request) error {
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	if c.Status == casework.Draft {
		return p.tasks(w, r, c)
	}
	v := progressView{Case: c, Title: c.Service.Title.In(r.Lang), Agency: p.s.Agencies.Name(c.Agency, r.Lang), MayObject: c.MayObject(p.today()),
		FileBase: fmt.Sprintf("/applications/%s/files/", c.ID), Extension: p.s.Extension(c), Key: p.key()}
	v.StatusText, v.Tone = p.status(r, c.Application)
	if v.Rows, err = p.answerRows(r, c, false); err != nil {
		return err
	}
	v.Rows = append(p.takingRows(r, c), v.Rows...)
	v.Events = p.events(r, c, false)
	v.Consulted = p.consulted(r, c)
	v.Steps = progress(r, c)
	switch c.Status {
	case casework.Signatures, casework.Payment, casework.Submitted, casework.InReview, casework.Correction, casework.SecondLook:
		v.MayLeave = c.DecidedAt == 0
	}
	v.Due = casework.Open(c.Status) && c.DueAt > 0
	if c.Status == casework.Signatures || c.Status == casework.Payment { // not received yet
		v.Deadline = p.deadline(c)
	}
	v.MayBook = c.MayBook(p.today())
	v.Next = next(c)
	if !c.AnswerBy.IsZero() {
		v.AnswerText = "\n" + r.T("casework.answer_by.until", "date", c.AnswerBy)
	}
	codes, err := p.s.Codes(r.Context(), r.Actor, c.ID)
	if err != nil {
		return err
	}
	v.Key = p.key()
	for i := range c.Parties {
		party := &c.Parties[i]
		if party.Status == casework.PartyNamed {
			continue
		}
		row := waitingParty{Name: party.Name, Status: r.T("casework.party." + party.Status), Asked: party.Status == casework.PartyAsked,
			Link: p.public + r.Link("/signatures/"+string(party.ID)), ID: party.ID}
		if code, ok := codes[party.ID]; ok {
			row.Code, row.Link = &code, p.public+r.Link("/confirm")
		}
		if row.Name == "" {
			row.Name = c.Content.People[party.Person]
		}
		for _, def := range c.Service.Parties {
			if def.ID == party.Party.Party {
				row.Party = def.Title.In(r.Lang)
			}
		}
		v.Waiting = append(v.Waiting, row)
	}
	if v.Sisters, err = p.sisters(r, c.ID); err != nil {
		return err
	}
	for i := range c.Events {
		if e := c.Events[i]; e.Shared && e.Note != "" && e.ByKind != "applicant" {
			v.Last = note(r, c, e)
		}
	}
	return p.srv.Render(w, r, views, web.View{Template: "progress", Title: v.Title, Data: v, Active: "applications"})
}

// progress is the way of an application in four steps.
func progress(r *web.Request, c *casework.Case) []design.Step {
	names := []string{"received", "review", "decision"}
	at := map[string]int{casework.Signatures: 0, casework.Payment: 0, casework.Submitted: 1, casework.InReview: 1, casework.Correction: 1,
		casework.SecondLook: 1, casework.Objected: 1, casework.Decided: 3, casework.Withdrawn: 3}[c.Status]
	var out []design.Step
	for i, n := range names {
		s := design.Step{Text: r.T("casework.step." + n)}
		switch {
		case i < at:
			s.State = "done"
		case i == at:
			s.State = "current"
		}
		out = append(out, s)
	}
	return out
}

// events is the timeline, newest first; officials see their own notes too.
func (p *Pages) events(r *web.Request, c *casework.Case, official bool) []design.Event {
	var out []design.Event
	for i := len(c.Events) - 1; i >= 0; i-- {
		e := c.Events[i]
		if !e.Shared && !official {
			continue
		}
		d := design.Event{Title: r.T("casework.event." + e.Act), At: i18n.DateTime(r.Lang, e.At), ISO: e.At.String(), Text: note(r, c, e)}
		switch e.ByKind {
		case "official":
			d.By = p.s.Agencies.Name(e.Agency, r.Lang)
		case "rule":
			d.By = r.T("casework.by.rule")
		case "party":
			d.By = r.T("casework.by.party")
		case "delegate":
			d.By = p.delegate(r, e.Actor)
		case "assisted":
			d.By = r.T("casework.by.assisted", "agency", p.s.Agencies.Name(e.Agency, r.Lang))
		default:
			d.By = r.T("casework.by.applicant")
			if !official && !r.Actor.OnBehalf() {
				d.By = r.T("casework.by.you")
			}
		}
		switch e.Act {
		case "decided", "objection_decided", "proposed", "confirmed", "sent_back", "recalled":
			d.Title += ": " + r.T("casework.decision."+e.Code)
		case "visit_booked", "visit_moved", "visit_cancelled", "visit_released", "visit_came", "visit_missed":
			if at, ok := catalog.ParseSlot(e.Code); ok {
				d.Title += ": " + i18n.DateTime(r.Lang, at)
			}
		case "approved":
			d.Title += ": " + r.T("casework.approval.kind."+strings.TrimSuffix(e.Code, "_for"))
			if strings.HasSuffix(e.Code, "_for") {
				d.Title += " (" + r.T("casework.approval.in_place") + ")"
			}
		case "clock_stopped":
			d.Title += ": " + r.T("casework.stop."+e.Code)
		case "extended", "extension_asked", "extension_declined", "inspection_planned":
			if until, err := kernel.ParseDate(e.Code); err == nil {
				d.Title += ": " + i18n.Date(r.Lang, until)
			}
		case "inspected":
			d.Title += ": " + r.T("casework.field.result."+e.Code)
		case "transferred":
			d.Title += ": " + p.s.Agencies.Name(e.Code, r.Lang)
		case "joint_asked", "joint_taken", "joint_question", "joint_replied", "joint_reminded", "joint_extended", "joint_answered", "joint_withdrawn", "joint_why", "joint_ended":
			p.jointTitle(r, c, e, &d, official)
		}
		out = append(out, d)
	}
	return out
}

// note is the text of a timeline entry. What a rule says, the definition says
// in every language.
func note(r *web.Request, c *casework.Case, e casework.EventView) string {
	if e.ByKind != "rule" {
		return e.Note
	}
	switch e.Act {
	case "decided":
		if c.Service.Auto != nil {
			return c.Service.Auto.Reason.In(r.Lang)
		}
	case "eligibility_doubt":
		for _, rule := range c.Service.Eligibility {
			if rule.Else.KO == e.Note {
				return rule.Else.In(r.Lang)
			}
		}
	}
	return e.Note
}

type doneView struct {
	*casework.Case
	Title  string
	Agency string
	Links  []waitingParty
	Told   []string // who got the request in Maru
	Next   []kernel.Text
}

func (p *Pages) done(w http.ResponseWriter, r *web.Request) error {
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	switch {
	case c.Status == casework.Payment: // not received before it is paid
		return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s/pay", c.ID))
	case c.Status == casework.Draft, c.Status == casework.Withdrawn, c.Status == casework.Decided && c.Assignee != "":
		return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", c.ID))
	}
	v := doneView{Case: c, Title: c.Service.Title.In(r.Lang), Agency: p.s.Agencies.Name(c.Agency, r.Lang), Next: next(c)}
	codes, err := p.s.Codes(r.Context(), r.Actor, c.ID)
	if err != nil {
		return err
	}
	for _, party := range c.Parties {
		if party.Status != casework.PartyAsked {
			continue
		}
		if code, ok := codes[party.ID]; ok {
			v.Links = append(v.Links, waitingParty{Name: party.Name, Link: p.public + r.Link("/confirm"), Code: &code})
		} else {
			v.Told = append(v.Told, cmp.Or(party.Name, c.Content.People[party.Person]))
		}
	}
	return p.srv.Render(w, r, views, web.View{Template: "done", Title: r.T("casework.done.title." + doneKind(c)), Data: v, Active: "applications"})
}

func doneKind(c *casework.Case) string {
	switch c.Status {
	case casework.Signatures:
		return "signatures"
	case casework.Decided:
		return "decided"
	}
	return "submitted"
}

// Kind names the words of the page.
func (v doneView) Kind() string { return doneKind(v.Case) }

type payView struct {
	ID    kernel.ID
	Title string
	Fee   kernel.Money
	Rows  []feeRow
}

func (p *Pages) pay(w http.ResponseWriter, r *web.Request) error {
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	if c.Status != casework.Payment {
		return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", c.ID))
	}
	won, rows := p.feeRows(r, c)
	return p.srv.Render(w, r, views, web.View{Template: "pay", Title: r.T("casework.pay.title"), Active: "applications",
		Data: payView{c.ID, c.Service.Title.In(r.Lang), won, rows}})
}

func (p *Pages) payDo(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if _, err := p.s.Pay(r.Context(), r.Actor, id); err != nil {
		return err
	}
	return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s/done", id))
}

type leaveView struct {
	*casework.Case
	Title string
	Key   string
	Back  bool // a fee that was paid comes back
	Lost  bool // it does not
}

func (p *Pages) withdraw(w http.ResponseWriter, r *web.Request) error {
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	return p.srv.Render(w, r, views, web.View{Template: "withdraw", Title: r.T("casework.withdraw.title"), Active: "applications",
		Data: leaveView{c, c.Service.Title.In(r.Lang), p.key(), c.Paid > 0 && casework.GivesBack(c.Application), c.Paid > 0 && !casework.GivesBack(c.Application)}})
}

func (p *Pages) withdrawDo(w http.ResponseWriter, r *web.Request) error {
	_, key, err := posted(r)
	if err != nil {
		return err
	}
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	if c.Status == casework.Draft {
		if err := p.s.Discard(r.Context(), r.Actor, c.ID); err != nil {
			return err
		}
		p.srv.Flash(w, "casework.withdraw.discarded")
		return p.srv.Redirect(w, r, "/applications")
	}
	if _, err := p.s.Withdraw(r.Context(), r.Actor, c.ID, key); err != nil {
		return err
	}
	p.srv.Flash(w, "casework.withdraw.done")
	return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", c.ID))
}

type wordsView struct {
	*casework.Case
	Title   string
	Key     string
	Message string
	Asked   string // what the office wants to know
	Rows    []design.Row
	Until   kernel.Date
	Entries []design.Option // that an objection can name
}

func (p *Pages) correct(w http.ResponseWriter, r *web.Request) error {
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	if c.Status != casework.Correction {
		return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", c.ID))
	}
	return p.renderWords(w, r, c, "correct", p.key(), "", nil)
}

func (p *Pages) renderWords(w http.ResponseWriter, r *web.Request, c *casework.Case, template, key, message string, fail error) error {
	v := wordsView{Case: c, Title: c.Service.Title.In(r.Lang), Key: key, Message: message, Until: c.ObjectUntil}
	for _, e := range c.Events {
		if e.Act == "correction_asked" || template == "object" && e.Act == "decided" {
			v.Asked = e.Note
		}
	}
	if template == "object" {
		for _, e := range c.Refused() {
			v.Entries = append(v.Entries, design.Option{Value: e, Label: e})
		}
	}
	var err error
	if v.Rows, err = p.answerRows(r, c, false); err != nil {
		return err
	}
	return p.srv.Render(w, r, views, web.View{Template: template, Title: r.T("casework." + template + ".title"), Active: "applications", Data: v, Err: fail})
}

func (p *Pages) correctDo(w http.ResponseWriter, r *web.Request) error {
	form, key, err := posted(r)
	if err != nil {
		return err
	}
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	_, err = p.s.Correct(r.Context(), r.Actor, c.ID, key, form.Get("message"), nil)
	if kernel.Is(err, kernel.Invalid) {
		return p.renderWords(w, r, c, "correct", key, form.Get("message"), err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "casework.correct.done")
	return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", c.ID))
}

func (p *Pages) object(w http.ResponseWriter, r *web.Request) error {
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	if !c.MayObject(p.today()) {
		return kernel.E(kernel.Conflict, "casework.error.no_objection", nil)
	}
	return p.renderWords(w, r, c, "object", p.key(), "", nil)
}

func (p *Pages) objectDo(w http.ResponseWriter, r *web.Request) error {
	form, key, err := posted(r)
	if err != nil {
		return err
	}
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	_, err = p.s.Object(r.Context(), r.Actor, c.ID, key, form.Get("reason"), form["entries"]...)
	if kernel.Is(err, kernel.Invalid) {
		return p.renderWords(w, r, c, "object", key, form.Get("reason"), err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "casework.object.done")
	return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", c.ID))
}

type signatureView struct {
	ID      kernel.ID
	Title   string
	Applies string
	Party   string
	Role    string
	Status  string
	Rows    []design.Row
	Open    bool
}

func (p *Pages) signature(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	inv, err := p.s.Invitation(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	v := signatureView{ID: id, Title: inv.Case.Service.Title.In(r.Lang), Applies: inv.Applies, Role: inv.Party.Role, Status: inv.Party.Status,
		Open: inv.Party.Status == casework.PartyAsked && inv.Case.Status == casework.Signatures}
	for _, def := range inv.Case.Service.Parties {
		if def.ID == inv.Party.Party.Party {
			v.Party = def.Title.In(r.Lang)
		}
	}
	if v.Rows, err = p.signedRows(r, inv.Case); err != nil {
		return err
	}
	return p.srv.Render(w, r, views, web.View{Template: "signature", Title: r.T("casework.signature.title"), Data: v, Active: "applications"})
}

// signedRows are the answers that a co-signer confirms: what the applicant
// said, without what registers know of the applicant.
func (p *Pages) signedRows(r *web.Request, c *casework.Case) ([]design.Row, error) {
	all, err := p.answerRows(r, c, false)
	if err != nil {
		return nil, err
	}
	var out []design.Row
	for i, q := range c.Content.Shown(c.Service, p.today()) {
		if casework.Covered(q) {
			out = append(out, all[i])
		}
	}
	return out, nil
}

func (p *Pages) sign(w http.ResponseWriter, r *web.Request) error {
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	agree := form.Get("agree") == "yes"
	if err := p.s.Sign(r.Context(), r.Actor, id, agree); err != nil {
		return err
	}
	if agree {
		p.srv.Flash(w, "casework.signature.signed")
	} else {
		p.srv.Flash(w, "casework.signature.declined")
	}
	return p.srv.Redirect(w, r, "/applications")
}

type documentView struct {
	Paper *casework.Paper
	Rows  []design.Row
	Hash  string
	Gone  kernel.Time
	Code  string // SVG path of the QR code
	Size  int
	Link  string
	Back  string
}

func (p *Pages) document(w http.ResponseWriter, r *web.Request) error {
	paper, d, err := p.s.PaperOf(r.Context(), r.Actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	v := documentView{Paper: paper, Hash: d.Hash, Gone: d.RevokedAt, Link: p.public + r.Link("/check/"+d.Number),
		Back: fmt.Sprintf("/applications/%s", d.Application)}
	row := func(key, value string) {
		v.Rows = append(v.Rows, design.Row{Key: r.T("casework.document." + key), Value: value})
	}
	row("holder", paper.Holder)
	if paper.Unproven {
		v.Rows[0].Note = r.T("casework.unproven")
	}
	row("case", paper.Case)
	for _, line := range slices.Concat(paper.About, paper.Rows) {
		v.Rows = append(v.Rows, design.Row{Key: line.Label.In(r.Lang), Value: line.Value.In(r.Lang)})
	}
	row("decision", r.T("casework.decision."+paper.Decision))
	row("reason", paper.Reason.In(r.Lang))
	row("law", paper.Law)
	if paper.ByRule {
		row("how", r.T("casework.document.by_rule"))
	}
	code, err := qr.Encode(v.Link, qr.M)
	if err != nil {
		return err
	}
	v.Code, v.Size = modules(code), code.Size+8
	return p.srv.Render(w, r, views, web.View{Template: "document", Title: paper.Title.In(r.Lang), Data: v, Active: "applications"})
}

// modules draws a QR code as one SVG path, with the quiet zone of four modules
// that ISO/IEC 18004 asks for.
func modules(c *qr.Code) string {
	var b []byte
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			if !c.Black(x, y) {
				continue
			}
			run := 1
			for x+run < c.Size && c.Black(x+run, y) {
				run++
			}
			b = fmt.Appendf(b, "M%d %dh%dv1h-%dz", x+4, y+4, run, run)
			x += run
		}
	}
	return string(b)
}

type checkedView struct {
	Typed   string
	Checked *casework.Checked
	Agency  string
}

func (p *Pages) check(w http.ResponseWriter, r *web.Request) error {
	return p.srv.Render(w, r, views, web.View{Template: "document-check", Title: r.T("casework.verify.title"), Data: checkedView{}, Active: "check"})
}

func (p *Pages) checkDo(w http.ResponseWriter, r *web.Request) error {
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	return p.renderChecked(w, r, form.Get("number"))
}

func (p *Pages) checked(w http.ResponseWriter, r *web.Request) error {
	return p.renderChecked(w, r, r.PathValue("number"))
}

func (p *Pages) renderChecked(w http.ResponseWriter, r *web.Request, typed string) error {
	if len(typed) > 60 {
		typed = typed[:0]
	}
	v := checkedView{Typed: typed}
	d, err := p.s.Check(r.Context(), typed)
	switch {
	case kernel.Is(err, kernel.NotFound):
		err = kernel.E(kernel.NotFound, "casework.error.no_document", nil).Field("number", "casework.error.no_document", nil)
	case err == nil:
		v.Checked, v.Agency = d, p.s.Agencies.Name(d.Agency, r.Lang)
	case !kernel.Is(err, kernel.Invalid):
		return err
	}
	return p.srv.Render(w, r, views, web.View{Template: "document-check", Title: r.T("casework.verify.title"), Data: v, Active: "check", Err: err})
}
