package notice

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	identity "maru/domain/identity/contract"
	"maru/platform/store/storetest"
	"maru/platform/web"
	"maru/platform/web/webtest"
)

func TestContactPages(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, reachMigrations()...))
	m := h.Module()
	site := webtest.NewConfig(t, web.Config{Catalog: webtest.Catalog(t, m.Messages)})
	m.Pages(site.Server)
	post := func(status int, path string, form url.Values) *webtest.Page {
		t.Helper()
		p := site.Post(path, form)
		if p.Status != status {
			t.Errorf("POST %s: %d %s", path, p.Status, p.Text("h1"))
		}
		return p
	}
	if p := site.Get("/account/contact"); p.Status != http.StatusSeeOther {
		t.Errorf("a visitor gets %d", p.Status)
	}
	site.Actor = owner
	if p := site.Get("/account/contact"); !p.Has("연락받을 곳") || p.Has("체험판") {
		t.Error("the page is not what it should be on a server")
	}
	if p := site.Get("/demo/outbox"); p.Status != http.StatusNotFound {
		t.Errorf("a server has an outbox: %d", p.Status)
	}
	post(http.StatusNotFound, "/account/contact", url.Values{"kind": {"pigeon"}, "pigeon": {"a"}})
	wrong := "a@b.kr\nBcc: <script>"
	if p := post(http.StatusUnprocessableEntity, "/account/contact", url.Values{"kind": {"mail"}, "mail": {wrong}}); strings.Contains(p.Body, "<script>") || !p.Has("영문으로") {
		t.Error("a wrong address is not explained")
	}
	post(http.StatusSeeOther, "/account/contact", url.Values{"kind": {"mail"}, "mail": {"someone@example.kr"}})
	post(http.StatusSeeOther, "/account/contact", url.Values{"kind": {"text"}, "text": {"010-1234-5678"}})
	code := h.code(h.mail, "someone@example.kr")
	h.text.taken()
	id := string(h.contact(owner, Mail, waits).ID)
	p := site.Get("/en/account/contact")
	if !p.Has("so•••@example.kr") || strings.Contains(p.Body, "someone@") || strings.Contains(p.Body, "12345678") {
		t.Error("the page shows a whole address")
	}
	site.Actor = stranger
	for _, act := range []string{"prove", "again", "choose", "remove"} {
		post(http.StatusNotFound, "/account/contact/"+id+"/"+act, url.Values{"code_mail": {code}, "lang_mail": {"ko"}})
	}
	site.Actor = owner
	if p := post(http.StatusUnprocessableEntity, "/account/contact/"+id+"/prove", url.Values{"code_mail": {"x"}}); !p.Has("번호가 달라요") {
		t.Error("a wrong code is not explained")
	}
	post(http.StatusSeeOther, "/account/contact/"+id+"/prove", url.Values{"code_mail": {code}})
	post(http.StatusUnprocessableEntity, "/account/contact/"+id+"/choose", url.Values{"topics_mail": {"requests"}, "lang_mail": {"xx"}})
	post(http.StatusSeeOther, "/account/contact/"+id+"/choose", url.Values{"topics_mail": {"requests"}, "lang_mail": {"en"}})
	if p := post(http.StatusConflict, "/account/contact", url.Values{"kind": {"mail"}, "mail": {"someone@example.kr"}}); !p.Has("이미 등록한 주소예요") {
		t.Error("an address that is there already is not explained")
	}
	for range 3 {
		post(http.StatusSeeOther, "/account/contact/"+string(h.contact(owner, Text, waits).ID)+"/again", nil)
	}
	if p := post(http.StatusTooManyRequests, "/account/contact", url.Values{"kind": {"mail"}, "mail": {"other@example.kr"}}); !p.Has("1시간 뒤에") {
		t.Error("too many codes are not explained")
	}
	// What comes back shows, with the way to put it right.
	h.mail.fail(ErrUnreachable)
	h.clock.Advance(time.Hour)
	h.happens(identity.Recovered, identity.Recovery{Account: owner.Account})
	if p := site.Get("/en/account/contact"); !p.Has("Not reachable") {
		t.Error("the page does not tell what comes back")
	}
	h.mail.fail(nil)
	post(http.StatusSeeOther, "/account/contact/"+id+"/again", nil)
	if p := site.Get("/en/account/contact"); strings.Count(p.Body, `name="code_mail"`) != 1 {
		t.Error("there is no field for the code")
	}
	post(http.StatusSeeOther, "/account/contact/"+id+"/remove", nil)
	if p := site.Get("/en/account/contact"); !p.Has("so•••@example.kr: until Monday 30 November 2026") {
		t.Error("the page does not say until when what was removed is told")
	}
	for _, l := range h.list(owner, "ko") {
		if p := site.Get("/notices/" + string(l.ID)); !strings.Contains(p.Body, `"`+l.Link+`"`) || strings.Contains(p.Body, "신청 화면 보기") {
			t.Errorf("%s leads elsewhere than %s", l.Kind, l.Link)
		}
	}
}

// TestNothingOffered: without a channel there is no page.
func TestNothingOffered(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, reachMigrations()...))
	m := b.Module()
	site := webtest.NewConfig(t, web.Config{Demo: true, Catalog: webtest.Catalog(t, m.Messages)})
	m.Pages(site.Server)
	site.Actor = owner
	for _, path := range []string{"/account/contact", "/demo/outbox"} {
		if p := site.Get(path); p.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.Status)
		}
	}
	if p := site.Get("/notices"); p.Status != http.StatusOK || strings.Contains(p.Body, "/account/contact") {
		t.Error("the inbox leads to a page that does not exist")
	}
}
