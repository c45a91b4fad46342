package identity

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"maru/platform/store/storetest"
	"maru/platform/web"
	"maru/platform/web/webtest"
)

// keysSite is site with pages that ask for a fresh proof.
func keysSite(t *testing.T) (*Service, *webtest.Site) {
	t.Helper()
	s, c := newService(t, storetest.SQLite(t, allTables...))
	s.d.Demo = false
	w := webtest.NewConfig(t, web.Config{Catalog: webtest.Catalog(t, Messages()), Clock: c, PublicURL: "http://localhost:8080",
		Authenticate: s.Authenticate, Keep: s.Keep, Lead: s.Lead})
	s.pages(w.Server)
	w.Server.Page(web.Page{Method: http.MethodPost, Path: "/consent", Name: "consent", For: web.Resident, Fresh: web.FreshAct,
		Handler: func(w http.ResponseWriter, r *web.Request) error {
			form, err := r.ParseForm()
			if err != nil {
				return err
			}
			_, err = w.Write([]byte(r.Actor.Name + " consents to " + form.Get("what")))
			return err
		}})
	w.Clock = c
	return s, w
}

// Linking a person long after signing in asks for a fresh proof, and then goes on.
func TestLinkingIsConfirmed(t *testing.T) {
	s, w := keysSite(t)
	s.d.MobileID = phone{Presented: Presented{Facts: minsu, Identity: 2, Level: 2}}
	status(t, w.Post("/register", url.Values{"login": {"minsu"}, "name": {"김민수"}, "password": {goodPassword}}), 303)
	w.Clock.Advance(freshTime)
	challenge := regexp.MustCompile(`wallet.example/\?c=([A-Za-z0-9_-]+)`).FindStringSubmatch(status(t, w.Get(mobilePath), 200).Body)[1]
	p := status(t, w.Post(mobilePath, url.Values{"challenge": {challenge}, "answer": {"answer"}}), 303)
	u, err := url.Parse(p.Location())
	fine(t, err)
	if n := acts(t, s, "identity.prove"); n != 0 || u.Path != confirmPath {
		t.Fatalf("linked %d, leads to %q", n, p.Location())
	}
	p = status(t, w.Post(confirmPath, url.Values{"kept": u.Query()["kept"], "password": {goodPassword}}), 303)
	if n := acts(t, s, "identity.prove"); n != 1 || p.Location() != "/account" {
		t.Errorf("linked %d, leads to %q", n, p.Location())
	}
	w.Clock.Advance(freshTime)
	// What confirms is asked for no confirmation.
	challenge = regexp.MustCompile(`wallet.example/\?c=([A-Za-z0-9_-]+)`).FindStringSubmatch(status(t, w.Get(mobilePath+"?for=confirm"), 200).Body)[1]
	if p := status(t, w.Post(mobilePath, url.Values{"for": {"confirm"}, "challenge": {challenge}, "answer": {"answer"}}), 303); strings.HasPrefix(p.Location(), confirmPath) {
		t.Errorf("leads to %q", p.Location())
	}
}

