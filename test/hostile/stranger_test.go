package hostile

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestStranger asks for what belongs to somebody else: it is as absent as what
// does not exist.
func TestStranger(t *testing.T) {
	owner, stranger := somebody(t, "p-00311"), somebody(t, "p-00312")
	mine := owner.apply("mine")
	id := mine.ID
	unchanged(t, owner, func() {
		unchanged(t, stranger, func() {
			absent := "/applications/" + strings.Repeat("0", len(id))
			missing := stranger.api(http.MethodGet, absent, "")
			other := stranger.api(http.MethodGet, "/applications/"+id, "")
			other.problem(http.StatusNotFound, "")
			if clean(missing.body) != clean(other.body) {
				t.Errorf("a stranger's and no application differ:\n%s\n%s", missing.body, other.body)
			}
			for _, act := range []struct{ path, body string }{
				{"/withdraw", ""}, {"/answers", `{"message":"x"}`}, {"/objection", `{"reason":"x"}`}, {"/payment", ""},
			} {
				stranger.api(http.MethodPost, "/applications/"+id+act.path, act.body, "Idempotency-Key", "stranger "+act.path).problem(http.StatusNotFound, "")
			}
			for _, page := range []string{"", "/check", "/done", "/questions/subject", "/withdraw", "/correct", "/object"} {
				stranger.page("/applications/" + id + page).refusal(http.StatusNotFound)
				stranger.page("/en/applications/" + id + page).refusal(http.StatusNotFound)
			}
			stranger.form("/applications/"+id+"/withdraw", url.Values{"key": {"k"}}).refusal(http.StatusNotFound)
			stranger.api(http.MethodGet, "/desk/cases", "").problem(http.StatusForbidden, "")
			stranger.api(http.MethodGet, "/desk/cases/"+id, "").problem(http.StatusForbidden, "")
			stranger.api(http.MethodPost, "/desk/cases/"+id+"/decision", `{"decision":"replied","reason":"x"}`).problem(http.StatusForbidden, "")
		})
	})
	visitor := anybody(t, trial.URL)
	visitor.api(http.MethodGet, "/applications/"+id, "").problem(http.StatusUnauthorized, "")
	if a := visitor.page("/applications/" + id).is(http.StatusSeeOther); !strings.HasPrefix(a.header.Get("Location"), "/sign-in") {
		t.Errorf("a visitor is sent to %q", a.header.Get("Location"))
	}
}

// TestOthersByID tries another person's consent, data, log entry, mandate,
// token and session by their ids: the answer is that to an id that is none.
func TestOthersByID(t *testing.T) {
	owner, stranger := somebody(t, "p-00314"), somebody(t, "p-00315")
	made := func(path, body string) string {
		var out struct{ ID string }
		owner.api(http.MethodPost, path, body, "Idempotency-Key", "others "+path).read(&out)
		if out.ID == "" {
			t.Fatalf("%s made nothing", path)
		}
		return out.ID
	}
	var log struct{ Entries []struct{ ID string } }
	var data struct {
		Bundles []struct{ ID, Version string }
	}
	owner.api(http.MethodGet, "/bundles", "").read(&data)
	demand := made("/demands", fmt.Sprintf(`{"bundle":%q,"version":%q}`, data.Bundles[0].ID, data.Bundles[0].Version))
	consent := made("/consents", `{"service":"moving-in-report"}`)
	token := made("/tokens", `{"name":"x","scopes":["applications"]}`)
	mandate := made("/mandates", `{"theme":"follow","name":"x","birth":"1990-01-01","last":"`+time.Now().AddDate(0, 0, 5).Format(time.DateOnly)+`"}`)
	owner.api(http.MethodGet, "/access-log", "").read(&log)
	elsewhere := somebody(t, "p-00314")
	session := regexp.MustCompile(`/account/sessions/([0-9a-f-]{36})/end`).FindStringSubmatch(owner.page("/account").body)
	if session == nil {
		t.Fatal("no session on the account page")
	}
	acts := []struct{ method, path, id string }{
		{"POST", "/consents/%s/withdraw", consent},
		{"GET", "/demands/%s", demand},
		{"POST", "/demands/%s/withdraw", demand},
		{"DELETE", "/tokens/%s", token},
		{"GET", "/access-log/%s/receipt", log.Entries[0].ID},
		{"POST", "/mandates/%s/end", mandate},
	}
	for _, a := range acts {
		none := stranger.api(a.method, fmt.Sprintf(a.path, "39091aa0-56d3-461c-9038-4da3c41cfa91"), "")
		other := stranger.api(a.method, fmt.Sprintf(a.path, a.id), "")
		other.problem(http.StatusNotFound, "")
		if clean(none.body) != clean(other.body) {
			t.Errorf("another's and none differ:\n%s\n%s", none.body, other.body)
		}
	}
	stranger.form("/account/sessions/"+session[1]+"/end", nil).refusal(http.StatusNotFound)
	elsewhere.page("/account").is(http.StatusOK) // goes on
}

