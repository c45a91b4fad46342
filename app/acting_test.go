package app

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"maru/domain/audit"
	"maru/domain/identity"
	"maru/domain/mandate"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// window is somebody's session.
type window struct {
	t    *testing.T
	url  string
	http *http.Client
}

func (a *App) browse(t *testing.T, srv *httptest.Server, person string) *window {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &window{t, srv.URL, &http.Client{Transport: srv.Client().Transport, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if status, _, _ := b.post("/demo/sign-in", url.Values{"person": {person}}); status != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %d", person, status)
	}
	return b
}

func (b *window) answer(r *http.Response, err error) (int, string, string) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return r.StatusCode, r.Header.Get("Location"), string(body)
}

func (b *window) get(path string) (status int, body string) {
	b.t.Helper()
	status, _, body = b.answer(b.http.Get(b.url + path))
	return status, body
}

func (b *window) post(path string, form url.Values) (status int, location, body string) {
	b.t.Helper()
	return b.answer(b.http.PostForm(b.url+path, form))
}

// familyOf is a person of the try-out with a minor child, and the child.
func familyOf(t *testing.T, a *App) (parent, child string) {
	t.Helper()
	for _, s := range a.registry.World().Situations() {
		members, err := a.registry.Family(t.Context(), s.Person)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range members {
			if ok, err := a.registry.Guards(t.Context(), s.Person, m.Person); err == nil && ok {
				return s.Person, m.Person
			}
		}
	}
	t.Fatal("nobody has a minor child")
	return "", ""
}

// TestActing is about acting for somebody else in the whole program.
func TestActing(t *testing.T) {
	a := openDemo(t, "2026-03-03")
	srv := httptest.NewServer(a.Handler())
	defer srv.Close()
	t.Run("tables", func(t *testing.T) { testActingTables(t, a) })
	t.Run("pages", func(t *testing.T) { testActingPages(t, a, srv) })
	t.Run("api", func(t *testing.T) { testActingByAPI(t, a, srv) })
	t.Run("household", func(t *testing.T) { testActingForMate(t, a, srv) })
}

