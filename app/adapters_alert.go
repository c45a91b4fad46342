package app

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"maru/domain/benefit"
	"maru/domain/benefit/alert"
	"maru/domain/casework"
	"maru/domain/catalog"
	"maru/domain/mydata"
	mycontract "maru/domain/mydata/contract"
	"maru/domain/notice"
	"maru/kernel"
	"maru/platform/events"
	"maru/platform/i18n"
	"maru/platform/jobs"
)

// consented has alerts look after somebody whose consent for benefits began,
// changed or ended, and after who lives with them: what is decided for the
// household, and for each of it, rests on what every adult agreed to.
func (a *App) consented(ctx context.Context, e events.Event) error {
	var c mycontract.ConsentEvent
	if err := json.Unmarshal(e.Data, &c); err != nil {
		return err
	}
	given, err := a.mydata.Consent(ctx, c.Consent)
	if err != nil || given.Service != benefit.Consented {
		return err
	}
	// The person's own look waits for no register.
	if err := a.alert.Later(ctx, "consent", given.Person); err != nil {
		return err
	}
	all, err := a.mydata.Together(ctx, given.Person)
	if kernel.Is(err, kernel.Unavailable) {
		return jobs.Snooze(registersAway) // as long as it takes
	}
	if err != nil {
		return err
	}
	return a.alert.Later(ctx, "consent", all...)
}

// registersAway is how long an event waits for registers that do not answer.
const registersAway = 30 * time.Minute

// guardians asks the register itself whether somebody acts for a minor: a check
// of the program whose answer is yes or no.
type guardians struct{ source mydata.Provider }

func (g guardians) Guards(ctx context.Context, guardian, person string) (bool, error) {
	return g.source.Guards(ctx, guardian, person)
}

// applied is alert's view of casework: services for which an application is under
// way or granted.
type applied struct{ cases *casework.Service }

func (a applied) Applied(ctx context.Context, account kernel.ID) (map[string]kernel.Time, error) {
	l, err := a.cases.Latest(ctx, account, 0)
	if err != nil {
		return nil, err
	}
	out := map[string]kernel.Time{}
	for service, one := range l {
		if one.Status != casework.Draft && !(one.Status == casework.Decided && casework.Adverse(one.Decision)) {
			out[service] = one.CreatedAt
		}
	}
	return out, nil
}

// alertPack is alert's view of the catalogue: its topics are the life events that
// have programmes, and one for the programmes of none.
type alertPack struct {
	*catalog.Service
	texts *i18n.Catalog
}

// otherTopic holds the programmes that belong to no life event.
const otherTopic = "other"

func (p alertPack) Topics() []alert.Topic {
	active := p.Active()
	var out []alert.Topic
	in := func(event string) (list []string) {
		for _, id := range active.Order {
			s := active.Services[id]
			if s.Benefit != nil && (slices.Contains(s.LifeEvents, event) || event == otherTopic && len(s.LifeEvents) == 0) {
				list = append(list, id)
			}
		}
		return list
	}
	for i := range active.LifeEvents {
		e := &active.LifeEvents[i]
		if list := in(e.ID); len(list) > 0 {
			out = append(out, alert.Topic{ID: e.ID, Title: e.Title, Programmes: list})
		}
	}
	if list := in(otherTopic); len(list) > 0 {
		title := kernel.Text{KO: p.texts.T(kernel.KO, "benefit.alert.other"), EN: p.texts.T(kernel.EN, "benefit.alert.other")}
		out = append(out, alert.Topic{ID: otherTopic, Title: title, Programmes: list})
	}
	return out
}

// alertWords is notice's view of alert, which is joined after it.
type alertWords struct{ app *App }

func (w alertWords) Told(ctx context.Context, message kernel.ID, l kernel.Lang) (notice.Told, error) {
	letter, err := w.app.alert.Letter(ctx, message, l)
	if err != nil {
		return notice.Told{}, err
	}
	out := notice.Told{Title: letter.Title, Text: letter.Text}
	for _, i := range letter.Items {
		out.Changes = append(out.Changes, notice.Change{Title: i.Title, Href: i.Href, Online: i.Online, Lines: i.Lines})
	}
	return out, nil
}
