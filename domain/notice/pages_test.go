package notice

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	benefit "maru/domain/benefit/contract"
	casework "maru/domain/casework/contract"
	"maru/domain/notice/internal/store"
	"maru/kernel"
	"maru/platform/api/apitest"
	"maru/platform/authz"
	"maru/platform/jobs"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func TestPages(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, jobs.Migrations(), store.Migrations()))
	m := b.Module()
	site := webtest.New(t, m.Messages)
	m.Pages(site.Server)
	if p := site.Get("/notices"); p.Status != http.StatusSeeOther {
		t.Errorf("a visitor gets %d", p.Status)
	}
	site.Actor = owner
	if p := site.Get("/notices"); !p.Has("알림이 없어요") {
		t.Error("an empty inbox does not say so")
	}
	for range 22 {
		b.tell(casework.Decided, about("granted", "D26-1111-2222-3333"))
	}
	for path, want := range map[string][]string{
		"/notices":    {"22건", "전입신고: 신청이 받아들여졌어요", "새 알림", `rel="next"`},
		"/en/notices": {"22 messages", "Moving-in report: granted", "New", "/en/notices/"},
	} {
		p := site.Get(path)
		for _, w := range want {
			if !strings.Contains(p.Body, w) {
				t.Errorf("%s does not say %q", path, w)
			}
		}
	}
	list := b.list(owner, "ko")
	older := site.Get("/notices?before=" + string(list[len(list)-1].ID))
	if older.Status != http.StatusOK || strings.Contains(older.Body, `rel="next"`) || !strings.Contains(older.Body, `rel="prev"`) {
		t.Errorf("the second page: %d", older.Status)
	}
	path := "/notices/" + string(list[0].ID)
	if p := site.Get(path); p.Text("h1") != "전입신고: 신청이 받아들여졌어요" || !strings.Contains(p.Body, `"/documents/D26-1111-2222-3333"`) {
		t.Errorf("the message: %d %s", p.Status, p.Text("h1"))
	}
	if p := site.Get("/notices"); !p.Has("21건") {
		t.Error("an opened message still counts as unread")
	}
	for _, wrong := range []string{"/notices/x", "/notices/01960000-0000-7000-8000-000000000009", "/notices?before=x"} {
		if p := site.Get(wrong); p.Status != http.StatusNotFound {
			t.Errorf("%s: %d", wrong, p.Status)
		}
	}
	site.Actor = stranger
	if p := site.Get(path); p.Status != http.StatusNotFound {
		t.Errorf("a stranger gets %d", p.Status)
	}
	site.Actor = owner
	if p := site.Post("/en/notices/read-all", url.Values{}); p.Status != http.StatusSeeOther || p.Location() != "/en/notices" {
		t.Errorf("read all: %d %s", p.Status, p.Location())
	}
	if p := site.Get("/notices"); p.Has("새 알림") {
		t.Error("after reading all there are new messages")
	}
}

func TestAskedToConfirm(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, jobs.Migrations(), store.Migrations()))
	m := b.Module()
	site := webtest.New(t, m.Messages)
	m.Pages(site.Server)
	b.tell(casework.SignatureAsked, casework.Event{Application: "a", Service: "moving-in-report", Pack: "p1", Person: stranger.Person, Code: "c-1"})
	site.Actor = stranger
	p := site.Get("/en/notices/" + string(b.list(stranger, "ko")[0].ID))
	if !strings.Contains(p.Body, `"/en/signatures/c-1"`) || strings.Contains(p.Body, "/applications/") {
		t.Error("the request leads to the wrong page")
	}
}

// TestAlertPage shows each change with its reasons, and the ways on.
func TestAlertPage(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, jobs.Migrations(), store.Migrations()))
	m := b.Module()
	site := webtest.New(t, m.Messages)
	m.Pages(site.Server)
	site.Actor = owner
	for _, kind := range []string{benefit.KindNew, benefit.KindLost, benefit.KindSummary, benefit.KindConsentEnded} {
		b.clock.Advance(time.Second)
		e := event(t, kernel.NewID(b.clock.Now()), benefit.Alerted, benefit.Alert{Person: owner.Person, Message: "alert-1", Kind: kind})
		e.At = b.clock.Now()
		if err := b.receiveAlert(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		p := site.Get("/notices/" + string(b.list(owner, "ko")[0].ID))
		for _, want := range []string{"기초연금", "금액", `"/services/basic-pension"`, `"/benefits/mine"`, `"/benefits/alerts"`} {
			if !strings.Contains(p.Body, want) {
				t.Errorf("%s: the page does not say %q", kind, want)
			}
		}
		if strings.Contains(p.Body, "/applications/") {
			t.Errorf("%s leads to an application", kind)
		}
	}
}

func TestOperations(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, jobs.Migrations(), store.Migrations()))
	m := b.Module()
	caller := apitest.New(t, m.Operations, func(token string) (authz.Actor, error) {
		if token == "stranger" {
			return stranger, nil
		}
		return owner, nil
	}, m.Messages)
	call := func(who, method, path string, status int) map[string]any {
		t.Helper()
		code, out := caller.As(who).Call(method, path, "")
		if code != status {
			t.Errorf("%s %s %s: %d, want %d: %v", who, method, path, code, status, out)
		}
		return out
	}
	for range 3 {
		b.tell(casework.Decided, about("refused", "D26-1111-2222-3333"))
	}
	page := call("owner", "GET", "/notices?limit=2&lang=en", http.StatusOK)
	list := page["notices"].([]any)
	if len(list) != 2 || page["next"] == nil {
		t.Fatalf("list: %v", page)
	}
	first := list[0].(map[string]any)
	for field, want := range map[string]any{
		"kind": "decided", "title": "Moving-in report: refused", "number": "M26-AAAA-BBBB", "service": "moving-in-report",
		"decision": "refused", "document": "D26-1111-2222-3333", "read": false,
	} {
		if first[field] != want {
			t.Errorf("%s is %v, want %v", field, first[field], want)
		}
	}
	rest := call("owner", "GET", "/notices?cursor="+page["next"].(string), http.StatusOK)
	if len(rest["notices"].([]any)) != 1 || rest["next"] != nil {
		t.Errorf("rest: %v", rest)
	}
	read := "/notices/" + first["id"].(string) + "/read"
	call("stranger", "POST", read, http.StatusNotFound)
	if got := call("owner", "POST", read, http.StatusOK); got["read"] != true {
		t.Errorf("read: %v", got)
	}
	if others := call("stranger", "GET", "/notices", http.StatusOK); len(others["notices"].([]any)) != 0 {
		t.Errorf("a stranger sees %v", others)
	}
	call("", "GET", "/notices", http.StatusUnauthorized)
	call("owner", "GET", "/notices?cursor=x", http.StatusUnprocessableEntity)
	call("owner", "GET", "/notices?limit=0", http.StatusUnprocessableEntity)
	call("owner", "POST", "/notices/x/read", http.StatusNotFound)
}
