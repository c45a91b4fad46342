package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"maru/kernel"
	"maru/platform/web"
)

// Catalogue is what the pages need of the programmes of the public catalogue.
// Each of its results is nil, without an error, where no catalogue was imported
// or the first is still being read.
type Catalogue interface {
	// Others are the programmes that may fit what was told.
	Others(ctx context.Context, told Told, asked Asked, l kernel.Lang) (*Others, error)
	// Other is one programme; NotFound where there is none.
	Other(ctx context.Context, id string, l kernel.Lang) (*OtherPage, error)
	// Search finds programmes by words; without words it finds none.
	Search(ctx context.Context, text string, from int, l kernel.Lang) (*Others, error)
}

// Asked is which part of the list is wanted.
type Asked struct {
	Apart       bool // those listed apart
	From, Limit int
}

// Others are programmes of the public catalogue, for the part _others.
type Others struct {
	Title string // of the list, filled in by the page
	Items []Other
	// Total is how many are in the list, Apart how many are listed apart, Next
	// where the next page begins, 0 without one.
	Total, Apart, Next int
	// NoPlace: it is not known where somebody lives.
	NoPlace bool
	MadeUp  bool
	Import  Import
}

// Import is where the programmes came from.
type Import struct {
	Source  string // a message's end: files, live, sample
	Fetched kernel.Date
}

// Other is one programme. All its texts but those of conditions are somebody
// else's.
type Other struct {
	ID, Title, Gives, Agency, Until string
	Portal                          string // an official address or ""
	Sure, Eligible                  string
	Member                          int
	Label                           string // whom it fits, filled in by the page
	Met, Open                       []string
}

// OtherPage is one programme with all that its body says of it.
type OtherPage struct {
	Other
	Online  string // an official address or ""
	General bool
	Texts   []Passage
	MadeUp  bool
	Import  Import
}

// Passage is a text of a programme; it may have several lines.
type Passage struct{ Label, Text string }

// How many others pages show at once: beside results, and on a page of their own.
const (
	FewOthers  = 10
	manyOthers = 20
)

// placeRef is the fact that says where the household lives.
var placeRef = MemberID(0) + ".region"

func (p *pages) registerCatalogue() {
	for _, page := range []web.Page{
		{Method: http.MethodGet, Path: "/benefits/catalogue", Name: "benefit.catalogue", Handler: p.search},
		{Method: http.MethodPost, Path: "/benefits/catalogue", Name: "benefit.others", Handler: p.more},
		{Method: http.MethodGet, Path: "/benefits/catalogue/{id}", Name: "benefit.other", Handler: p.other},
	} {
		page.For = web.Public
		p.srv.Page(page)
	}
}

// readPlace takes up where somebody lives, from the form beside the questions;
// what is no place is left out.
func (p *pages) readPlace(form url.Values, t *Told) {
	fact, _, ok := p.src.Fact(placeRef)
	if !ok {
		return
	}
	if v, err := parse(fact, form["place"]); err == nil {
		t.Facts[placeRef] = v
	}
}

// others are those that may fit what was told; nil where there is no catalogue.
func (p *pages) others(r *web.Request, t Told, asked Asked) (*Others, error) {
	got, err := p.src.Others(r.Context(), t, asked, r.Lang)
	if err != nil || got == nil {
		return nil, err
	}
	titled(r, got)
	for i := range got.Items {
		if o := &got.Items[i]; t.Members > 1 {
			o.Label = who(r, t, MemberID(o.Member))
		}
	}
	return got, nil
}

// titled says in the title how many there are.
func titled(r *web.Request, o *Others) {
	o.Title = r.T("benefit.imported.list_title")
	if o.Total > 0 {
		o.Title = r.T("benefit.imported.title", "n", o.Total)
	}
}

type othersPage struct {
	Members  int
	Carried  []carry
	Skipped  []string
	Others   *Others
	Apart    bool
	Here     string
	Prev     bool
	PrevFrom string
}

// more shows a page of the programmes that may fit what was told.
func (p *pages) more(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	told, err := p.read(form)
	if err != nil {
		return p.showStart(w, r, err)
	}
	asked := Asked{Apart: form.Get("list") == "apart", From: from(form), Limit: manyOthers}
	got, err := p.others(r, told, asked)
	if err != nil {
		return err
	}
	if got == nil {
		return kernel.E(kernel.Unavailable, "benefit.imported.error.building", nil)
	}
	page := othersPage{Members: told.Members, Skipped: told.Skipped, Carried: carriedOn(told), Others: got, Apart: asked.Apart,
		Prev: asked.From > 0, PrevFrom: strconv.Itoa(max(0, asked.From-manyOthers))}
	got.Title = r.T("benefit.imported.count", "n", got.Total)
	title := "benefit.imported.list_title"
	if asked.Apart {
		title = "benefit.imported.apart_title"
	}
	if n := len(got.Items); n > 0 {
		page.Here = r.T("benefit.imported.here", "from", asked.From+1, "to", asked.From+n, "n", got.Total)
	}
	return p.srv.Render(w, r, views, web.View{Template: "others", Title: r.T(title), Active: "benefits", Data: page})
}

// from is where a page begins; what is no number is the beginning.
func from(v url.Values) int {
	n, err := strconv.Atoi(v.Get("from"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

type searchPage struct {
	Query      string
	Items      []Other
	Prev, Next string
	MadeUp     bool
	From       string
}

func (p *pages) search(w http.ResponseWriter, r *web.Request) error {
	q := r.URL.Query()
	page := searchPage{Query: q.Get("q")}
	got, err := p.src.Search(r.Context(), page.Query, from(q), r.Lang)
	if err != nil && !kernel.Is(err, kernel.Invalid) {
		return err
	}
	if got != nil {
		page.Items, page.MadeUp, page.From = got.Items, got.MadeUp, imported(r, got.Import)
		at := func(n int) string {
			return r.Link("/benefits/catalogue?" + url.Values{"q": {page.Query}, "from": {strconv.Itoa(n)}}.Encode())
		}
		if got.Next > 0 {
			page.Next = at(got.Next)
		}
		if n := from(q); n > 0 && len(got.Items) > 0 {
			page.Prev = at(max(0, n-manyOthers))
		}
	}
	return p.srv.Render(w, r, views, web.View{Template: "other-search", Title: r.T("benefit.imported.search_title"), Active: "benefits", Data: page, Err: err})
}

type otherPage struct {
	Programme *OtherPage
	MadeUp    bool
	From      string
}

func (p *pages) other(w http.ResponseWriter, r *web.Request) error {
	got, err := p.src.Other(r.Context(), r.PathValue("id"), r.Lang)
	if err != nil {
		return err
	}
	page := otherPage{Programme: got, MadeUp: got.MadeUp, From: imported(r, got.Import)}
	return p.srv.Render(w, r, views, web.View{Template: "other", Title: got.Title, Active: "benefits", Data: page})
}

// imported says where the programmes came from and when.
func imported(r *web.Request, from Import) string {
	return r.T("benefit.imported.from."+from.Source, "day", from.Fetched)
}
