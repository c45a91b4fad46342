package web

import (
	"net/http"
	"slices"

	"maru/design"
	"maru/kernel"
	"maru/platform/i18n"
)

// galleryView is the sample content of the gallery.
type galleryView struct {
	Cards          []design.Card
	Steps          []design.Step
	Tasks          []design.Task
	Rows, Identity []design.Row
	Events         []design.Event
	Options        []design.Option
	Chosen         []string
	Stats          []design.Stat
	Head           []string
	Table          [][]any
	Icons          []string
}

// gallery shows every partial of the design system in every state: what the
// accessibility and picture tests look at, and what page authors copy from.
func (s *Server) gallery(w http.ResponseWriter, r *Request) error {
	return s.Render(w, r, s.own, View{Template: "gallery", Title: r.T("web.gallery.title"), Data: sample(r)})
}

func sample(r *Request) galleryView {
	g := func(key string) string { return r.T("web.gallery." + key) }
	at := kernel.TimeOf(kernel.MustDate("2026-11-21").In(kernel.Seoul)).Add(15 * 3600 * 1e9)
	when, iso := i18n.DateTime(r.Lang, at), at.String()
	due := design.Cell{Text: i18n.DateShort(r.Lang, kernel.MustDate("2026-11-25")), ISO: "2026-11-25"}
	icons := design.IconNames()
	slices.Sort(icons)
	return galleryView{
		Cards: []design.Card{
			{Title: g("moving"), Text: g("moving_text"), Meta: g("moving_meta"), Href: r.Link("/help"), Icon: "home", Tag: g("online"), Tone: "info"},
			{Title: g("birth"), Text: g("birth_text"), Href: r.Link("/help"), Icon: "baby"},
			{Title: g("pension"), Text: g("pension_text"), Href: r.Link("/help"), Icon: "money", Tag: g("visit")},
		},
		Steps: []design.Step{{Text: g("step1"), State: "done", Href: r.Link("/help")}, {Text: g("step2"), State: "done"}, {Text: g("step3"), State: "current"}, {Text: g("step4")}},
		Tasks: []design.Task{
			{Text: g("step2"), Href: r.Link("/help"), Status: g("status_done"), Tone: "success"},
			{Text: g("step3"), Hint: g("words"), Href: r.Link("/help"), Status: g("status_now"), Tone: "info"},
			{Text: g("step4"), Status: g("status_todo")},
		},
		Rows: []design.Row{
			{Key: g("name"), Value: g("sample_name"), Note: g("source")},
			{Key: g("address"), Value: g("address_value"), Href: r.Link("/help")},
			{Key: g("paper"), Href: r.Link("/help")},
		},
		Identity: []design.Row{{Key: g("name"), Value: g("sample_name")}, {Key: g("number"), Value: "M-2026-000123"}, {Key: g("born"), Value: i18n.DateShort(r.Lang, kernel.MustDate("1990-03-07"))}},
		Events: []design.Event{
			{Title: g("event3"), At: when, ISO: iso, By: g("by"), Tone: "success", Href: r.Link("/help"), Link: g("linked")},
			{Title: g("event2"), At: when, ISO: iso, By: g("by")},
			{Title: g("event1"), At: when, ISO: iso, Text: g("received_text"), Tone: "neutral"},
		},
		Options: []design.Option{{Value: "all", Label: g("all"), Hint: g("all_hint")}, {Value: "some", Label: g("some")}, {Value: "alone", Label: g("alone"), Divider: true}},
		Chosen:  []string{"all", "some"},
		Stats: []design.Stat{
			{Key: g("new"), Value: "12", Href: r.Link("/help"), Tone: "info"}, {Key: g("today"), Value: "3", Tone: "warning"},
			{Key: g("late"), Value: "1", Tone: "danger"}, {Key: g("status_done"), Value: "128", Tone: "success"},
		},
		Head: []string{g("number"), g("moving"), g("due"), g("fee")},
		Table: [][]any{
			{design.Cell{Text: "M-2026-000123", Href: r.Link("/help")}, design.Cell{Tag: g("status_wait"), Tone: "warning"}, due, "0"},
			{design.Cell{Text: "M-2026-000124", Href: r.Link("/help")}, design.Cell{Tag: g("status_late"), Tone: "danger", Text: g("birth")}, due, i18n.Money(r.Lang, 1200)},
		},
		Icons: icons,
	}
}
