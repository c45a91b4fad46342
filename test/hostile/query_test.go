package hostile

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestAPIQueries asks the API in ways it does not answer.
func TestAPIQueries(t *testing.T) {
	p, official := somebody(t, "p-00321"), somebody(t, "official-acrc")
	id := p.apply("one").ID
	get, post := http.MethodGet, http.MethodPost
	for name, c := range map[string]struct {
		who          *person
		method, path string
		body, field  string
		status       int
	}{
		"words of 100,000 letters":  {p, post, "/ask", `{"q":"` + strings.Repeat("a", 100_000) + `"}`, "q", 422},
		"words of 1,001 characters": {p, post, "/ask", `{"q":"` + long(1001) + `"}`, "q", 422},
		"no words":                  {p, post, "/ask", `{"q":"  "}`, "q", 422},
		"words with NUL":            {p, post, "/ask", `{"q":"a\u0000"}`, "q", 422},
		"words with broken UTF-8":   {p, post, "/ask", "{\"q\":\"\xc3\x28\"}", "q", 422},
		"words as a number":         {p, post, "/ask", `{"q":7}`, "q", 422},
		"search for 20,000 letters": {official, get, "/desk/cases?q=" + strings.Repeat("a", 20_000), "", "q", 422},
		"search with NUL":           {official, get, "/desk/cases?q=%00", "", "q", 422},
		"search with broken UTF-8":  {official, get, "/desk/cases?q=%ff", "", "q", 422},
		"a status of its own":       {official, get, "/desk/cases?status=lost", "", "status", 422},
		"a limit below one":         {p, get, "/applications?limit=-1", "", "limit", 422},
		"a limit of letters":        {p, get, "/applications?limit=many", "", "limit", 422},
		"a cursor of its own":       {p, get, "/applications?cursor=!", "", "cursor", 422},
		"an id of dots":             {p, get, "/applications/..%2f..%2fetc%2fpasswd", "", "", 404},
		"an id with NUL":            {p, get, "/applications/%00", "", "", 404},
		"an id with broken UTF-8":   {p, get, "/applications/%ff", "", "", 404},
		"an id for SQL":             {p, get, "/applications/" + url.PathEscape("' OR 1=1 --"), "", "", 404},
		"an unknown service":        {p, get, "/services/free-money", "", "", 404},
		"prefill of an unknown one": {p, get, "/applications/prefill?service=free-money", "", "", 404},
		"prefill of nothing":        {p, get, "/applications/prefill", "", "service", 422},
		"consent to nothing known":  {p, post, "/consents", `{"service":"free-money"}`, "", 404},
		"a path beside":             {p, get, "/nothing", "", "", 404},
		"another method":            {p, http.MethodDelete, "/applications/" + id, "", "", 405},
		"a document of nonsense":    {p, get, "/documents/D26-0000-0000-0001", "", "number", 422},
	} {
		t.Run(name, func(t *testing.T) {
			c.who.t = t
			c.who.api(c.method, c.path, c.body).problem(c.status, c.field)
		})
	}
	p.t = t
	if len(p.saved()) == 0 {
		t.Error("nothing is left")
	}
	// 100,000 letters do not fit into an address: net/http refuses them before
	// anybody reads them.
	official.t = t
	official.api(get, "/desk/cases?q="+strings.Repeat("a", 100_000), "").is(http.StatusRequestHeaderFieldsTooLarge).closed()
}

// TestPages sends pages what no browser sends.
func TestPages(t *testing.T) {
	p := somebody(t, "p-00322")
	p.apply("one")
	unchanged(t, p, func() {
		p.page("/nothing").refusal(http.StatusNotFound)
		p.page("/en/nothing").refusal(http.StatusNotFound)
		p.page("/services/free-money").refusal(http.StatusNotFound)
		p.page("/services/..%2f..%2fetc%2fpasswd").refusal(http.StatusNotFound)
		p.page("/static/..%2f..%2fmaru.db").is(http.StatusNotFound).closed()
		p.page("/applications/%00").refusal(http.StatusNotFound)
		p.page("/applications/%ff").refusal(http.StatusNotFound)
		p.form("/applications/start", url.Values{"service": {"free-money"}, "key": {"k"}}).refusal(http.StatusNotFound)
		p.form("/ask", url.Values{"q": {long(100_000)}}).refusal(http.StatusUnprocessableEntity)
		p.form("/ask", url.Values{"q": {"a\x00b"}}).refusal(http.StatusUnprocessableEntity)
		p.form("/ask", url.Values{"q": {"a\xffb"}}).refusal(http.StatusUnprocessableEntity)
		p.form("/ask", url.Values{"q": {strings.Repeat("x", 10<<20)}}).refusal(http.StatusRequestEntityTooLarge)
		p.form("/check", url.Values{"number": {"' OR 1=1 --"}}).refusal(http.StatusUnprocessableEntity)
		p.send(http.MethodPost, "/ask", strings.NewReader(`{"q":"x"}`), map[string]string{"Content-Type": "application/json"}).refusal(http.StatusUnprocessableEntity)
		p.send(http.MethodPost, "/applications/start", strings.NewReader("service=general-petition"), map[string]string{
			"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}).refusal(http.StatusForbidden)
		p.send(http.MethodDelete, "/services", nil, nil).refusal(http.StatusMethodNotAllowed)
		p.page("/desk").refusal(http.StatusForbidden)
	})
}
