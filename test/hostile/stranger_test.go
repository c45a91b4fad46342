package hostile

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
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
