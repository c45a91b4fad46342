package mount_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"maru/domain/audit"
	"maru/domain/catalog"
	"maru/domain/catalog/editor"
	"maru/domain/catalog/editor/mount"
	"maru/kernel"
	"maru/platform/api/apitest"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store/storetest"
	"maru/platform/web"
	"maru/platform/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

type bodies struct{}

func (bodies) Type(id string) string                { return strings.Split(id, "-")[0] }
func (bodies) Name(id string, _ kernel.Lang) string { return "body " + id }
func person(account, agency string) authz.Actor {
	return authz.Actor{Account: kernel.ID(account), Name: account, Grants: []authz.Grant{{Role: authz.Editor, Agency: agency}}}
}

var ann, bea, sue = person("ann", "town-a"), person("bea", "town-b"), person("sue", "stamps")

// asked notes which question was to be shown.
type asked struct{ srv *web.Server }

func (a asked) Preview(w http.ResponseWriter, _ *web.Request, q editor.QuestionPreview) error {
	_, err := fmt.Fprintf(w, "question %s of %d: %s", q.Question.ID, q.Of, q.Action)
	return err
}

type site struct {
	*webtest.Site
	t   *testing.T
	cat *catalog.Service
	s   *editor.Service
}

func open(t *testing.T) *site {
	t.Helper()
	c := clock.NewManual(kernel.TimeOf(time.Date(2026, 11, 21, 12, 0, 0, 0, kernel.Seoul)))
	db := storetest.SQLite(t, catalog.Migrations(), audit.Migrations())
	cat := catalog.New(catalog.Deps{DB: db, Clock: c, Pack: os.DirFS("../../testdata/pack")})
	if err := cat.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	x := &site{webtest.New(t, catalog.Messages()), t, cat, editor.New(editor.Deps{DB: db, Clock: c, Catalog: cat, Bodies: bodies{}})}
	cat.UseBodies(bodies{})
	cat.Module().Pages(x.Server)
	mount.Module(x.s, cat, bodies{}, func(srv *web.Server) editor.Questions { return asked{srv} }).Pages(x.Server)
	x.Actor = ann
	return x
}

var revisionInput = regexp.MustCompile(`name="revision" value="(\d+)"`)

// post sends a form with the revision of the page it is on.
func (x *site) post(page, action string, form url.Values) *webtest.Page {
	x.t.Helper()
	if m := revisionInput.FindStringSubmatch(x.Get(page).Body); m != nil && !form.Has("revision") {
		form.Set("revision", m[1])
	}
	defer form.Del("revision")
	return x.Post(action, form)
}

func (x *site) begin(service string) string {
	x.t.Helper()
	page := x.Post("/desk/services/"+service+"/drafts", url.Values{})
	if page.Status != 303 {
		x.t.Fatalf("begin: %d %s", page.Status, page.Body)
	}
	return page.Header.Get("Location")
}

// question is the form of the question about the day of moving, as it stands.
func question() url.Values {
	return url.Values{"id": {"moved_on"}, "type": {"date"}, "title.ko": {"언제 이사했나요?"}, "title.en": {"When did you move?"}, "past": {"true"}, "when.mode": {"always"}}
}