// clean takes out what names the one request.
func clean(problem string) string {
	head, _, _ := strings.Cut(problem, `"id":`)
	return head
}

// TestOtherAgency has an official of another agency, and one without reasons,
// at the desk.
func TestOtherAgency(t *testing.T) {
	owner := somebody(t, "p-00313")
	id := owner.apply("case").ID
	outside, inside := somebody(t, "official-nps"), somebody(t, "official-acrc")
	unchanged(t, owner, func() {
		for _, act := range []struct{ path, body string }{
			{"/assign", ""}, {"/correction", `{"message":"x"}`}, {"/transfer", `{"agency":"nps","reason":"x"}`},
			{"/decision", `{"decision":"replied","reason":"x"}`}, {"/confirmation", `{"agree":true}`},
		} {
			outside.api(http.MethodPost, "/desk/cases/"+id+act.path, act.body, "Idempotency-Key", "outside"+act.path).problem(http.StatusNotFound, "")
		}
		outside.api(http.MethodGet, "/desk/cases/"+id, "").problem(http.StatusNotFound, "")
		outside.api(http.MethodGet, "/desk/cases?agency=acrc", "").problem(http.StatusForbidden, "")
		outside.page("/desk/cases/" + id).refusal(http.StatusNotFound)

		for name, c := range map[string]struct {
			path, body, field string
			status            int
		}{
			"no reason":          {"/decision", `{"decision":"replied"}`, "reason", 422},
			"an empty reason":    {"/decision", `{"decision":"replied","reason":" \n "}`, "reason", 422},
			"no decision":        {"/decision", `{"reason":"x"}`, "decision", 422},
			"a foreign decision": {"/decision", `{"decision":"granted","reason":"x"}`, "decision", 422},
			"a long reason":      {"/decision", `{"decision":"replied","reason":"` + strings.Repeat("x", 20_001) + `"}`, "reason", 422},
			"no message":         {"/correction", `{}`, "message", 422},
			"an unknown agency":  {"/transfer", `{"agency":"moon","reason":"x"}`, "agency", 422},
			"transfer for none":  {"/transfer", `{"agency":"nps"}`, "reason", 422},
			"nothing to confirm": {"/confirmation", `{"agree":true}`, "", 409},
		} {
			t.Run(name, func(t *testing.T) {
				inside.t = t
				inside.api(http.MethodPost, "/desk/cases/"+id+c.path, c.body, "Idempotency-Key", "inside "+name).problem(c.status, c.field)
			})
		}
		inside.t = t
		var found struct{ Cases []receipt }
		outside.api(http.MethodGet, "/desk/cases?q="+url.QueryEscape("가로등이"), "").is(http.StatusOK).read(&found)
		if len(found.Cases) != 0 {
			t.Errorf("another agency's search finds %+v", found.Cases)
		}
	})
}
