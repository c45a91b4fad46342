package govconsent

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

// house has one agreement and keeps consents in memory.
type house struct {
	list []contract.Consent
	now  kernel.Time
	more []Item // that the agreement came to name
}

func (h *house) Agreement(_ context.Context, id string) (Agreement, error) {
	if id != "basic-pension" {
		return Agreement{}, kernel.E(kernel.NotFound, "", nil)
	}
	return Agreement{ID: id, Version: "7", Title: kernel.Text{KO: "연금", EN: "Pension"}, Recipient: kernel.Text{KO: "구청", EN: "Office"},
		Items: append([]Item{{"name", "personal", kernel.Text{KO: "성명", EN: "Name"}}, {"disability", "sensitive", kernel.Text{KO: "장애", EN: "Disability"}}}, h.more...)}, nil
}

func (h *house) Agreements(ctx context.Context) ([]Agreement, error) {
	a, err := h.Agreement(ctx, "basic-pension")
	return []Agreement{a}, err
}

func (h *house) items() []string {
	out := []string{"name"}
	for _, i := range h.more {
		out = append(out, i.ID)
	}
	return out
}

func (h *house) Propose(_ context.Context, a authz.Actor, service, pack string) (contract.Consent, error) {
	return contract.Consent{ID: kernel.RandomID(), Account: a.Account, Person: a.Person, Service: service, Pack: pack, Items: h.items(), GivenAt: h.now, ExpiresAt: h.now + 1e12}, nil
}

func (h *house) Grant(ctx context.Context, a authz.Actor, service, pack string) (contract.Consent, error) {
	c, err := h.Propose(ctx, a, service, pack)
	h.list = append([]contract.Consent{c}, h.list...)
	return c, err
}

func (h *house) Consents(_ context.Context, a authz.Actor) ([]contract.Consent, error) {
	var out []contract.Consent
	for _, c := range h.list {
		if c.Person == a.Person {
			out = append(out, c)
		}
	}
	return out, nil
}

func (h *house) Withdraw(_ context.Context, a authz.Actor, id kernel.ID) (contract.Consent, error) {
	for i, c := range h.list {
		if c.ID == id && c.Person == a.Person {
			h.list[i].EndedAt, h.list[i].Ended = h.now, "withdrawn"
			return h.list[i], nil
		}
	}
	return contract.Consent{}, kernel.E(kernel.NotFound, "", nil)
}

func (h *house) Audited(_ context.Context, _ authz.Actor, id kernel.ID, _, limit int) ([]contract.Consent, error) {
	for _, c := range h.list {
		if c.ID == id {
			return []contract.Consent{c}, nil
		}
	}
	if id != "" {
		return nil, nil
	}
	return h.list[:min(limit, len(h.list))], nil
}

func (h *house) Now() kernel.Time { return h.now }

func newFace() (*Face, *house) {
	h := &house{now: 1_764_000_000_000_000}
	people := map[string]authz.Actor{"one": {Account: "account-1", Person: "p-1"}, "two": {Account: "account-2", Person: "p-2"},
		"auditor":         {Account: "account-3", Grants: []authz.Grant{{Role: authz.Auditor}}, Token: true, Scopes: []string{authz.ScopeAdmin}},
		"auditor at home": {Account: "account-3", Grants: []authz.Grant{{Role: authz.Auditor}}, Token: true, Scopes: []string{authz.ScopeApplications}}}
	return New(Deps{Agreements: h, Consents: h, Log: slog.New(slog.DiscardHandler), Policy: Policy{Name: "P", Version: "1", URL: "https://x.invalid/privacy", At: h.now},
		Authenticate: func(_ context.Context, token string) (authz.Actor, error) {
			if a, ok := people[token]; ok {
				return a, nil
			}
			if token == "too often" {
				return authz.Actor{}, kernel.E(kernel.Limited, "", nil)
			}
			return authz.Actor{}, kernel.E(kernel.Unauthorized, "", nil)
		}}), h
}