func TestJourneyOfAChange(t *testing.T) {
	x := open(t)
	if page := x.Get("/desk/services"); page.Status != 200 || !page.Has("주소 신고") || page.Has("우표 모임") {
		t.Errorf("list: %d %s", page.Status, page.Body)
	}
	draft := x.begin("address-report")
	for _, p := range []string{"", "/edit/basics", "/edit/text-ko", "/edit/text-en", "/edit/text-easy", "/edit/questions", "/edit/questions/0", "/edit/questions/3", "/edit/questions/new", "/edit/rules",
		"/edit/rules/0", "/edit/rules/new", "/edit/work", "/edit/words", "/edit/examples", "/files/service.yaml", "/files/text.ko.md", "/changes", "/merge", "/propose", "/preview", "/preview?text=easy"} {
		for _, lang := range []string{"", "/en"} {
			if page := x.Get(lang + draft + p); page.Status != 200 {
				t.Errorf("%s%s: %d", lang, p, page.Status)
			}
		}
	}
	for _, p := range []string{"/edit/nothing", "/edit/questions/9", "/edit/questions/x", "/edit/basics/0", "/files/secret.txt", "/preview/nothing"} {
		if page := x.Get(draft + p); page.Status != 404 {
			t.Errorf("%s: %d", p, page.Status)
		}
	}

	// A question with a wrong type of answer: kept, marked where it is, and not
	// to be proposed.
	first := draft + "/edit/questions/0"
	form := question()
	form.Set("type", "enum")
	form.Set("title.en", "On which day did you move?")
	if page := x.post(first, first, form); page.Status != 303 {
		t.Fatalf("save: %d %s", page.Status, page.Body)
	}
	if page := x.Get(first); page.Status != 200 || !page.Has("고르는 질문에는 고를 것이 있어야 해요 (moved_on)") || !strings.Contains(page.Body, "On which day") {
		t.Errorf("no error at the question: %s", page.Body)
	}
	if page := x.Get(draft + "/propose"); !page.Has("고칠 것") || page.Has("승인 부탁하기</span>") {
		t.Errorf("may be proposed: %s", page.Body)
	}
	form.Set("type", "date")
	x.post(first, first, form)
	if page := x.Get(draft); page.Status != 200 || !page.Has("통과") {
		t.Errorf("still wrong: %s", page.Body)
	}
	if page := x.Get(draft + "/preview/moved_on"); !page.Has("question moved_on of 4") {
		t.Errorf("preview: %s", page.Body)
	}
	if page := x.Post(draft+"/preview/moved_on", url.Values{"moved_on-year": {"2026"}}); page.Status != 303 || !strings.HasSuffix(page.Header.Get("Location"), "/preview/place") {
		t.Errorf("next: %d %s", page.Status, page.Header.Get("Location"))
	}
	// Text with a script in it is shown as text.
	x.post(draft+"/edit/text-en", draft+"/edit/text-en", url.Values{"text.en": {"Hello <script>alert(1)</script>"}})
	for _, p := range []string{"/edit/text-en", "/preview", "/changes", "/files/text.en.md"} {
		if page := x.Get("/en" + draft + p); strings.Contains(page.Body, "<script>alert") {
			t.Errorf("%s runs a script", p)
		}
	}
	page := x.post(draft+"/propose", draft+"/propose", url.Values{"from-year": {"2026"}, "from-month": {"11"}, "from-day": {"20"}, "why": {""}})
	if page.Status != 422 || !page.Has("지난 날부터") || !page.Has("이유를 적어") {
		t.Errorf("propose: %d %s", page.Status, page.Body)
	}
	page = x.post(draft+"/propose", draft+"/propose", url.Values{"from-year": {"2026"}, "from-month": {"11"}, "from-day": {"21"}, "why": {"법이 바뀌었어요"}})
	if page.Status != 303 {
		t.Fatalf("propose: %d %s", page.Status, page.Body)
	}
	if page := x.Get(draft + "/edit/basics"); page.Status != 409 {
		t.Errorf("edited while it waits: %d", page.Status)
	}
	if page := x.Get(draft + "/changes"); page.Has("승인하기") || !page.Has("다른 사람이 검토") {
		t.Errorf("the proposer decides: %s", page.Body)
	}
	if page := x.Get(draft); page.Status != 200 {
		t.Errorf("draft: %d", page.Status)
	}
	x.Actor = sue
	if page := x.Get(draft); page.Status != 403 {
		t.Errorf("another ministry reads it: %d", page.Status)
	}
	x.Actor = bea
	if page := x.post(draft+"/changes", draft+"/send-back", url.Values{"note": {""}}); page.Status != 422 {
		t.Errorf("sent back without words: %d", page.Status)
	}
	if page := x.post(draft+"/changes", draft+"/approve", url.Values{}); page.Status != 303 {
		t.Fatalf("approve: %d %s", page.Status, page.Body)
	}
	if svc, _ := x.cat.Service("address-report"); svc.Questions[0].Title.EN != "On which day did you move?" {
		t.Error("not in force")
	}
	page = x.Get("/desk/services/address-report")
	if !page.Has("법이 바뀌었어요") || !page.Has("ann (body town-a)") || !page.Has("bea (body town-b)") || !page.Has("되돌리는 초안") {
		t.Errorf("history: %s", page.Body)
	}
	packs := regexp.MustCompile(`<option value="([0-9a-f]{64})"`).FindAllStringSubmatch(page.Body, -1)
	if page := x.Get("/desk/services/address-report/compare?from=" + packs[1][1] + "&to=" + packs[0][1]); page.Status != 200 || !page.Has("On which day") {
		t.Errorf("compare: %d %s", page.Status, page.Body)
	}
	if page := x.Get("/desk/services/address-report/compare?from=x&to=y"); page.Status != 404 {
		t.Errorf("compare nothing: %d", page.Status)
	}
}

