package web

import (
	"fmt"
	"net/http"
	"net/url"

	"maru/design"
	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/web"
)

// clockView is what a case's page offers about the office's time limit.
type clockView struct {
	Stops     []design.Option // reasons to stop the clock, empty when it cannot be
	Stands    bool            // it stands still, and the office may run it again
	Extension casework.Extension
}

func (p *Pages) clockOf(r *web.Request, c *casework.Case) clockView {
	v := clockView{Extension: p.s.Extension(c), Stands: c.Status == casework.InReview && c.PausedAt > 0}
	if (c.Status == casework.Submitted || c.Status == casework.InReview) && c.PausedAt == 0 {
		for _, reason := range casework.StopReasons {
			v.Stops = append(v.Stops, design.Option{Value: reason, Label: r.T("casework.stop." + reason)})
		}
	}
	return v
}

func (p *Pages) deskStop(w http.ResponseWriter, r *web.Request) error {
	return p.deskAct(w, r, "stop", func(id kernel.ID, form url.Values, key string) error {
		_, err := p.s.StopClock(r.Context(), r.Actor, id, key, form.Get("stop"), form.Get("note"))
		return rename(err, "reason", "stop")
	})
}

func (p *Pages) deskRun(w http.ResponseWriter, r *web.Request) error {
	return p.deskAct(w, r, "run", func(id kernel.ID, _ url.Values, key string) error {
		_, err := p.s.RunClock(r.Context(), r.Actor, id, key)
		return err
	})
}

func (p *Pages) deskExtend(w http.ResponseWriter, r *web.Request) error {
	return p.deskAct(w, r, "extend", func(id kernel.ID, form url.Values, key string) error {
		until, err := web.FormDate(form, "until")
		if err != nil {
			return err
		}
		_, err = p.s.Extend(r.Context(), r.Actor, id, key, until, form.Get("extend-reason"))
		return rename(err, "reason", "extend-reason")
	})
}

// extension is the applicant's answer to a second extension.
func (p *Pages) extension(w http.ResponseWriter, r *web.Request) error {
	form, key, err := posted(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	agree := form.Get("agree") == "yes"
	if _, err := p.s.AnswerExtension(r.Context(), r.Actor, id, key, agree); err != nil {
		return err
	}
	if agree {
		p.srv.Flash(w, "casework.extension.agreed")
	} else {
		p.srv.Flash(w, "casework.extension.declined")
	}
	return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", id))
}
