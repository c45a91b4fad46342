package web

import (
	"net/http"
	"net/url"

	"maru/design"
	"maru/domain/life/internal/guide"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/web"
)

type guideView struct {
	ID, Title, Summary string
	SignedIn           bool
	SignIn             string
	DayTitle           string // "" where no last day is counted from one
	Day                kernel.Date
	Typed              map[string]string
	Kept               bool // there is something to forget
	Remind             bool
	MayRemind          bool
	Done, Of           int
	Groups             []group
	Hidden             []stepView
	Together           []design.Option
	Chosen             kernel.Value
}

type group struct {
	ID, Title, Note string
	Steps           []stepView
}

type stepView struct {
	ID, Title, Text, Who, When string
	Service                    string // where the service is described
	Online                     bool
	Due, Last, LastISO, Law    string
	Left                       string // how long is left
	LeftTone                   string
	Status, Tone               string
	Href                       string // of the application
	State                      string
	MayTick, Ticked            bool
	Hidden                     bool
	Together                   bool
}

// show puts the guide on the page: what is to do now, what until a day, what
// can wait.
func (p *pages) show(w http.ResponseWriter, r *web.Request, g *guide.Guide, remind bool, typed url.Values, fail error) error {
	e := &g.Event
	v := guideView{ID: e.ID, Title: e.Title.In(r.Lang), Summary: e.Summary.In(r.Lang), SignedIn: r.Actor.SignedIn(), Day: g.Progress.Day, Remind: remind,
		Typed: map[string]string{"year": typed.Get("day-year"), "month": typed.Get("day-month"), "day": typed.Get("day-day")}}
	if !v.SignedIn {
		v.SignIn = r.Link("/sign-in?next=" + url.QueryEscape("/life-events/"+e.ID))
	}
	if e.Day != nil {
		v.DayTitle = e.Day.Title.In(r.Lang)
	}
	now := group{ID: "now", Title: r.T("life.group.now"), Note: r.T("life.group.now_note")}
	dated := group{ID: "dated", Title: r.T("life.group.dated"), Note: r.T("life.group.dated_note")}
	later := group{ID: "later", Title: r.T("life.group.later"), Note: r.T("life.group.later_note")}
	for i := range g.Steps {
		s := &g.Steps[i]
		row := view(r, s)
		if s.Hidden {
			v.Hidden = append(v.Hidden, row)
			continue
		}
		v.Of++
		if s.Finished() {
			v.Done++
		}
		v.MayRemind = v.MayRemind || s.Due != nil
		switch {
		case s.Later:
			later.Steps = append(later.Steps, row)
		case s.Due != nil:
			dated.Steps = append(dated.Steps, row)
		default:
			now.Steps = append(now.Steps, row)
		}
	}
	for _, x := range []group{now, dated, later} {
		if len(x.Steps) > 0 {
			v.Groups = append(v.Groups, x)
		}
	}
	v.MayRemind = v.MayRemind && v.SignedIn && !v.Day.IsZero()
	v.Kept = !v.Day.IsZero() || len(g.Progress.Done)+len(g.Progress.Hidden) > 0
	var chosen []string
	for _, s := range g.Together() {
		v.Together = append(v.Together, design.Option{Value: s.Service.ID, Label: s.Service.Title.In(r.Lang), Hint: s.When.In(r.Lang)})
		chosen = append(chosen, s.Service.ID)
	}
	if len(v.Together) < 2 {
		v.Together = nil
	}
	v.Chosen = kernel.SetOf(chosen...)
	return p.srv.Render(w, r, views, web.View{Template: "guide", Title: v.Title, Active: "life-events", Data: v, Err: fail})
}

func view(r *web.Request, s *guide.Step) stepView {
	v := stepView{ID: s.ID, Title: s.Title.In(r.Lang), Text: s.Text.In(r.Lang), Who: s.Who.In(r.Lang), When: s.When.In(r.Lang), State: s.State,
		Hidden: s.Hidden, Together: s.Together}
	if s.Service != nil {
		v.Service, v.Online = "/services/"+s.Service.ID, s.Service.Online
		if v.Title == "" {
			v.Title = s.Service.Title.In(r.Lang)
		}
		if v.Text == "" {
			v.Text = s.Service.Summary.In(r.Lang)
		}
	}
	if s.Due != nil {
		v.Due = s.Due.Note.In(r.Lang)
		if r.Lang != kernel.EN {
			v.Law = s.Due.Law
		}
	}
	if !s.Last.IsZero() {
		v.Last, v.LastISO = i18n.Date(r.Lang, s.Last), s.Last.String()
		if !s.Finished() {
			v.Left, v.LeftTone = left(r, s.DaysLeft)
		}
	}
	v.Status, v.Tone = r.T("life.state."+s.State), tones[s.State]
	if s.Application != "" {
		v.Href = "/applications/" + string(s.Application)
	}
	v.Ticked = s.State == guide.Done
	v.MayTick = v.Ticked || s.State == guide.ToDo || s.State == guide.Draft
	return v
}

var tones = map[string]string{guide.ToDo: "neutral", guide.Draft: "warning", guide.HandedIn: "info", guide.Decided: "success", guide.Refused: "danger", guide.Done: "success"}

// left is how long is left until a last day, and how urgent that is.
func left(r *web.Request, days int) (text, tone string) {
	switch {
	case days < 0:
		return r.T("life.left.over"), "danger"
	case days == 0:
		return r.T("life.left.today"), "danger"
	case days <= 7:
		return r.T("life.left.days", "n", days), "warning"
	}
	return r.T("life.left.days", "n", days), "info"
}
