package api_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/internal/api"
	"maru/domain/casework/internal/casetest"
	papi "maru/platform/api"
	"maru/platform/api/apitest"
	"maru/platform/authz"
	"maru/platform/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// client speaks to casework's operations as one person.
type client struct {
	t      *testing.T
	w      *casetest.World
	caller *apitest.Caller
	who    authz.Actor
}

func newClient(t *testing.T, w *casetest.World) *client {
	c := &client{t: t, w: w}
	c.caller = apitest.New(t, func(a *papi.API) { api.Register(a, w.Service) }, func(string) (authz.Actor, error) { return c.who, nil }, casework.Messages)
	return c
}

// do sends a request and gives the answer's JSON, held to a status.
func (c *client) do(who authz.Actor, method, path, key, body string, status int) map[string]any {
	c.t.Helper()
	c.who = who
	caller := c.caller.Under(key)
	if who.SignedIn() {
		caller = caller.As("t")
	}
	if strings.HasPrefix(path, "/files") || strings.Contains(path, "/photos") {
		caller = caller.Sending("application/octet-stream")
	}
	code, out := caller.Call(method, path, body)
	if code != status {
		c.t.Errorf("%s %s: %d, want %d: %v", method, path, code, status, out)
	}
	return out
}

// fields are the names of what is wrong.
func fields(problem map[string]any) string {
	var out []string
	list, _ := problem["errors"].([]any)
	for _, e := range list {
		m, _ := e.(map[string]any)
		out = append(out, fmt.Sprint(m["field"]))
	}
	return strings.Join(out, " ")
}

const petition = `{"service":"petition","answers":{"subject":"가로등","content":"꺼졌어요","body":"north"}}`

// TestMainJob goes the whole way over the API.
func TestMainJob(t *testing.T) {
	w := casetest.SQLite(t)
	c := newClient(t, w)
	hana, kim, lee := w.Resident("person-1"), w.Official("kim", "north"), w.Official("lee", "south")

	if got := c.do(hana, "POST", "/applications", "k", `{"service":"petition","answers":{"subject":"","shoe":1}}`, 422); fields(got) != "shoe subject content body" {
		t.Errorf("wrong fields %q", fields(got))
	}
	c.do(hana, "POST", "/applications", "", petition, 422)
	made := c.do(hana, "POST", "/applications", "k", petition, 201)
	id, number := made["id"].(string), made["number"].(string)
	if made["status"] != "submitted" || number == "" || made["due"] == nil || made["agency"] != "north" {
		t.Errorf("made %v", made)
	}
	if again := c.do(hana, "POST", "/applications", "k", petition, 201); again["id"] != id {
		t.Errorf("again %v", again)
	}
	c.do(hana, "POST", "/applications", "k", strings.Replace(petition, "꺼졌어요", "켜졌어요", 1), 409)
	if list := c.do(hana, "GET", "/applications?limit=1", "", "", 200); len(list["applications"].([]any)) != 1 || list["next"] == nil {
		t.Errorf("list %v", list)
	}
	c.do(hana, "GET", "/applications?cursor=-", "", "", 422)
	c.do(w.Resident("person-3"), "GET", "/applications/"+id, "", "", 404)
	c.do(hana, "GET", "/applications/nonsense", "", "", 404)

	for _, q := range []string{"", "?q=" + number, "?status=submitted&limit=5"} {
		if got := c.do(kim, "GET", "/desk/cases"+q, "", "", 200); len(got["cases"].([]any)) != 1 {
			t.Errorf("desk %s: %v", q, got)
		}
		if got := c.do(lee, "GET", "/desk/cases"+q, "", "", 200); len(got["cases"].([]any)) != 0 {
			t.Errorf("the other desk %s: %v", q, got)
		}
	}
	c.do(hana, "GET", "/desk/cases", "", "", 403)
	desk := "/desk/cases/" + id
	c.do(lee, "GET", desk, "", "", 404)
	if got := c.do(kim, "GET", desk, "", "", 200); got["answers"].(map[string]any)["subject"] != "가로등" {
		t.Errorf("case %v", got)
	}
	if got := c.do(kim, "POST", desk+"/assign", "a", "", 200); got["assignee"] != string(kim.Account) {
		t.Errorf("assigned %v", got)
	}
	c.do(kim, "POST", desk+"/correction", "c", `{}`, 422)
	c.do(kim, "POST", desk+"/correction", "c", `{"message":"어디예요?"}`, 200)
	c.do(hana, "POST", "/applications/"+id+"/answers", "m", `{"message":"집 앞이에요","answers":{"subject":"집 앞 가로등"}}`, 200)
	c.do(kim, "POST", desk+"/transfer", "t", `{"agency":"south","reason":"남구예요"}`, 200)
	c.do(kim, "POST", desk+"/transfer", "t", `{"agency":"south","reason":"남구예요"}`, 200)
	c.do(kim, "POST", desk+"/decision", "d", `{"decision":"replied","reason":"했어요"}`, 404)
	if got := c.do(lee, "POST", desk+"/decision", "d", `{"decision":"replied"}`, 422); fields(got) != "reason" {
		t.Errorf("without a reason: %v", got)
	}
	decided := c.do(lee, "POST", desk+"/decision", "d", `{"decision":"replied","reason":"고쳤어요"}`, 200)
	if decided["status"] != "decided" || decided["document"] == "" {
		t.Errorf("decided %v", decided)
	}
	if again := c.do(lee, "POST", desk+"/decision", "d", `{"decision":"replied","reason":"고쳤어요"}`, 200); again["document"] != decided["document"] {
		t.Errorf("again %v", again)
	}
	got := c.do(hana, "GET", "/applications/"+id, "", "", 200)
	if got["decision"] != "replied" || len(got["timeline"].([]any)) != 6 {
		t.Errorf("application %v", got)
	}
	c.do(hana, "POST", "/applications/"+id+"/withdraw", "w", "", 409)
	c.do(hana, "POST", "/applications/"+id+"/objection", "o", `{"reason":"아니에요"}`, 409)
	checked := c.do(authz.Actor{}, "GET", "/documents/"+decided["document"].(string), "", "", 200)
	if checked["valid"] != true || checked["sha256"] == "" {
		t.Errorf("checked %v", checked)
	}
	c.do(authz.Actor{}, "GET", "/documents/D26", "", "", 422)
}