// TestFormsKeepEverything: saving a form as it is changes nothing, whatever it
// is about.
func TestFormsKeepEverything(t *testing.T) {
	x := open(t)
	draft := x.begin("address-report")
	input := regexp.MustCompile(`(?s)<input[^>]*?>|<textarea.*?</textarea>|<select.*?</select>`)
	attr := func(tag, name string) string {
		m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag)
		if m == nil {
			return ""
		}
		return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#43;", "+").Replace(m[1])
	}
	for _, p := range []string{"/edit/basics", "/edit/questions/0", "/edit/questions/3", "/edit/rules/0", "/edit/work", "/edit/words", "/edit/text-ko", "/edit/examples", "/files/service.yaml"} {
		form := url.Values{}
		for _, tag := range input.FindAllString(x.Get(draft+p).Body, -1) {
			name := attr(tag, "name")
			switch {
			case strings.HasPrefix(tag, "<textarea"):
				body := tag[strings.Index(tag, ">")+2 : strings.LastIndex(tag, "<")]
				form.Add(name, attr(` v="`+body+`"`, "v"))
			case strings.HasPrefix(tag, "<select"):
				v := ""
				if m := regexp.MustCompile(`value="([^"]*)" selected`).FindStringSubmatch(tag); m != nil {
					v = m[1]
				}
				form.Add(name, v)
			case attr(tag, "type") == "radio" || attr(tag, "type") == "checkbox":
				if strings.Contains(tag, " checked") {
					form.Add(name, attr(tag, "value"))
				}
			default:
				form.Add(name, attr(tag, "value"))
			}
		}
		if page := x.Post(draft+p, form); page.Status != 303 {
			t.Errorf("%s: %d %s", p, page.Status, page.Text("[class=error-summary]"))
		}
		if page := x.Get(draft + "/changes"); !page.Has("달라진 것이 없어요") {
			t.Errorf("%s changed something: %s", p, page.Body)
		}
	}
}

