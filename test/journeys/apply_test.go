package journeys

import (
	"path"
	"strings"

	"maru/kernel"
)

// job is what a person came for.
type job struct {
	says    kernel.Text // in everyday words
	service string
	title   kernel.Text // of the service, as the result shows it
	who     string      // situation of the try-out
	decline bool        // writes everything by hand
	answers answers
}

// answers are by question: a value, or one of the types below.
// What is not here is as the registers say, or left empty.
type answers map[string]any

// file is an answer that is a file.
type file string

// typed are persons who are written by name.
type typed string

// everyone is an answer that ticks each box.
type everyone struct{}

// receipt is what a person holds in hand after handing in.
type receipt struct {
	page   string // path of the application
	number string
	due    string
	body   string
}

// apply does the whole way from the first sentence to the receipt.
func (v *visitor) apply(j job) receipt {
	v.t.Helper()
	v.find(j)
	v.start(j)
	v.fill(j)
	return v.submit()
}

// find says on the home page what is going on and opens the right service.
func (v *visitor) find(j job) {
	v.t.Helper()
	v.open("/")
	v.write("q", j.says.In(v.lang))
	v.press(v.T("ask.find"))
	v.press(j.title.In(v.lang))
	if got := path.Base(v.page.Path); got != j.service {
		v.t.Fatalf("%q leads to %s, want %s", j.says.In(v.lang), got, j.service)
	}
	v.reads(v.T("catalog.service.law"))
}

// start signs in and begins the application.
func (v *visitor) start(j job) {
	v.t.Helper()
	if v.there(pass("press", v.T("catalog.service.sign_in"))) {
		v.press(v.T("catalog.service.sign_in"))
		if v.there(pass("press", v.T("identity.sign_in.demo_go"))) {
			v.press(v.T("identity.sign_in.demo_go"))
		}
		v.signInAs(j.who)
	}
	v.press(v.T("catalog.service.start"))
	if v.page.Name == "casework.consent" {
		if j.decline {
			v.press(v.T("casework.consent.decline"))
		} else {
			v.press(v.T("casework.consent.agree"))
			v.reads(v.T("casework.consent.filled"))
		}
	}
	if v.page.Name != "casework.application" {
		v.t.Fatalf("the application begins on %s (%s)", v.page.Path, v.page.H1)
	}
}

// fill answers one question after another until the check page.
func (v *visitor) fill(j job) {
	v.t.Helper()
	if v.there(pass("press", v.T("casework.tasks.go_on"))) {
		v.press(v.T("casework.tasks.go_on"))
	} else {
		v.press(v.T("casework.tasks.check"))
	}
	used := map[string]bool{}
	for range 60 {
		if v.page.Name == "casework.check_answers" {
			break
		}
		if v.page.Name != "casework.question" {
			v.t.Fatalf("among the questions stands %s (%s)", v.page.Path, v.page.H1)
		}
		q := path.Base(v.page.Path)
		if used[q] {
			v.t.Fatalf("%s asks %s twice: %s", j.service, q, v.text("main"))
		}
		used[q] = true
		v.answer(q, j.answers[q])
	}
	for q := range j.answers {
		if !used[q] {
			v.t.Errorf("%s never asked %s", j.service, q)
		}
	}
}

// answer answers the question that stands there and goes on.
func (v *visitor) answer(q string, a any) {
	v.t.Helper()
	switch a := a.(type) {
	case nil:
		// Confirmed, filled in already, or left empty.
	case file:
		v.attach("file", string(a))
		v.press(v.T("casework.file.add"))
		v.reads(path.Base(string(a)))
	case typed:
		v.write(q+"-other", string(a))
	case everyone:
		for _, value := range eval[[]string](v, `[...document.getElementsByName(`+quote(q)+`)].filter(e => !e.checked).map(e => e.value)`) {
			v.choose(q, value)
		}
	case opening:
		v.choose(q, v.firstOpening(q))
	case string:
		v.enter(q, a)
	default:
		v.t.Fatalf("an answer of type %T", a)
	}
	next := v.T("casework.question.next")
	if right := v.T("casework.source.right"); v.there(pass("press", right)) {
		next = right
	}
	v.press(next)
}

// enter puts one value into whatever field the question has.
func (v *visitor) enter(q, value string) {
	v.t.Helper()
	kind := eval[string](v, `(() => {`+eyes+`
if (document.getElementsByName(`+quote(q)+` + "-year").length) return "date";
const e = document.getElementsByName(`+quote(q)+`)[0];
return e ? e.type : ""; })()`)
	switch {
	case kind == "date":
		v.date(q, value)
	case kind == "radio" || kind == "checkbox":
		v.choose(q, value)
	case strings.HasPrefix(kind, "select"):
		v.pick(q, value)
	default:
		v.write(q, value)
	}
}

// submit hands in what the check page shows.
func (v *visitor) submit() receipt {
	v.t.Helper()
	v.press(v.T("casework.check.submit"))
	if v.page.Name != "casework.done" {
		v.t.Fatalf("handing in leads to %s (%s): %s", v.page.Path, v.page.H1, v.text("main"))
	}
	return v.receipt()
}

// receipt is what the page after handing in says.
func (v *visitor) receipt() receipt {
	v.t.Helper()
	r := receipt{page: strings.TrimSuffix(strings.TrimPrefix(v.page.Path, "/en"), "/done"), number: v.text("#receipt"),
		body: v.value(v.T("casework.progress.agency"))}
	if v.page.H1 == v.T("casework.done.title.submitted") {
		r.due = v.value(v.T("casework.progress.due"))
		if r.number == "" {
			v.t.Fatalf("handed in, and no number: %s", v.text("main"))
		}
	}
	return r
}
