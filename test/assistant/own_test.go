package assistant

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"maru/platform/api/apitest"
)

// program is an assistant that two operators registered, and a browser.
type program struct {
	t       *testing.T
	id      string
	browser http.Client
}

const away = "https://assistant.example/cb"

// api calls the JSON API of the try-out.
func api(t *testing.T, token, method, path string, in any) map[string]any {
	t.Helper()
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			t.Fatal(err)
		}
	}
	return apitest.Over(t, trial.URL).As(token).Done(method, path, string(body))
}

// residents are the ids of two people of the try-out.
func residents(t *testing.T) (one, other string) {
	t.Helper()
	people, _ := api(t, "", http.MethodGet, "/demo/people", nil)["people"].([]any)
	for _, x := range people {
		p, _ := x.(map[string]any)
		if id, _ := p["id"].(string); p["role"] == "resident" {
			if one != "" {
				return one, id
			}
			one = id
		}
	}
	t.Fatal("there are no two residents")
	return "", ""
}

// signIn gives an API token of somebody of the try-out.
func signIn(t *testing.T, person string) string {
	t.Helper()
	token, _ := api(t, "", http.MethodPost, "/demo/sign-in", map[string]any{"person": person})["token"].(string)
	return token
}

func register(t *testing.T) *program {
	t.Helper()
	p := &program{t: t}
	p.id, _ = api(t, signIn(t, "operator-1"), http.MethodPost, "/openid/clients", map[string]any{
		"name": map[string]string{"ko": "나눔 비서", "en": "Sharing assistant"}, "purpose": map[string]string{"ko": "신청을 도와요.", "en": "Helps you apply."},
		"public": true, "loose": true, "redirect_uris": []string{away}, "reason": "test",
		"scopes": []string{"applications", "assistant.status", "assistant.benefits", "assistant.forms"}})["id"].(string)
	api(t, signIn(t, "operator-2"), http.MethodPost, "/openid/clients/"+p.id+"/approve", nil)
	return p
}