func call1(f *Face, token, method, path, body string) (int, object) {
	r := httptest.NewRequest(method, Prefix+path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	var out object
	if json.Unmarshal(w.Body.Bytes(), &out) != nil {
		out = nil
	}
	return w.Code, out
}

// required are the fields that the description's schemas require.
var required = map[string][]string{
	"policy": {"id", "name", "version", "url"}, "dataAgreement": {"id", "version", "purpose", "lawfulBasis", "dpia"},
	"individual": {"id"}, "consentRecord": {"id", "dataAgreementRevisionHash", "state"},
	"revision":  {"id", "schemaName", "objectId", "serializedSnapshot", "serializedHash", "timestamp"},
	"signature": {"id", "payload", "signature", "verificationMethod", "verificationPayload", "verificationPayloadHash", "verificationSignedBy", "timestamp"},
}

func has(t *testing.T, at string, out object, names ...string) {
	t.Helper()
	for _, name := range names {
		one, ok := out[name].(object)
		if !ok {
			t.Errorf("%s: no %s in %v", at, name, out)
			continue
		}
		for _, f := range required[name] {
			if one[f] == nil {
				t.Errorf("%s: %s has no %s", at, name, f)
			}
		}
	}
}

// TestEveryOperation: each of the 42, for who may call it.
func TestEveryOperation(t *testing.T) {
	f, h := newFace()
	given, _ := h.Grant(t.Context(), authz.Actor{Account: "account-1", Person: "p-1"}, "basic-pension", "7")
	code, draft := call1(f, "one", "POST", "/service/individual/record/consent-record/draft/?individualId=account-1&dataAgreementId=basic-pension", "")
	has(t, "draft", draft, "consentRecord", "signature")
	if code != 200 {
		t.Fatal(code, draft)
	}
	signed, err := json.Marshal(draft)
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprintf(`{"consentRecord":{"id":"%s","optIn":false}}`, given.ID)
	one := string(given.ID)
	n := 1 // the draft
	for _, o := range []struct {
		token, method, path, body string
		code                      int
		holds                     string // objects, or a list in []
	}{
		{"", "POST", "/config/policy/", `{}`, 400, ""},
		{"", "GET", "/config/policy/1/", "", 200, "policy revision"},
		{"", "PUT", "/config/policy/1/", `{}`, 400, ""},
		{"", "DELETE", "/config/policy/1/", "", 400, ""},
		{"", "GET", "/config/policy/1/revisions/", "", 200, "policy"},
		{"", "GET", "/config/policies/", "", 200, "[]policies"},
		{"", "GET", "/config/data-agreement/basic-pension/", "", 200, "dataAgreement revision"},
		{"", "PUT", "/config/data-agreement/basic-pension/", `{}`, 400, ""},
		{"", "DELETE", "/config/data-agreement/basic-pension/", "", 400, ""},
		{"", "POST", "/config/data-agreement/", `{}`, 400, ""},
		{"", "GET", "/config/data-agreements/", "", 200, "[]dataAgreement"},
		{"one", "POST", "/config/individual/", `{}`, 400, ""},
		{"one", "GET", "/config/individual/account-1/", "", 200, "individual"},
		{"one", "GET", "/config/individuals/", "", 200, "[]individuals"},
		{"one", "POST", "/config/webhook/", `{}`, 400, ""},
		{"one", "GET", "/config/webhook/1/", "", 400, ""},
		{"one", "PUT", "/config/webhook/1/", `{}`, 400, ""},
		{"one", "DELETE", "/config/webhook/1/", "", 400, ""},
		{"one", "GET", "/config/webhooks/", "", 200, "[]webhooks"},
		{"one", "POST", "/service/individual/", `{}`, 400, ""},
		{"one", "GET", "/service/individual/account-1/", "", 200, "individual"},
		{"one", "PUT", "/service/individual/account-1/", `{}`, 400, ""},
		{"one", "GET", "/service/individuals/", "", 200, "[]individuals"},
		{"", "GET", "/service/data-agreement/basic-pension/", "", 200, "dataAgreement"},
		{"", "GET", "/service/policy/1/", "", 200, "policy revision"},
		{"", "GET", "/service/verification/data-agreements/", "", 200, "[]dataAgreements"},
		{"one", "GET", "/service/verification/consent-records/", "", 200, "[]consentRecords"},
		{"one", "GET", "/service/verification/consent-record/" + one + "/", "", 200, "consentRecord revision"},
		{"one", "POST", "/service/individual/record/data-agreement/basic-pension/?individualId=account-1", "", 200, "consentRecord revision"},
		{"one", "GET", "/service/individual/record/data-agreement/basic-pension/", "", 200, "consentRecord"},
		{"one", "POST", "/service/individual/record/consent-record/", string(signed), 200, "consentRecord revision signature"},
		{"one", "GET", "/service/individual/record/consent-record/", "", 200, "[]consentRecords"},
		{"one", "PUT", "/service/individual/record/consent-record/" + one + "/", out, 200, "consentRecord revision"},
		{"one", "POST", "/service/individual/record/consent-record/" + one + "/signature/", `{}`, 400, ""},
		{"one", "PUT", "/service/individual/record/consent-record/" + one + "/signature/", `{}`, 400, ""},
		{"one", "GET", "/service/individual/record/data-agreement/basic-pension/all/", "", 200, "[]consentRecords"},
		{"auditor", "GET", "/audit/consent-records/", "", 200, "[]consentRecords"},
		{"auditor", "GET", "/audit/consent-record/" + one + "/", "", 200, "consentRecord"},
		{"auditor", "GET", "/audit/data-agreements/", "", 200, "[]dataAgreements"},
		{"auditor", "GET", "/audit/data-agreement/basic-pension/", "", 200, "dataAgreement"},
		{"one", "DELETE", "/service/individual/record/", "", 200, ""},
	} {
		n++
		at := o.method + " " + o.path
		code, got := call1(f, o.token, o.method, o.path, o.body)
		if code != o.code || got == nil {
			t.Errorf("%s: %d %v, want %d", at, code, got, o.code)
			continue
		}
		if list, ok := strings.CutPrefix(o.holds, "[]"); ok {
			if _, ok := got[list].([]any); !ok {
				t.Errorf("%s: no list %s in %v", at, list, got)
			}
		} else {
			has(t, at, got, strings.Fields(o.holds)...)
		}
		if o.token != "" { // and not for a stranger
			if code, _ := call1(f, "too often", o.method, o.path, o.body); code != http.StatusTooManyRequests {
				t.Errorf("%s %s too often: %d", o.method, o.path, code)
			}
			if code, _ := call1(f, "", o.method, o.path, o.body); code != http.StatusUnauthorized {
				t.Errorf("%s answers %d to a stranger", at, code)
			}
		}
	}
	if n != 42 {
		t.Errorf("%d operations, want 42", n)
	}
	for _, c := range h.list {
		if c.EndedAt.IsZero() {
			t.Errorf("%s still stands after all were taken back", c.ID)
		}
	}
}

// TestNobodyElsesRecords: another's id, another's draft and another's agreement
// hash bring nothing.
func TestNobodyElsesRecords(t *testing.T) {
	f, h := newFace()
	given, _ := h.Grant(t.Context(), authz.Actor{Account: "account-1", Person: "p-1"}, "basic-pension", "7")
	one := string(given.ID)
	for _, o := range []struct{ token, method, path, body string }{
		{"two", "GET", "/service/verification/consent-record/" + one + "/", ""},
		{"two", "PUT", "/service/individual/record/consent-record/" + one + "/", `{"consentRecord":{"optIn":false}}`},
		{"two", "GET", "/service/individual/account-1/", ""},
		{"two", "POST", "/service/individual/record/data-agreement/basic-pension/?individualId=account-1", ""},
		{"two", "POST", "/service/individual/record/consent-record/", `{"consentRecord":{"dataAgreement":{"id":"basic-pension"},"dataAgreementRevisionHash":"old","optIn":true},"signature":{}}`},
		{"two", "POST", "/service/individual/record/consent-record/", `{`},
		{"two", "GET", "/service/individual/record/consent-record/?limit=-1", ""},
		{"", "GET", "/config/data-agreement/invalid_id/", ""},
		{"", "GET", "/config/data-agreement/123!%40%23/", ""},
		{"", "GET", "/config/policy/2/", ""},
		{"", "GET", "/service/policy/1/?revisionId=x", ""},
	} {
		if code, out := call1(f, o.token, o.method, o.path, o.body); code != 400 || out["message"] == nil {
			t.Errorf("%s %s: %d %v", o.method, o.path, code, out)
		}
	}
	for _, who := range []string{"one", "auditor at home"} {
		for _, path := range []string{"/audit/consent-records/", "/audit/consent-record/" + one + "/", "/audit/data-agreements/", "/audit/data-agreement/basic-pension/"} {
			if code, _ := call1(f, who, "GET", path, ""); code != 403 {
				t.Errorf("%s gets %d of %s", who, code, path)
			}
		}
	}
	if len(h.list) != 1 || !h.list[0].EndedAt.IsZero() {
		t.Errorf("consents %+v", h.list)
	}
	if code, out := call1(f, "two", "GET", "/service/individual/record/consent-record", ""); code != 200 || len(out["consentRecords"].([]any)) != 0 {
		t.Errorf("without the slash at the end: %d %v", code, out)
	}
}

// TestWhatWasAgreedTo: a record holds what its person agreed to, whatever the
// agreement came to name since, and is given anew only by who saw that.
func TestWhatWasAgreedTo(t *testing.T) {
	f, h := newFace()
	given, _ := h.Grant(t.Context(), authz.Actor{Account: "account-1", Person: "p-1"}, "basic-pension", "7")
	path := "/service/individual/record/consent-record/" + string(given.ID) + "/"
	hash := func() (before, draft string) {
		t.Helper()
		_, got := call1(f, "one", "GET", "/service/verification/consent-record/"+string(given.ID)+"/", "")
		before, _ = got["revision"].(object)["serializedHash"].(string)
		_, got = call1(f, "one", "POST", "/service/individual/record/consent-record/draft/?individualId=account-1&dataAgreementId=basic-pension", "")
		draft, _ = got["consentRecord"].(object)["dataAgreementRevisionHash"].(string)
		return before, draft
	}
	before, draft := hash()
	if before == "" || before != draft {
		t.Fatalf("signed %q, the draft %q", before, draft)
	}
	if _, got := call1(f, "", "GET", "/service/data-agreement/basic-pension/", ""); strings.Contains(got["revision"].(object)["serializedSnapshot"].(string), "Disability") {
		t.Error("what asks for an act of its own is on offer")
	}
	h.more = []Item{{"income", "financial", kernel.Text{KO: "소득", EN: "Income"}}}
	after, draft := hash()
	if after != before || draft == before {
		t.Errorf("it was %q and is %q, the draft %q", before, after, draft)
	}
	if code, _ := call1(f, "one", "PUT", path, `{"consentRecord":{"optIn":false}}`); code != 200 {
		t.Fatal(code)
	}
	for body, want := range map[string]int{`"optIn":true`: 400, `"optIn":true,"dataAgreementRevisionHash":"` + before + `"`: 400,
		`"optIn":true,"individual":{"id":"account-2"},"dataAgreementRevisionHash":"` + draft + `"`: 400} {
		if code, out := call1(f, "one", "PUT", path, `{"consentRecord":{`+body+`}}`); code != want || len(h.list) != 1 {
			t.Errorf("%s: %d %v", body, code, out)
		}
	}
	if code, out := call1(f, "one", "PUT", path, `{"consentRecord":{"optIn":true,"dataAgreementRevisionHash":"`+draft+`"}}`); code != 200 || len(h.list) != 2 {
		t.Errorf("given anew: %d %v", code, out)
	}
}

// TestHostile: a body that is too large, broken or more than one, a scheme in
// other letters, and a refusal by the server before the interface is reached.
func TestHostile(t *testing.T) {
	f, _ := newFace()
	const path = "/service/individual/record/consent-record/"
	for what, c := range map[string]struct {
		body string
		want int
	}{"too large": {`{"consentRecord":{"x":"` + strings.Repeat("x", 1<<20) + `"}}`, 413}, "broken text": {"{\"consentRecord\":{\"x\":\"\xff\"}}", 400}, "two": {`{"consentRecord":{}}{}`, 400}, "no record": {`{}`, 400}} {
		if code, out := call1(f, "one", "POST", path, c.body); code != c.want || out["message"] == nil {
			t.Errorf("%s: %d %v", what, code, out)
		}
	}
	r := httptest.NewRequest("GET", Prefix+"/service/individuals/", nil)
	r.Header.Set("Authorization", "bearer one")
	w := httptest.NewRecorder()
	if f.ServeHTTP(w, r); w.Code != 200 {
		t.Errorf("bearer: %d %s", w.Code, w.Body)
	}
	w = httptest.NewRecorder()
	web.Refuser(f).Refuse(w, r, kernel.E(kernel.Limited, "", nil).With("seconds", 1))
	if w.Code != 429 || w.Header().Get("Retry-After") != "1" || strings.TrimSpace(w.Body.String()) != `{"message":"limited","status":429}` {
		t.Errorf("refused: %d %v %s", w.Code, w.Header(), w.Body)
	}
}