// TestSignaturesAndFiles: a party is named, asked and confirms; a file comes
// before its application; a fee and a second official after it.
func TestSignaturesAndFiles(t *testing.T) {
	w := casetest.SQLite(t)
	c := newClient(t, w)
	hana, head := w.Resident("person-1"), w.Resident("person-3")
	c.do(hana, "GET", "/applications/prefill?service=move", "", "", 403)
	w.Registers.Agree("person-1", "move")
	if got := c.do(hana, "GET", "/applications/prefill?service=move", "", "", 200); got["answers"].(map[string]any)["phone"] != "010-1111-1111" {
		t.Errorf("prefill %v", got)
	}
	made := c.do(hana, "POST", "/applications", "k", `{"service":"move","parties":{"head":"person-3"},"answers":{"moved_on":"2026-03-01","new_region":"11110",
		"new_address":"새로 7","movers":["person-1"],"previous_address":"가나로 1","joins":true,"phone":"010-1111-1111"}}`, 201)
	if made["status"] != "awaiting_signatures" {
		t.Fatalf("made %v", made)
	}
	asked := c.do(head, "GET", "/signatures", "", "", 200)["signatures"].([]any)
	if len(asked) != 1 {
		t.Fatalf("asked %v", asked)
	}
	sign := "/signatures/" + asked[0].(map[string]any)["id"].(string)
	c.do(hana, "POST", sign, "", `{"agree":true}`, 404)
	if got := c.do(head, "POST", sign, "", `{"agree":true}`, 200); got["status"] != "signed" {
		t.Errorf("signed %v", got)
	}
	if got := c.do(hana, "GET", "/applications/"+made["id"].(string), "", "", 200); got["status"] != "submitted" {
		t.Errorf("after the signature %v", got)
	}

	w.Clock.Advance(time.Minute)
	file := c.do(hana, "POST", "/files?name=lease.pdf", "", "%PDF-1.7\n%%EOF", 201)["id"].(string)
	c.do(hana, "POST", "/files?name=lease.pdf", "", "MZ no document", 422)
	grant := c.do(hana, "POST", "/applications", "g", fmt.Sprintf(`{"service":"grant","answers":{"income":"1000","kind":"heat","starts_on":"2026-05-01","lease":[%q]}}`, file), 201)
	if grant["status"] != "awaiting_payment" {
		t.Fatalf("grant %v", grant)
	}
	id := grant["id"].(string)
	if got := c.do(hana, "POST", "/applications/"+id+"/payment", "", "", 200); got["status"] != "submitted" {
		t.Errorf("paid %v", got)
	}
	kim, lee := w.Official("kim", "interior"), w.Official("lee", "interior")
	c.do(kim, "POST", "/desk/cases/"+id+"/decision", "", `{"decision":"refused","reason":"안 돼요"}`, 200)
	c.do(kim, "POST", "/desk/cases/"+id+"/confirmation", "", `{"agree":true}`, 403)
	got := c.do(lee, "POST", "/desk/cases/"+id+"/confirmation", "", `{"agree":true}`, 200)
	if got["decision"] != "refused" || got["object_until"] == nil {
		t.Errorf("refused %v", got)
	}
	if got := c.do(hana, "POST", "/applications/"+id+"/objection", "o", `{"reason":"돼요"}`, 201); got["status"] != "objection" {
		t.Errorf("objected %v", got)
	}
}
