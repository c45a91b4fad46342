package catalog

import (
	"slices"
	"strings"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/calendar"
)

// Calendar is the pack's calendar: its holidays in Korean time.
func (p *Pack) Calendar() *calendar.Calendar {
	days := make([]calendar.Holiday, 0, len(p.Holidays))
	for _, h := range p.Holidays {
		days = append(days, calendar.Holiday{Date: h.Date, Name: h.Name})
	}
	return calendar.New(days, kernel.Seoul)
}

// CalendarLimit is the limit in the calendar's words.
func CalendarLimit(l contract.Limit) calendar.Limit {
	return calendar.Limit{Value: l.Value, Unit: l.Unit, Rule: l.Rule}
}

// runExamples plays each example and finds what comes out otherwise than it
// says.
func (p *Pack) runExamples(h Hooks, found *findings) {
	cal := p.Calendar()
	var route RouteFunc
	if h.Route != nil {
		route = h.Route(p)
	}
	for _, id := range p.Order {
		for _, e := range p.Examples[id] {
			run := exampleRun{service: p.Services[id], example: e, cal: cal, route: route}
			run.say = func(format string, args ...any) {
				found.err("services/"+id+"/examples.yaml", e.Line, "example %q: "+format, append([]any{e.Name}, args...)...)
			}
			run.play()
		}
	}
}

type exampleRun struct {
	service *contract.Service
	example Example
	cal     *calendar.Calendar
	route   RouteFunc
	say     func(format string, args ...any)
}

func (x *exampleRun) play() {
	s, want := x.service, x.example.Expect
	day := x.example.At.DateIn(kernel.Seoul)
	env := contract.Env{Answers: x.example.Answers, Facts: x.example.Facts, Today: day}
	x.shown(env)
	x.wellFormed()
	counted := s.Counted(env)
	if won, _ := s.FeeFor(env); want.Fee != nil && won != *want.Fee {
		x.say("costs %d won, not %d", won, *want.Fee)
	}
	if got, no, unknown := s.Eligible(counted); want.Eligible != "" && got.String() != want.Eligible {
		x.say("eligible is %s (%d rules do not hold, %d cannot be told), not %s", got, len(no), len(unknown), want.Eligible)
	}
	if want.Auto != "" {
		got := s.AutoDecision(counted)
		if got == "" {
			got = "none"
		}
		if got != want.Auto {
			x.say("the rule decides %s, not %s", got, want.Auto)
		}
	}
	if want.Agency != "" && x.route != nil {
		if got, err := x.route(s.Agency, counted.Answers, counted.Facts, day); err != nil {
			x.say("is routed nowhere: %v", err)
		} else if got != want.Agency {
			x.say("is routed to %s, not %s", got, want.Agency)
		}
	}
	if want.Due != "" {
		x.due(want.Due)
	}
}

// wellFormed holds the answers to what the form would take.
func (x *exampleRun) wellFormed() {
	for i := range x.service.Questions {
		q := &x.service.Questions[i]
		if v := x.example.Answers[q.ID]; v.Known() && !q.WellFormed(v) {
			x.say("the answer %q is none to question %s of type %s", v.Text(), q.ID, q.Type)
		}
	}
}

func (x *exampleRun) shown(env contract.Env) {
	var ids []string
	for _, q := range x.service.Shown(env) {
		ids = append(ids, q.ID)
	}
	if want := x.example.Expect.Shown; want != nil && !slices.Equal(ids, want) {
		x.say("shows %s, not %s", strings.Join(ids, " "), strings.Join(want, " "))
	}
	for _, id := range x.example.Expect.Hidden {
		if slices.Contains(ids, id) {
			x.say("shows %s, which should be hidden", id)
		}
	}
}

// due compares by the day, or by the minute where the example names one.
func (x *exampleRun) due(want string) {
	got := x.cal.Due(x.example.At, CalendarLimit(x.service.TimeLimit)).Std().In(kernel.Seoul).Format("2006-01-02 15:04")
	if got != want && got[:len("2006-01-02")] != want {
		x.say("is due on %s, not %s", got, want)
	}
}