// An act that matters, posted straight to its address long after signing in,
// does not happen; after the confirmation it does, with what was posted.
func TestConfirmPages(t *testing.T) {
	s, w := keysSite(t)
	status(t, w.Post("/register", url.Values{"login": {"minsu"}, "name": {"김민수"}, "password": {goodPassword}}), 303)
	if p := status(t, w.Post("/consent", url.Values{"what": {"이사"}}), 200); !strings.Contains(p.Body, "consents to 이사") {
		t.Errorf("just signed in: %s", p.Body)
	}
	w.Clock.Advance(freshTime)
	p := status(t, w.Post("/consent", url.Values{"what": {"출생"}}), 303)
	if strings.Contains(p.Body, "consents") || !strings.HasPrefix(p.Location(), confirmPath+"?kept=") {
		t.Fatalf("leads to %q", p.Location())
	}
	u, err := url.Parse(p.Location())
	fine(t, err)
	for _, lang := range []string{"", "/en"} {
		status(t, w.Get(lang+p.Location()), 200)
	}
	kept := u.Query().Get("kept")
	status(t, w.Post(confirmPath, url.Values{"kept": {kept}, "password": {"wrong wrong wrong wrong"}}), 422)
	status(t, w.Post(confirmPath, url.Values{"kept": {kept}, "code": {"123456"}}), 422)
	status(t, w.Post(confirmPath, url.Values{"kept": {kept}, "answer": {"{}"}}), 422)
	p = status(t, w.Post(confirmPath, url.Values{"kept": {kept}, "password": {goodPassword}}), 200)
	if !strings.Contains(p.Body, "김민수 consents to 출생") {
		t.Errorf("the form is lost: %s", p.Body)
	}
	for next, to := range map[string]string{"//evil.example": "/", "https://evil.example": "/", confirmPath: "/", "/account": "/account"} {
		if p := status(t, w.Post(confirmPath, url.Values{"next": {next}, "password": {goodPassword}}), 303); p.Location() != to {
			t.Errorf("next %q leads to %q", next, p.Location())
		}
	}
	status(t, w.Get("/account/passkeys/new"), 200)
	w.Clock.Advance(freshTime)
	if p := status(t, w.Get("/account/passkeys/new"), 303); p.Location() != confirmPath+"?next=%2Faccount%2Fpasskeys%2Fnew" {
		t.Errorf("leads to %q", p.Location())
	}
	if n := acts(t, s, "identity.confirm"); n != 5 {
		t.Errorf("%d confirmations on record", n)
	}
}

// The whole way of a second factor without script.
func TestSecondFactorPages(t *testing.T) {
	s, w := keysSite(t)
	status(t, w.Post("/register", url.Values{"login": {"minsu"}, "name": {"김민수"}, "password": {goodPassword}}), 303)
	status(t, w.Get("/en/account/keys"), 200)
	status(t, w.Post("/account/recovery-codes", nil), 409) // a factor first
	if p := status(t, w.Post("/account/app-codes", nil), 200); p.Header.Get("Cache-Control") != "private, no-store" {
		t.Error("the secret may be kept by a cache")
	}
	status(t, w.Post("/account/app-codes/confirm", url.Values{"code": {"12"}}), 422)
	status(t, w.Post("/account/app-codes/remove", nil), 303)
	status(t, w.Post("/account/passkeys/new", url.Values{"name": {"x"}, "answer": {"{}"}}), 422)
	status(t, w.Post("/account/passkeys/no-such/remove", nil), 404)
	account, _, err := s.stored(t.Context(), "minsu")
	fine(t, err)
	_, me := signIn(t, s, "minsu")
	if account != me.Account {
		t.Fatal("another account")
	}
	withPasskey(t, s, me)
	p := status(t, w.Get("/passkey/sign-in"), 200)
	if p.Header.Get("Cache-Control") != "no-store" || !strings.Contains(p.Body, `"userVerification":"required"`) {
		t.Errorf("options: %s", p.Body)
	}
	w.Clock.Advance(freshTime)
	p = status(t, w.Post("/account/recovery-codes", nil), 303)
	if !strings.HasPrefix(p.Location(), confirmPath) {
		t.Errorf("leads to %q", p.Location())
	}
	status(t, w.Post(confirmPath, url.Values{"password": {goodPassword}}), 422) // no longer enough
	status(t, w.Post("/sign-out", nil), 303)
	if p := status(t, w.Post("/sign-in", url.Values{"login": {"minsu"}, "password": {goodPassword}}), 200); strings.Contains(strings.Join(p.Header.Values("Set-Cookie"), "\n"), Cookie+"=") {
		t.Error("the password alone opens a session")
	}
	status(t, w.Post("/sign-in/second", url.Values{"pending": {"never was"}, "code": {"123456"}}), 422)
	status(t, w.Post("/sign-in/passkey", url.Values{"answer": {"x"}}), 422)
	status(t, w.Get("/account"), 303)
}

// Where everybody signs in at once, the page says so calmly and keeps the name.
func TestBusyPage(t *testing.T) {
	s, w := keysSite(t)
	s.hasher.waiting.Store(hashQueue)
	p := status(t, w.Post("/sign-in", url.Values{"login": {"minsu"}, "password": {goodPassword}}), 503)
	if !strings.Contains(p.Body, `value="minsu"`) || p.Header.Get("Retry-After") == "" {
		t.Error("the name is lost, or nothing says when to come again")
	}
	status(t, w.Get("/sign-in"), 200)
}