func TestForms(t *testing.T) {
	x := open(t)
	draft := x.begin("address-report")
	yaml := func() string {
		id, err := kernel.ParseID(strings.TrimPrefix(draft, "/desk/service-drafts/"))
		if err != nil {
			t.Fatal(err)
		}
		w, err := x.s.Open(t.Context(), x.Actor, id)
		if err != nil {
			t.Fatal(err)
		}
		return w.Files["service.yaml"]
	}
	send := func(p string, form url.Values, want ...string) {
		t.Helper()
		if page := x.post(draft+p, draft+p, form); page.Status != 303 {
			t.Fatalf("%s: %d %s", p, page.Status, page.Body)
		}
		for _, s := range want {
			if text := yaml(); !strings.Contains(text, s) {
				t.Errorf("%s: no %q in\n%s", p, s, text)
			}
		}
	}
	send("/edit/questions/new", url.Values{"id": {"why"}, "type": {"enum"}, "title.ko": {"왜요?"}, "title.en": {"Why: really?"}, "optional": {"true"},
		"options.0.value": {"work"}, "options.0.text.ko": {"일"}, "options.0.text.en": {"Work"}, "options.1.value": {"home"}, "options.1.text.ko": {"집"}, "options.1.text.en": {"Home"},
		"when.mode": {"test"}, "when.subject": {"question:joins"}, "when.test": {"is"}, "when.value": {"true"}},
		`{id: why, type: enum, title: {ko: "왜요?", en: "Why: really?"}, optional: true, options: [{value: work, text: {ko: 일, en: Work}}, {value: home, text: {ko: 집, en: Home}}], when: {question: joins, is: ["true"]}}`)
	send("/edit/rules/new", url.Values{"if.mode": {"test"}, "if.subject": {"fact:birth_date"}, "if.test": {"age_at_most"}, "if.value": {"99"}, "else.ko": {"나이가 많아요."}, "else.en": {"Too old."}},
		"{if: {fact: birth_date, age: true, at_most: 99}, else: {ko: 나이가 많아요., en: Too old.}}")
	send("/edit/work", url.Values{"steps.0.id": {"lives"}, "steps.0.title.ko": {"사는지 확인"}, "steps.0.title.en": {"Check residence"}, "steps.1.id": {"papers"}, "steps.1.title.ko": {"서류"}, "steps.1.title.en": {"Papers"},
		"decisions": {"returned", "accepted", "refused"}, "four_eyes": {"true"}},
		"{id: papers, title: {ko: 서류, en: Papers}}", "decisions: [refused, accepted, returned]", "four_eyes: true")
	if page := x.post(draft+"/edit/questions", draft+"/arrange/questions", url.Values{"act": {"up 4"}}); page.Status != 303 || strings.Index(yaml(), "id: why") > strings.Index(yaml(), "id: head, type: person") {
		t.Errorf("not moved up: %d\n%s", page.Status, yaml())
	}
	if page := x.post(draft+"/edit/questions", draft+"/arrange/questions", url.Values{"act": {"remove 3"}}); page.Status != 303 || strings.Contains(yaml(), "id: why") {
		t.Errorf("not removed: %d\n%s", page.Status, yaml())
	}
	// Wrong inputs keep what was typed, and change nothing.
	before := yaml()
	page := x.post(draft+"/edit/basics", draft+"/edit/basics", url.Values{"title.ko": {"새 이름"}, "fee.won": {"many"}})
	if page.Status != 422 || !strings.Contains(page.Body, "새 이름") || !page.Has("숫자로 적어") || yaml() != before {
		t.Errorf("wrong number: %d", page.Status)
	}
	page = x.post(draft+"/edit/questions/0", draft+"/edit/questions/0", url.Values{"when.mode": {"text"}, "when.source": {"&a [*a]"}})
	if page.Status != 422 || yaml() != before {
		t.Errorf("wrong condition: %d", page.Status)
	}
	// Somebody else saved: the words stay, and saving once more takes them.
	form := url.Values{"text.en": {"my words"}, "revision": {"1"}}
	page = x.Post(draft+"/edit/text-en", form)
	if page.Status != 409 || !page.Has("my words") || !page.Has("다른 사람이") {
		t.Fatalf("stale: %d %s", page.Status, page.Body)
	}
	form.Set("revision", revisionInput.FindStringSubmatch(page.Body)[1])
	if page := x.Post(draft+"/edit/text-en", form); page.Status != 303 {
		t.Errorf("once more: %d", page.Status)
	}
	// A file that cannot be read is put right as text.
	x.post(draft+"/files/service.yaml", draft+"/files/service.yaml", url.Values{"content": {"id: address-report\ntitle: {ko: [\n"}})
	if page := x.Get(draft + "/edit/basics"); page.Status != 303 {
		t.Errorf("a form of what cannot be read: %d", page.Status)
	}
	if page := x.Get(draft + "/files/service.yaml"); page.Status != 200 || !page.Has("따옴표로 감싸") {
		t.Errorf("source: %d %s", page.Status, page.Body)
	}
	if page := x.Get(draft + "/preview"); page.Status != 409 {
		t.Errorf("preview of what cannot be read: %d", page.Status)
	}
	if page := x.post(draft, draft+"/discard", url.Values{}); page.Status != 303 {
		t.Errorf("discard: %d", page.Status)
	}
}

