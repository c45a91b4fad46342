package web

import (
	"html/template"
	"net/http"
	"strings"

	"maru/platform/web"
)

// Style is all the style of the search box. It stands in our own style sheet
// too, word for word: a test compares them.
const Style = `.maru-ask,.maru-ask *{all:revert}
.maru-ask{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;max-width:40rem;margin:0;font:1rem/1.6 system-ui,sans-serif}
.maru-ask label,.maru-ask p{flex:1 0 100%;margin:0;font-weight:700}
.maru-ask p{font-weight:400;font-size:.875rem}
.maru-ask input{flex:1 1 12rem;min-width:0;min-height:3rem;padding:0 .75rem;border:1px solid #58616a;border-radius:.5rem;font:inherit;color:#1e2124;background:#fff;box-sizing:border-box}
.maru-ask button{min-height:3rem;padding:0 1.25rem;border:0;border-radius:.5rem;font:inherit;font-weight:700;color:#fff;background:#0b50d0;cursor:pointer}
.maru-ask :focus-visible{outline:3px solid #0b50d0;outline-offset:2px;box-shadow:0 0 0 2px #fff}`

// box is the search box as a partner pastes it: one form that posts, so that
// what somebody types is in no address, and works without script.
var box = template.Must(template.New("box").Parse(`<form class="maru-ask" action="{{.Action}}" method="post" accept-charset="utf-8" lang="{{.Lang}}">
<label for="maru-ask-q">{{.Label}}</label>
<input id="maru-ask-q" name="q" type="search" maxlength="1000" required autocomplete="off">
<button type="submit">{{.Button}}</button>
<p>{{.Note}}</p>
</form>`))

// handOn is the button with which a portal hands on what somebody typed there.
var handOn = template.Must(template.New("hand-on").Parse(`<form action="{{.Action}}" method="post" accept-charset="utf-8" lang="{{.Lang}}">
<input type="hidden" name="q" value="{{.Example}}">
<button type="submit">{{.HandOn}}</button>
</form>`))

type words struct{ Action, Lang, Label, Button, Note, Example, HandOn string }

type widgetView struct {
	Live   template.HTML // made by html/template from our own words
	Code   string
	Plain  string
	HandOn string
}

func (p *pages) widget(w http.ResponseWriter, r *web.Request) error {
	site := p.src.Site()
	in := words{Action: site + r.Link("/ask"), Lang: string(r.Lang), Label: r.T("assistant.widget.label"), Button: r.T("assistant.widget.button"),
		Note: r.T("assistant.widget.note", "site", host(site)), Example: r.T("assistant.widget.example"), HandOn: r.T("assistant.widget.hand_on")}
	plain, err := fill(box, in)
	if err != nil {
		return err
	}
	here := in
	here.Action = r.Link("/ask")
	live, err := fill(box, here)
	if err != nil {
		return err
	}
	further, err := fill(handOn, in)
	if err != nil {
		return err
	}
	v := widgetView{Live: template.HTML(live), Code: "<style>\n" + Style + "\n</style>\n" + plain, Plain: plain, HandOn: further}
	return p.srv.Render(w, r, views, web.View{Template: "widget", Title: r.T("assistant.widget.title"), Data: v})
}

func fill(t *template.Template, in words) (string, error) {
	var b strings.Builder
	err := t.Execute(&b, in)
	return b.String(), err
}

// host is what people read of an address.
func host(site string) string {
	_, name, _ := strings.Cut(site, "://")
	return name
}
