// Package web is “My benefits”: a check that anybody can make, one question at
// a time. What people tell travels in the form alone and is kept nowhere.
package web

import (
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"maru/design"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

var views = web.NewViews(files)

// Source is what the pages need.
type Source interface {
	Registered
	// Check decides for what was told, and finds what to ask next.
	Check(told Told, l kernel.Lang) (*Checked, error)
	// Fact is the dictionary's entry that a ref speaks of, and whose it is.
	Fact(ref string) (fact contract.Fact, member string, ok bool)
	// Programmes are those that a set of benefits can hold, by id and title.
	Programmes(l kernel.Lang) []Choice
	// Regions are the places to live.
	Regions(l kernel.Lang) []Choice
	Catalogue
}

// Choice is one of several answers.
type Choice struct{ Value, Label string }

// Told is what somebody told of their household: the facts by ref, and the refs
// they passed over. The first member is who asks.
type Told struct {
	Members int
	Facts   map[string]kernel.Value
	Skipped []string
}

// MemberID is the id of a member by number, from 0.
func MemberID(i int) string { return "p" + strconv.Itoa(i+1) }

// Checked is what came of it.
type Checked struct {
	Yes, Maybe, No []Programme
	// Ask is the ref to ask for next, "" when no more is to be asked.
	Ask string
}

// Programme is one benefit's result.
type Programme struct {
	ID, Title, Amount string
	Sure              string   // entitled, likely, ask_office
	Missing           []string // refs of facts
	Unverified        bool
	Receives          bool // it is in payment already
	Apply             bool // it can be applied for here
	Who               []Who
	// Lacks, Why and Known are filled in by the page: the names of what is
	// missing, what stands against it first, and whether it is known who asks, so
	// that an application can begin at once.
	Lacks []string
	Why   string
	Known bool
}

// Who is the result for one member, or for the household with Member -1.
type Who struct {
	Member  int
	Label   string // filled in by the page
	Amount  string
	Holds   string // yes, no, unknown
	Reasons []Reason
}

// Reason is one condition.
type Reason struct {
	Text, Article, Change string
	Holds                 string
	Alone                 bool
}

// maxMembers is how many people the form takes.
const maxMembers = 8

type pages struct {
	srv *web.Server
	src Source
}

// Register adds the domain's rows to the route table.
func Register(srv *web.Server, src Source) {
	p := &pages{srv, src}
	srv.Page(web.Page{Method: http.MethodGet, Path: "/benefits", Name: "benefit.start", For: web.Public, Handler: p.start})
	srv.Page(web.Page{Method: http.MethodPost, Path: "/benefits", Name: "benefit.check", For: web.Public, Handler: p.check})
	p.registerMine()
	p.registerCatalogue()
}

type startPage struct {
	Members []design.Option
	Proven  bool // the visitor, so that registers can answer
}

func (p *pages) start(w http.ResponseWriter, r *web.Request) error {
	return p.showStart(w, r, nil)
}

func (p *pages) showStart(w http.ResponseWriter, r *web.Request, fail error) error {
	page := startPage{Proven: r.Actor.Proven()}
	for n := range maxMembers {
		page.Members = append(page.Members, design.Option{Value: strconv.Itoa(n + 1), Label: r.T("benefit.page.people", "n", n+1)})
	}
	return p.srv.Render(w, r, views, web.View{Template: "start", Title: r.T("benefit.page.title"), Active: "benefits", Data: page, Err: fail})
}

// check takes one answer and shows what is known so far with the next question.
func (p *pages) check(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	told, err := p.read(form)
	if err != nil {
		return p.showStart(w, r, err)
	}
	ask, fail := form.Get("ask"), error(nil)
	if ask != "" {
		fail = p.answer(form, ask, &told)
		if fail != nil && !kernel.Is(fail, kernel.Invalid) {
			return fail
		}
	}
	got, err := p.src.Check(told, r.Lang)
	if err != nil {
		return err
	}
	if fail != nil {
		got.Ask = ask
	}
	return p.show(w, r, told, got, form, fail)
}

// read takes up what was told before.
func (p *pages) read(form url.Values) (Told, error) {
	t := Told{Facts: map[string]kernel.Value{}, Skipped: form["skip"]}
	n, err := strconv.Atoi(form.Get("members"))
	if err != nil || n < 1 || n > maxMembers {
		return t, kernel.E(kernel.Invalid, "benefit.error.people", err).Field("members", "benefit.error.people", nil)
	}
	t.Members = n
	t.Facts["household.household_size"] = kernel.IntOf(int64(n))
	refs := form["ref"]
	for i, raw := range form["value"] {
		if i >= len(refs) {
			break
		}
		fact, _, ok := p.src.Fact(refs[i])
		if !ok {
			continue // a form that somebody changed: what it says of nothing is left out
		}
		if v, err := parse(fact, []string{raw}); err == nil {
			t.Facts[refs[i]] = v
		}
	}
	p.readPlace(form, &t)
	return t, nil
}

// answer takes up the answer to a question, or that it was passed over.
func (p *pages) answer(form url.Values, ref string, t *Told) error {
	v, err := p.answered(form, ref)
	switch {
	case err != nil:
		return err
	case v.Known():
		t.Facts[ref] = v
	case !slices.Contains(t.Skipped, ref):
		t.Skipped = append(t.Skipped, ref)
	}
	return nil
}

// answered is the answer that a form gives about a ref, unknown where it was
// passed over.
func (p *pages) answered(form url.Values, ref string) (kernel.Value, error) {
	fact, _, ok := p.src.Fact(ref)
	if !ok {
		return kernel.Value{}, kernel.E(kernel.Invalid, "benefit.error.name", nil)
	}
	if form.Get("act") == "skip" {
		return kernel.Value{}, nil
	}
	if fact.Type != "date" {
		return parse(fact, form["answer"])
	}
	day, err := web.FormDate(form, "answer")
	if err != nil {
		return kernel.Value{}, err
	}
	if day.IsZero() {
		return kernel.Value{}, wanted()
	}
	return kernel.DateValueOf(day), nil
}