// testActingPages goes through a parent's day for a child: what stands in the
// table of pages is done for the child and told, everything else is closed.
func testActingPages(t *testing.T, a *App, srv *httptest.Server) {
	parent, child := familyOf(t, a)
	name := a.registry.World().Value(child, "name").Text()
	b := a.browse(t, srv, parent)

	if status, body := b.get("/mandates"); status != 200 || !strings.Contains(body, name) {
		t.Fatalf("the list: %d", status)
	}
	if status, _, _ := b.post("/mandates/act", url.Values{"child": {"p-00001"}}); status != 403 && child != "p-00001" {
		t.Errorf("acts for anybody's child: %d", status)
	}
	if status, to, _ := b.post("/mandates/act", url.Values{"child": {child}}); status != 303 || to != "/applications" {
		t.Fatalf("begin: %d %s", status, to)
	}
	status, body := b.get("/applications")
	if status != 200 || !strings.Contains(body, a.texts.T(kernel.KO, "ui.acting", "name", name)) {
		t.Fatalf("the child's applications: %d", status)
	}
	_, service := b.get("/services/general-petition")
	_, rest, ok := strings.Cut(service, "/applications/start?acting=")
	if !ok {
		t.Fatal("the form to apply does not say for whom")
	}
	id, _, _ := strings.Cut(rest, `"`)
	acting := "?acting=" + id

	for _, path := range []string{"/account", "/account/keys", "/access-log", "/benefits/mine", "/mandates/new", "/mandates/accept", "/mandates/" + id, "/desk", "/admin/roles", "/counter/mandates", "/signatures/" + id} {
		if status, _ := b.get(path); status != 403 {
			t.Errorf("%s is open to whoever acts for a child: %d", path, status)
		}
	}
	for _, path := range []string{"/account/tokens", "/account/code", "/account/password", "/mandates/new", "/mandates/accept/confirm", "/mandates/" + id + "/end", "/notices/read-all"} {
		if status, _, _ := b.post(path+acting, url.Values{"name": {"x"}, "scopes": {"applications"}}); status != 403 {
			t.Errorf("%s is open to whoever acts for a child: %d", path, status)
		}
	}
	for _, path := range []string{"/", "/services", "/help", "/notices", "/my-data", "/services/basic-pension"} {
		if status, body := b.get(path); status != 200 || !strings.Contains(body, `class="acting"`) {
			t.Errorf("%s: %d, or it does not say for whom", path, status)
		}
	}
	// To confirm is one's own, by a mobile ID too.
	for _, path := range []string{"/account/confirm", "/account/mobile-id?for=confirm", "/account/mobile-id/back?for=confirm", "/demo/mobile-id?challenge=x&back=/"} {
		if status, _ := b.get(path); status != 200 {
			t.Errorf("%s is closed to whoever acts for a child: %d", path, status)
		}
	}
	start := url.Values{"service": {"general-petition"}}
	if status, _, _ := b.post("/applications/start", start); status != 409 {
		t.Errorf("a form that was opened for oneself: %d", status)
	}
	if status, _, _ := b.post("/applications/start"+acting, url.Values{"service": {"basic-pension"}}); status != 403 {
		t.Errorf("a service that the theme does not name: %d", status)
	}
	status, draft, _ := b.post("/applications/start"+acting, start)
	if status != 303 {
		t.Fatalf("start: %d", status)
	}
	draft = strings.TrimSuffix(draft, "/consent")
	if status, _ := b.get(draft); status != 200 {
		t.Errorf("the child's draft: %d", status)
	}
	// The parent's own session in another browser does not see it.
	if status, _ := a.browse(t, srv, parent).get(draft); status != 404 {
		t.Errorf("the draft is the parent's: %d", status)
	}

	// What was done and looked at is in the child's log by name, and told.
	who, err := a.identity.Represented(t.Context(), authz.Actor{Account: "x"}, child, name)
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := a.audit.Mine(t.Context(), who, kernel.KO, "")
	if err != nil {
		t.Fatal(err)
	}
	by := a.texts.T(kernel.KO, "audit.delegate", "name", a.registry.World().Value(parent, "name").Text())
	looks := 0
	for _, one := range list {
		if one.Actor == by {
			looks++
		}
	}
	if looks < 6 {
		t.Errorf("%d looks in the child's log: %+v", looks, list)
	}
	if _, err := a.audit.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.jobs.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	letters, _, err := a.notice.List(t.Context(), who, kernel.KO, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	begun := 0
	for _, l := range letters {
		if l.Kind == "mandate_begun" {
			begun++
		}
	}
	if begun != 1 {
		t.Errorf("the child was told %d times that somebody began", begun)
	}

	// Back to one's own: the old page's form does nothing any more.
	if status, _, _ := b.post("/mandates/stop", nil); status != 303 {
		t.Errorf("stop: %d", status)
	}
	if status, _, _ := b.post("/applications/start"+acting, start); status != 409 {
		t.Errorf("a form that was opened for the child: %d", status)
	}
	if status, _ := b.get("/account"); status != 200 {
		t.Errorf("one's own account: %d", status)
	}
}

// testActingByAPI acts for a child with a token and the header.
func testActingByAPI(t *testing.T, a *App, srv *httptest.Server) {
	parent, child := familyOf(t, a)
	token := func(person string) (authz.Actor, string) {
		who, err := a.identity.Represented(t.Context(), authz.Actor{Account: "x"}, person, a.registry.World().Value(person, "name").Text())
		if err != nil {
			t.Fatal(err)
		}
		secret, _, err := a.identity.CreateToken(t.Context(), who, identity.NewToken{Name: "t", Scopes: []string{authz.ScopeApplications}})
		if err != nil {
			t.Fatal(err)
		}
		return who, secret
	}
	me, mine := token(parent)
	_, others := token("p-00044")
	m, err := a.mandate.ForChild(t.Context(), me, child)
	if err != nil {
		t.Fatal(err)
	}
	call := func(method, path, token, acting string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, srv.URL+"/api/v1"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		r.Header.Set(api.ActingHeader, acting)
		res, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
	for name, c := range map[string]struct {
		method, path, token, acting string
		want                        int
	}{
		"the child's applications": {"GET", "/applications", mine, string(m.ID), 200},
		"nobody's mandate":         {"GET", "/applications", mine, string(kernel.RandomID()), 403},
		"nonsense":                 {"GET", "/applications", mine, "x", 403},
		"another's mandate":        {"GET", "/applications", others, string(m.ID), 403},
		"no token":                 {"GET", "/applications", "", string(m.ID), 401},
		"tokens":                   {"GET", "/tokens", mine, string(m.ID), 403},
		"mandates":                 {"GET", "/mandates", mine, string(m.ID), 403},
		"the access log":           {"GET", "/access-log", mine, string(m.ID), 403},
	} {
		if got, body := call(c.method, c.path, c.token, c.acting); got != c.want {
			t.Errorf("%s: %d %s", name, got, body)
		}
	}
}

// testActingForMate has the register copy of somebody of the same household made
// out, by the law that lets the household ask, and sees nothing else of theirs.
func testActingForMate(t *testing.T, a *App, srv *httptest.Server) {
	ctx := t.Context()
	me := "p-00001"
	self, err := a.identity.Represented(ctx, authz.Actor{Account: "x"}, me, a.registry.World().Value(me, "name").Text())
	if err != nil {
		t.Fatal(err)
	}
	mates, err := a.mandate.Mates(ctx, self)
	if err != nil || len(mates) != 1 {
		t.Fatalf("mates: %v %v", mates, err)
	}
	mate, err := a.identity.Represented(ctx, authz.Actor{Account: "x"}, mates[0].Person, mates[0].Name)
	if err != nil {
		t.Fatal(err)
	}
	const service = "resident-register-copy"
	before, _, err := a.casework.Begin(ctx, mate, service, nil)
	if err != nil {
		t.Fatal(err)
	}

	b := a.browse(t, srv, me)
	if status, body := b.get("/mandates/household"); status != 200 || !strings.Contains(body, `name="mate" value="`+mate.Person+`"`) {
		t.Fatalf("the list: %d", status)
	}
	if status, to, _ := b.post("/mandates/household", url.Values{"mate": {mate.Person}}); status != 303 || to != "/applications" {
		t.Fatalf("begin: %d %s", status, to)
	}
	_, body := b.get("/services/" + service)
	_, rest, ok := strings.Cut(body, "/applications/start?acting=")
	if !ok {
		t.Fatal("the form to apply does not say for whom")
	}
	id, _, _ := strings.Cut(rest, `"`)
	acting := "?acting=" + id
	for _, path := range []string{"/applications/" + string(before), "/notices", "/my-data"} {
		if status, _ := b.get(path); status == 200 {
			t.Errorf("%s is open to a member of the household", path)
		}
	}
	status, draft, _ := b.post("/applications/start"+acting, url.Values{"service": {service}})
	if status != 303 || strings.HasSuffix(draft, "/consent") || strings.HasSuffix(draft, string(before)) {
		t.Fatalf("start: %d %s", status, draft)
	}
	if status, page := b.get(draft); status != 200 || strings.Contains(page, "/consent") {
		t.Errorf("the draft: %d, or it asks for a consent", status)
	}
	begun := kernel.ID(draft[strings.LastIndex(draft, "/")+1:])
	if again, _, err := a.casework.Begin(ctx, mate, service, nil); err != nil || again != before {
		t.Errorf("the person goes on with what a member of the household began: %v", err)
	}
	if status, _, _ := b.post(draft+"/consent"+acting, url.Values{"agree": {"yes"}}); status != 403 {
		t.Errorf("consents for another: %d", status)
	}
	for _, q := range []struct{ question, value string }{{"kind", "full"}, {"members", ""}, {"number_back", "false"}, {"purpose", "finance"}, {"copies", "1"}} {
		form := url.Values{}
		if q.value != "" {
			form.Set(q.question, q.value)
		}
		if status, _, page := b.post(draft+"/questions/"+q.question+acting, form); status != 303 {
			t.Fatalf("%s: %d %.400s", q.question, status, page)
		}
	}
	_, check := b.get(draft + "/check")
	_, rest, _ = strings.Cut(check, `name="key" value="`)
	key, _, _ := strings.Cut(rest, `"`)
	if status, _, page := b.post(draft+"/submit"+acting, url.Values{"key": {key}}); status != 303 {
		t.Fatalf("submit: %d %.400s", status, page)
	}
	_, done := b.get(draft)
	_, rest, ok = strings.Cut(done, `href="/documents/`)
	number, _, _ := strings.Cut(rest, `"`)
	if !ok {
		t.Fatal("no document was issued")
	}
	if status, page := b.get("/documents/" + number); status != 200 || !strings.Contains(page, mates[0].Name) {
		t.Errorf("the document: %d", status)
	}
	// A second draft, which the person takes over: who began it reads no further.
	status, draft, _ = b.post("/applications/start"+acting, url.Values{"service": {service}})
	if status != 303 || strings.HasSuffix(draft, string(begun)) {
		t.Fatalf("a second: %d %s", status, draft)
	}
	second := kernel.ID(draft[strings.LastIndex(draft, "/")+1:])
	if _, err := a.casework.Open(ctx, mate, second); err != nil {
		t.Errorf("the person looks: %v", err)
	}
	if status, _ := b.get(draft); status != 200 {
		t.Errorf("after a look of the person: %d", status)
	}
	if err := a.casework.Answer(ctx, mate, second, "purpose", kernel.TextOf("office")); err != nil {
		t.Fatal(err)
	}
	if status, _ := b.get(draft); status == 200 {
		t.Error("a member of the household reads what the person wrote")
	}
	list, _, err := a.audit.Mine(ctx, mate, kernel.KO, "")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(list, func(e audit.Access) bool { return strings.Contains(e.Basis, "29") && len(e.Items) > 0 }) {
		t.Errorf("the log does not say by which law what was read: %+v", list)
	}
}

// testActingTables: what the tables name exists, and themes name services that
// can be applied for here.
func testActingTables(t *testing.T, a *App) {
	pages := map[string]bool{}
	for _, p := range a.web.Pages() {
		pages[p.Name] = true
	}
	for name, use := range actingPages {
		if !pages[name] || !slices.Contains(authz.Actions, use.Action) || ownPages[name] {
			t.Errorf("page %s: %+v", name, use)
		}
	}
	for name := range ownPages {
		if !pages[name] {
			t.Errorf("there is no page %s", name)
		}
	}
	spec, err := a.api.Spec()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(spec, &doc); err != nil {
		t.Fatal(err)
	}
	operations := map[string]bool{}
	for _, methods := range doc.Paths {
		for _, op := range methods {
			operations[op.OperationID] = true
		}
	}
	for name := range actingOperations {
		if !operations[name] {
			t.Errorf("there is no operation %s", name)
		}
	}
	for _, basis := range []string{mandate.ByLaw, mandate.ByOrder, mandate.ByRegister, mandate.ByMandate} {
		for _, theme := range a.mandate.Themes(basis) {
			for _, id := range theme.Services {
				if svc, ok := a.catalog.Service(id); !ok || !svc.Online || svc.Kind == "credential" {
					t.Errorf("theme %s names %s, which cannot be applied for here or is a wallet's", theme.ID, id)
				}
			}
		}
	}
}
