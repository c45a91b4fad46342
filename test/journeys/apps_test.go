package journeys

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"maru/kernel"
)

// TestApps: two operators register an app; somebody says no to it, then yes, is
// not asked again, sees it among their connected apps and ends it; the app gets
// a token for a code, and none for a code of a connection that has ended.
func TestApps(t *testing.T) {
	t.Parallel()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><html lang=en><title>App</title><link rel=icon href='data:,'><h1>App</h1>"))
	}))
	t.Cleanup(app.Close)
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			first, second := visit(t, in(l), withoutScript), visit(t, in(l), withoutScript)
			for v, name := range map[*visitor]string{first: "operator1", second: "operator2"} {
				v.open("/admin/clients")
				v.press(v.T("identity.sign_in.demo_go"))
				v.press(v.T("identity.demo.name." + name))
			}
			name := map[kernel.Lang]string{kernel.KO: "나눔 길잡이", kernel.EN: "Sharing guide"}[l]
			ask := func() {
				first.open("/admin/clients")
				first.pressFor(422, first.T("authority.client.request_go"))
				first.snap("apps-register")
				for field, text := range map[string]string{"name_ko": name, "name_en": name, "purpose_ko": "신청할 것을 때맞춰 알려 줘요.", "purpose_en": "It reminds you of what to apply for.",
					"redirect_uris": app.URL + "/cb", "logout_uris": app.URL + "/bye", "reason": "시험으로 연결해요"} {
					first.write(field, text)
				}
				first.choose("kind", "device")
				for _, scope := range []string{"openid", "profile", "applications", "offline_access"} {
					first.choose("scopes", scope)
				}
				first.choose("loose", "yes")
				first.press(first.T("authority.client.request_go"))
				first.reads(first.T("authority.client.asked"), first.T("authority.client.other_approves"))
			}
			ask()
			first.press(first.T("authority.client.decline"))
			first.reads(first.T("authority.client.declined"))
			ask()
			second.open("/admin/clients")
			second.press(second.T("authority.client.approve"))
			second.reads(second.T("authority.client.approved"))
			second.snap("apps-registered")
			id := second.value(second.T("authority.client.id"))

			verifier := strings.Repeat("v", 43)
			challenge := sha256.Sum256([]byte(verifier))
			request := url.Values{"client_id": {id}, "response_type": {"code"}, "redirect_uri": {app.URL + "/cb"}, "scope": {"openid profile applications offline_access"},
				"state": {"s"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"}}
			path := "/openid/authorize?" + request.Encode()
			v := visit(t, in(l), withoutScript)
			v.open(path) // which leads through signing in
			v.press(v.T("identity.sign_in.demo_go"))
			v.signInAs("farmer")
			v.reads(v.T("authority.consent.title", "app", name), v.T("authority.scope_text.applications"))
			v.snap("apps-consent")
			if q := v.leaves(app.URL, v.T("authority.consent.no")); q.Get("error") != "access_denied" || q.Get("state") != "s" {
				t.Errorf("no led to %v", q)
			}
			v.open(path)
			code := v.leaves(app.URL, v.T("authority.consent.yes")).Get("code")
			if code == "" {
				t.Fatal("yes led to no code")
			}
			token := func(code string) int {
				res, err := http.PostForm(town.trial.URL+"/openid/token", url.Values{"grant_type": {"authorization_code"}, "client_id": {id}, "code": {code},
					"redirect_uri": {app.URL + "/cb"}, "code_verifier": {verifier}})
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				var answer struct {
					Access string `json:"access_token"`
				}
				if res.StatusCode != 200 {
					return res.StatusCode
				}
				if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
					t.Fatal(err)
				}
				r, err := http.NewRequest("GET", town.trial.URL+"/api/v1/applications", nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Authorization", "Bearer "+answer.Access)
				got, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				got.Body.Close()
				return got.StatusCode
			}
			if got := token(code); got != 200 {
				t.Errorf("the app's call: %d", got)
			}

			// Posted, and with a wish to be asked again.
			v.open("/account/apps")
			v.reads(name, v.T("authority.scope.applications"))
			v.snap("apps-connected")
			fields := map[string]string{"prompt": "consent"}
			for k, x := range request {
				fields[k] = x[0]
			}
			all, err := json.Marshal(fields)
			if err != nil {
				t.Fatal(err)
			}
			eval[bool](v, `(() => { const f = document.createElement("form"); f.method = "post"; f.action = `+quote(v.path("/openid/authorize"))+`;
for (const [k, x] of Object.entries(`+string(all)+`)) { const i = document.createElement("input"); i.type = "hidden"; i.name = k; i.value = x; f.append(i); }
const b = document.createElement("button"); b.textContent = "post"; f.append(b); document.querySelector("main").append(f); return true; })()`)
			v.press("post")
			v.reads(v.T("authority.consent.go_on", "app", name))
			v.snap("apps-continue")
			late := v.leaves(app.URL, v.T("authority.consent.continue")).Get("code")

			v.open("/account")
			v.press(v.T("identity.account.apps"))
			v.press(v.T("authority.apps.disconnect"))
			v.reads(v.T("authority.apps.disconnected"), v.T("authority.apps.none"))
			if got := token(late); got != 400 {
				t.Errorf("a code of a connection that has ended: %d", got)
			}

			v.openFor(400, "/openid/authorize?client_id=nobody")
			v.snap("apps-wrong")
			v.open("/openid/sign-out?" + url.Values{"client_id": {id}, "post_logout_redirect_uri": {app.URL + "/bye"}}.Encode())
			v.reads(v.T("authority.leave.asked", "app", name))
			v.snap("apps-leave")
			v.leaves(app.URL, v.T("authority.leave.yes"))
			v.open("/account")
			v.reads(v.T("identity.sign_in.demo_go"))

			second.open("/admin/clients")
			second.press(second.T("authority.client.end"))
			second.reads(second.T("authority.client.ended"))
		})
	}
}

// leaves presses a button that leads to another site of ours, and returns what
// was handed over there.
func (v *visitor) leaves(to, text string) url.Values {
	v.t.Helper()
	x, y := v.aim(pass("press", text))
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	resp, err := chromedp.RunResponse(ctx, chromedp.MouseClickXY(x, y))
	v.must(err)
	v.mu.Lock()
	v.hears = slices.DeleteFunc(v.hears, func(s string) bool { return strings.HasPrefix(s, "asks another site: "+to+"/") })
	v.mu.Unlock()
	u, err := url.Parse(resp.URL)
	v.must(err)
	if !strings.HasPrefix(resp.URL, to+"/") || resp.Status != 200 {
		v.t.Fatalf("%q led to %s (%d)", text, resp.URL, resp.Status)
	}
	return u.Query()
}