func TestAPI(t *testing.T) {
	x := open(t)
	mod := mount.Module(x.s, x.cat, bodies{}, func(srv *web.Server) editor.Questions { return asked{srv} })
	caller := apitest.New(t, mod.Operations, func(token string) (authz.Actor, error) {
		return map[string]authz.Actor{"ann": ann, "bea": bea, "sue": sue}[token], nil
	}, catalog.Messages())
	call := func(token, method, path, key string, body any, out any) int {
		t.Helper()
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return caller.As(token).Under(key).Read(method, "/desk"+path, string(b), out)
	}
	type m = map[string]any
	var d struct {
		ID       string
		Revision int64
		State    string
		Files    map[string]string
	}
	if code := call("ann", "POST", "/services/address-report/drafts", "k0", m{}, &d); code != 201 {
		t.Fatalf("begin: %d", code)
	}
	path := "/service-drafts/" + d.ID
	if code := call("sue", "GET", path, "", nil, nil); code != 403 {
		t.Errorf("a stranger reads: %d", code)
	}
	files := m{"service.yaml": strings.Replace(d.Files["service.yaml"], "Address report", "By API", 1)}
	for range 2 { // repeated, it applies once
		if code := call("ann", "PUT", path+"/files", "k1", m{"revision": 1, "files": files}, &d); code != 200 || d.Revision != 2 {
			t.Errorf("put: %d %+v", code, d.Revision)
		}
	}
	if code := call("ann", "PUT", path+"/files", "k2", m{"revision": 1, "files": files}, nil); code != 409 {
		t.Errorf("stale: %d", code)
	}
	// Another act or other words under a used key are not taken for done.
	if code := call("ann", "PUT", path+"/files", "k1", m{"revision": 1, "files": d.Files}, nil); code != 409 {
		t.Errorf("other words under a used key: %d", code)
	}
	if code := call("ann", "POST", path+"/proposal", "k1", m{"revision": 2, "from": "2026-11-21", "why": ""}, nil); code != 422 {
		t.Errorf("another act under a used key: %d", code)
	}
	if code := call("ann", "PUT", path+"/files", "", m{"revision": 2, "files": m{"../x": "y"}}, nil); code != 422 {
		t.Errorf("traversal: %d", code)
	}
	var check struct {
		Errors   int
		Examples []struct{ Passes bool }
	}
	if code := call("ann", "GET", path+"/check", "", nil, &check); code != 200 || check.Errors != 0 || len(check.Examples) != 3 {
		t.Errorf("check: %d %+v", code, check)
	}
	var diff struct{ Files []struct{ Added int } }
	if code := call("ann", "GET", path+"/diff", "", nil, &diff); code != 200 || len(diff.Files) != 1 || diff.Files[0].Added != 1 {
		t.Errorf("diff: %d %+v", code, diff)
	}
	for range 2 {
		if code := call("ann", "POST", path+"/proposal", "k3", m{"revision": 2, "from": "2026-11-21", "why": "law"}, &d); code != 200 || d.State != "proposed" {
			t.Errorf("propose: %d %+v", code, d.State)
		}
	}
	if code := call("ann", "POST", path+"/approval", "", m{"revision": 3}, nil); code != 403 {
		t.Errorf("approved by the proposer: %d", code)
	}
	if code := call("bea", "POST", path+"/return", "", m{"revision": 3, "note": ""}, nil); code != 422 {
		t.Errorf("returned without words: %d", code)
	}
	for range 2 {
		if code := call("bea", "POST", path+"/approval", "k4", m{"revision": 3}, &d); code != 200 || d.State != "approved" {
			t.Errorf("approve: %d %+v", code, d.State)
		}
	}
	var h struct {
		Versions []struct {
			Pack, Origin string
			InForce      bool `json:"in_force"`
		}
	}
	if code := call("ann", "GET", "/services/address-report/history", "", nil, &h); code != 200 || len(h.Versions) != 2 || h.Versions[0].Origin != "draft" || !h.Versions[0].InForce {
		t.Fatalf("history: %d %+v", code, h)
	}
	if code := call("ann", "GET", "/services/address-report/diff?from="+h.Versions[1].Pack+"&to="+h.Versions[0].Pack, "", nil, &diff); code != 200 || len(diff.Files) != 1 {
		t.Errorf("compare: %d", code)
	}
	if code := call("ann", "POST", "/services/address-report/drafts", "k5", m{"pack": h.Versions[1].Pack}, &d); code != 201 || !strings.Contains(d.Files["service.yaml"], "Address report") {
		t.Errorf("go back: %d", code)
	}
	if code := call("ann", "POST", "/service-drafts/nonsense/approval", "", m{"revision": 1}, nil); code != 404 {
		t.Errorf("nonsense: %d", code)
	}
	var list struct {
		Services []struct{ Drafts []struct{ ID string } }
	}
	if code := call("bea", "GET", "/services", "", nil, &list); code != 200 || len(list.Services) != 1 || len(list.Services[0].Drafts) != 1 {
		t.Errorf("list: %d %+v", code, list)
	}
}