// opens a browser that knows nobody.
func (p *program) opens() {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	p.browser = http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// follow opens an address in the browser, or posts a form, until it leaves for
// the assistant or shows a page.
func (p *program) follow(address string, form url.Values) (at *url.URL, page string) {
	p.t.Helper()
	for range 10 {
		var res *http.Response
		var err error
		if form != nil {
			res, err = p.browser.PostForm(address, form)
		} else {
			res, err = p.browser.Get(address)
		}
		if err != nil {
			p.t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			p.t.Fatal(err)
		}
		to, err := res.Location()
		if err != nil {
			return res.Request.URL, string(b)
		}
		if address, form = to.String(), nil; strings.HasPrefix(address, away) {
			return to, ""
		}
	}
	p.t.Fatal("too many redirects")
	return nil, ""
}

var sealed = regexp.MustCompile(`name="seal" value="([^"]+)"`)

// connect signs somebody in, has them agree, and gives the access token.
func (p *program) connect(person, scope, resource string) string {
	p.t.Helper()
	p.opens()
	verifier := strings.Repeat("v", 43)
	challenge := sha256.Sum256([]byte(verifier))
	query := url.Values{"client_id": {p.id}, "response_type": {"code"}, "redirect_uri": {away}, "scope": {scope}, "state": {"s"}, "resource": {resource},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"}}
	at, _ := p.follow(trial.URL+"/openid/authorize?"+query.Encode(), nil)
	at, page := p.follow(trial.URL+"/demo/sign-in", url.Values{"person": {person}, "next": {at.Query().Get("next")}})
	m := sealed.FindStringSubmatch(page)
	if m == nil {
		p.t.Fatalf("%s is no consent page: %.2000s", at, page)
	}
	at, _ = p.follow(at.String(), url.Values{"seal": {m[1]}, "answer": {"yes"}})
	res, err := http.PostForm(trial.URL+"/openid/token", url.Values{"grant_type": {"authorization_code"}, "client_id": {p.id}, "code": {at.Query().Get("code")},
		"redirect_uri": {away}, "code_verifier": {verifier}, "resource": {resource}})
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	var out struct {
		Access string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || out.Access == "" {
		p.t.Fatalf("no token: %d %v", res.StatusCode, err)
	}
	return out.Access
}

// tool calls a tool as an assistant without sessions does, with a token if it is
// not "".
func tool(t *testing.T, token, name string, arguments map[string]any) (status int, challenge string, r result) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": map[string]any{"name": name, "arguments": arguments}})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, trial.URL+"/mcp", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set("Mcp-Protocol-Version", "2025-11-25")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, data, _ := strings.Cut(string(b), "data: ")
	var out struct {
		Result struct {
			IsError bool
			Content []struct{ Text string }
			Data    map[string]any `json:"structuredContent"`
		}
	}
	if res.StatusCode == http.StatusOK {
		if err := json.Unmarshal([]byte(data), &out); err != nil {
			t.Fatalf("%s: %s", err, b)
		}
	}
	r = result{t: t, err: out.Result.IsError, data: out.Result.Data}
	for _, c := range out.Result.Content {
		r.text += c.Text
	}
	return res.StatusCode, res.Header.Get("WWW-Authenticate"), r
}

// bearer is a transport that carries a token.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// TestOwn: an assistant finds out where to ask, the person agrees, and three tools
// answer about that person, each with its own scope; a token for something else
// opens nothing.
func TestOwn(t *testing.T) {
	t.Parallel()
	mine := map[string]any{"mine": true, "lang": "en"}
	status, challenge, _ := tool(t, "", "get_status", mine)
	const metadata = "/.well-known/oauth-protected-resource/mcp"
	if status != http.StatusUnauthorized || challenge != fmt.Sprintf(`Bearer resource_metadata="%s%s", scope="assistant.status"`, trial.URL, metadata) {
		t.Fatalf("%d %q", status, challenge)
	}
	res, err := http.Get(trial.URL + metadata)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var described struct {
		Resource string
		Servers  []string `json:"authorization_servers"`
	}
	if err := json.NewDecoder(res.Body).Decode(&described); err != nil || described.Resource != trial.URL+"/mcp" || len(described.Servers) != 1 {
		t.Fatalf("%+v %v", described, err)
	}

	p := register(t)
	who, stranger := residents(t)
	token := p.connect(who, "applications assistant.status assistant.benefits assistant.forms", described.Resource)
	own := signIn(t, who)
	status, _, r := tool(t, token, "get_status", mine)
	if status != 200 || r.good().data["applications"] != nil || r.data["sign_in_needed"] != false {
		t.Fatalf("%d %+v", status, r)
	}

	_, _, r = tool(t, token, "check_eligibility", mine)
	r.refused(trial.URL + "/en/benefits/mine")
	api(t, own, http.MethodPost, "/consents", map[string]any{"service": "benefits"})
	_, _, r = tool(t, token, "check_eligibility", mine)
	if len(r.good().ids("verdicts")) == 0 || strings.Contains(fmt.Sprint(r.data), "reasons:[") {
		t.Errorf("%s", r.text)
	}
	_, _, r = tool(t, token, "check_eligibility", map[string]any{"mine": true, "lang": "en", "members": []any{map[string]any{}}})
	r.refused("leave out")

	_, _, r = tool(t, token, "start_application", map[string]any{"id": "general-petition", "mine": true, "lang": "en", "facts": map[string]any{"subject": "A broken swing"}})
	link, _ := r.good().data["url"].(string)
	if at, page := p.follow(link, nil); !strings.Contains(page, "“Sharing assistant”, an app that you connected") || !strings.Contains(page, "A broken swing") {
		t.Errorf("%s shows %s", at, page)
	}
	elsewhere := &program{t: t}
	elsewhere.opens()
	if at, page := elsewhere.follow(trial.URL+"/demo/sign-in", url.Values{"person": {stranger}, "next": {strings.TrimPrefix(link, trial.URL)}}); strings.Contains(page, "A broken swing") {
		t.Errorf("a stranger sees the link at %s", at)
	}

	at, _ := p.follow(link, url.Values{"x": {""}}) // they confirm
	_, _, r = tool(t, token, "get_status", mine)
	list, _ := r.good().data["applications"].([]any)
	if len(list) != 1 {
		t.Fatalf("%+v", r)
	}
	if a := list[0].(map[string]any); a["state"] != "draft" || a["your_turn"] != true || a["service"] != "general-petition" || a["url"] != at.String() {
		t.Errorf("%v of %s", a, at)
	}

	// The SDK's own client, in the newest revision.
	session := connect(t, nil, &sdk.StreamableClientTransport{Endpoint: trial.URL + "/mcp", MaxRetries: -1, HTTPClient: &http.Client{Transport: bearer(token)}})
	if r := call(t, session, "get_status", mine).good(); r.data["sign_in_needed"] != false {
		t.Errorf("by the SDK: %+v", r)
	}

	// Without mine the token says nothing of anybody.
	if status, _, r := tool(t, token, "get_status", map[string]any{}); status != 200 || r.data["applications"] != nil || r.data["sign_in_needed"] != true {
		t.Errorf("%d %+v", status, r)
	}
	less := p.connect(who, "assistant.forms", described.Resource)
	if status, challenge, _ := tool(t, less, "get_status", mine); status != http.StatusForbidden || !strings.Contains(challenge, `error="insufficient_scope", scope="assistant.status"`) {
		t.Errorf("%d %q", status, challenge)
	}
	for name, bad := range map[string]string{"for the API": p.connect(who, "applications", trial.URL+"/api/v1"), "of the person": own, "none": "maruat_x"} {
		for _, arguments := range []map[string]any{mine, {}} {
			if status, challenge, _ := tool(t, bad, "get_status", arguments); status != http.StatusUnauthorized || !strings.Contains(challenge, `error="invalid_token"`) {
				t.Errorf("%s: %d %q", name, status, challenge)
			}
		}
	}
	r2, err := http.NewRequestWithContext(t.Context(), http.MethodGet, trial.URL+"/api/v1/applications", nil)
	if err != nil {
		t.Fatal(err)
	}
	r2.Header.Set("Authorization", "Bearer "+token)
	if res, err := http.DefaultClient.Do(r2); err != nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a token for the tools at the API: %v %v", res.StatusCode, err)
	}
	// The person disconnects it: nothing is told any more. (p's browser is that of
	// the last of its connections.)
	if at, page := p.follow(trial.URL+"/account/apps/"+p.id+"/disconnect", url.Values{"x": {""}}); !strings.HasSuffix(at.Path, "/account/apps") {
		t.Fatalf("%s: %s", at, page)
	}
	if status, _, _ := tool(t, token, "get_status", mine); status != http.StatusUnauthorized {
		t.Errorf("disconnected: %d", status)
	}
}

// TestAppNamed: what an app does and reads through the API stands in the person's
// log under the app's name, as what it asks the tools does, and what it did is
// told.
func TestAppNamed(t *testing.T) {
	t.Parallel()
	p := register(t)
	_, who := residents(t)
	own := signIn(t, who)
	const by = "The app Sharing assistant, for you"
	seen := func() map[string]int {
		list, _ := api(t, own, http.MethodGet, "/access-log?lang=en", nil)["entries"].([]any)
		acts := map[string]int{}
		for _, x := range list {
			if e, _ := x.(map[string]any); e["actor"] == by {
				acts[fmt.Sprint(e["act"], "; ", e["object"])]++
			}
		}
		return acts
	}
	token := p.connect(who, "applications", trial.URL+"/api/v1")
	api(t, token, http.MethodGet, "/applications", nil)
	api(t, token, http.MethodPost, "/consents", map[string]any{"service": "general-petition"})
	api(t, own, http.MethodGet, "/applications", nil)
	if status, _, _ := tool(t, p.connect(who, "assistant.status", trial.URL+"/mcp"), "get_status", map[string]any{"mine": true}); status != http.StatusOK {
		t.Fatalf("the tool: %d", status)
	}
	acts := seen()
	if acts["An app read something of yours; Reading applications.list"] != 1 || len(acts) != 3 {
		t.Errorf("by the app: %v", acts)
	}
	told := 0
	for range 200 {
		list, _ := api(t, own, http.MethodGet, "/notices?lang=en", nil)["notices"].([]any)
		told = 0
		for _, x := range list {
			if n, _ := x.(map[string]any); n["kind"] == "app_done" {
				told++
			}
		}
		if told > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond) // the log's sequencer and the inbox are jobs
	}
	if told != 1 {
		t.Errorf("told %d times of one act", told)
	}
}
