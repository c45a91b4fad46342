package web

import (
	"fmt"
	"net/http"
	"net/url"

	"maru/design"
	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/web"
)

// teamView is what a case's page shows of colleagues.
type teamView struct {
	Comments []design.Event
	Follows  bool
	People   []design.Option // whom to mention
	Takers   []design.Option // whom to hand it over to
	Has      string          // who has the case
	Acts     string          // who acts for them today, "" where nobody has to
	Given    string          // the hand-over that waits, in words
	Note     string          // of that hand-over
	ToMe     bool
	ByMe     bool
	MayGive  bool
}

// teamwork adds it to a case that was just opened.
func (p *Pages) teamwork(r *web.Request, v *caseView) error {
	t, err := p.s.Teamwork(r.Context(), r.Actor, v.ID)
	if err != nil {
		return err
	}
	people, err := p.s.Colleagues(r.Context(), r.Actor, v.Application.Agency)
	if err != nil {
		return err
	}
	names := map[kernel.ID]string{}
	for _, o := range people {
		names[o.Account] = o.Name
	}
	name := func(id kernel.ID) string {
		if names[id] == "" {
			return r.T("casework.desk.colleague")
		}
		return names[id]
	}
	for _, c := range t.Comments {
		v.Team.Comments = append(v.Team.Comments, design.Event{Title: name(c.Author), Text: c.Text, At: i18n.DateTime(r.Lang, c.At), ISO: c.At.String()})
	}
	v.Team.Follows = t.Follows
	v.Team.People = choices(names, people, r.Actor.Account)
	v.Team.Takers = choices(names, people, v.Assignee)
	v.Team.MayGive = casework.Open(v.Case.Status) && len(v.Team.Takers) > 0
	v.Team.Has = p.holder(r, v.Application, names)
	if v.Assignee != "" && t.Owner != v.Assignee {
		v.Team.Acts = r.T("casework.desk.everybody")
		if t.Owner != "" {
			v.Team.Acts = name(t.Owner)
		}
	}
	if h := t.Handover; h != nil {
		v.Team.Given = r.T("casework.handover.waits", "from", name(h.Giver), "to", name(h.Taker), "at", i18n.DateTime(r.Lang, h.At))
		v.Team.Note = h.Note
		v.Team.ToMe = h.Taker == r.Actor.Account || t.Owner == r.Actor.Account && h.Giver != r.Actor.Account
		v.Team.ByMe = h.Giver == r.Actor.Account
	}
	return nil
}

func (p *Pages) deskHandover(w http.ResponseWriter, r *web.Request) error {
	return p.deskAct(w, r, "handover", func(id kernel.ID, form url.Values, key string) error {
		_, err := p.s.HandOver(r.Context(), r.Actor, id, key, kernel.ID(form.Get("to")), form.Get("handover-note"))
		return rename(err, "note", "handover-note")
	})
}

func (p *Pages) deskHandoverAnswer(w http.ResponseWriter, r *web.Request) error {
	return p.deskAct(w, r, "handover_answer", func(id kernel.ID, form url.Values, key string) (err error) {
		switch form.Get("answer") {
		case "decline":
			_, err = p.s.Decline(r.Context(), r.Actor, id, key+"n", form.Get("decline-reason"))
		case "back":
			_, err = p.s.TakeBack(r.Context(), r.Actor, id, key+"b")
		default:
			_, err = p.s.TakeUp(r.Context(), r.Actor, id, key+"y")
		}
		return rename(err, "reason", "decline-reason")
	})
}

func (p *Pages) deskComment(w http.ResponseWriter, r *web.Request) error {
	return p.deskAct(w, r, "comment", func(id kernel.ID, form url.Values, key string) error {
		var mentions []kernel.ID
		for _, m := range form["mentions"] {
			mentions = append(mentions, kernel.ID(m))
		}
		_, err := p.s.Comment(r.Context(), r.Actor, id, key, form.Get("comment"), mentions)
		return err
	})
}

func (p *Pages) deskFollow(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	on := form.Get("on") == "yes"
	if err := p.s.Follow(r.Context(), r.Actor, id, on); err != nil {
		return err
	}
	if on {
		p.srv.Flash(w, "casework.follow.done")
	} else {
		p.srv.Flash(w, "casework.follow.ended")
	}
	return p.srv.Redirect(w, r, fmt.Sprintf("/desk/cases/%s", id))
}
