package connector_test

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maru/domain/audit"
	"maru/domain/exchange"
	"maru/domain/exchange/connector"
	"maru/domain/exchange/connector/double"
	"maru/domain/exchange/jws"
	"maru/domain/exchange/wire"
	mydata "maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var start = kernel.TimeOf(time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC))

// house is what an exchange needs, at its simplest.
type house struct{}

func (house) Give(context.Context, authz.Actor, exchange.Bundle) (kernel.ID, kernel.Time, error) {
	return "consent", start.Add(time.Hour), nil
}
func (house) Stands(context.Context, kernel.ID) (bool, error)        { return true, nil }
func (house) Withdraw(context.Context, authz.Actor, kernel.ID) error { return nil }
func (house) Fresh(context.Context, authz.Actor) (exchange.Proof, error) {
	return exchange.Proof{Level: 2}, nil
}
func (house) Offered(context.Context) ([]exchange.Bundle, error)  { return nil, nil }
func (house) Fact(_ string, v kernel.Value, _ kernel.Lang) string { return v.Text() }
func (house) Bundle(_ context.Context, id, _ string) (exchange.Bundle, error) {
	fields := []exchange.Field{{ID: "earned_income_month", Registry: "national tax"}}
	if id == "bundle.more" {
		fields = append(fields, exchange.Field{ID: "debt", Registry: "national tax"})
	}
	return exchange.Bundle{ID: id, Version: "1", Basis: "law", Fields: fields, KeepDays: 30}, nil
}

// Facts is a register that tells more than it is asked.
func (house) Facts(_ context.Context, person string, _ []string) (map[string]mydata.Fact, error) {
	if person != "p-1" {
		return nil, kernel.E(kernel.NotFound, "", nil)
	}
	return map[string]mydata.Fact{"earned_income_month": {Value: kernel.IntOf(5)}, "debt": {Value: kernel.IntOf(7)}}, nil
}

// far is another installation with a provider's face.
type far struct {
	*exchange.Service
	db      *store.DB
	serve   http.Handler
	queries []string // bodies that came
	header  http.Header
}

func newService(t *testing.T, name string) (*exchange.Service, *store.DB) {
	t.Helper()
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.SQLite(t, audit.Migrations(), exchange.Migrations())
	return exchange.New(exchange.Deps{DB: db, Clock: clock.NewManual(start), Keys: keys, Bundles: house{}, Consents: house{}, Prover: house{}, Words: house{}, Name: name, CallTimeout: 2 * time.Second}), db
}

// pair is an installation that asks and one that is asked; how the one reaches
// the other is the test's.
func pair(t *testing.T, xroadClient string) (near *exchange.Service, f *far) {
	t.Helper()
	near, _ = newService(t, "near.test")
	f = &far{}
	f.Service, f.db = newService(t, "far.test")
	if _, err := near.Demand(t.Context(), authz.Actor{Account: "warm", Person: "p-0"}, exchange.Ask{Bundle: "bundle.x", Version: "1", Key: "warming-up"}); err != nil {
		t.Fatal(err) // makes near's first key
	}
	keys, err := near.PublicKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.serve = f.Provide(house{}, []exchange.Peer{{Name: "near.test", Keys: keys, Fields: []string{"earned_income_month"}, XRoadClient: xroadClient}})
	return near, f
}

func (f *far) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	f.queries, f.header = append(f.queries, string(b)), r.Header
	r.Body = io.NopCloser(strings.NewReader(string(b)))
	f.serve.ServeHTTP(w, r)
}

// keyFiles writes far's public keys as the operator gets them.
func (f *far) keyFiles(t *testing.T) map[string]string {
	t.Helper()
	// The first answer makes the key; a query that fails asks for one as well.
	if _, err := f.Demand(t.Context(), authz.Actor{Account: "warm", Person: "p-0"}, exchange.Ask{Bundle: "bundle.x", Version: "1", Key: "warming-up"}); err != nil {
		t.Fatal(err)
	}
	keys, err := f.PublicKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for kid, k := range keys {
		der, err := x509.MarshalPKIXPublicKey(k.(ed25519.PublicKey))
		if err != nil {
			t.Fatal(err)
		}
		out[kid] = filepath.Join(t.TempDir(), kid+".pem")
		if err := os.WriteFile(out[kid], pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func config(url string, keys map[string]string) connector.Config {
	return connector.Config{ID: "far.test", Title: kernel.Text{KO: "국세", EN: "Taxes"}, Registries: []string{"national tax"}, URL: url, Keys: keys}
}

func open(t *testing.T, near *exchange.Service, cfg connector.Config) {
	t.Helper()
	src, err := connector.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	near.Add(src, cfg.Registries...)
}

var me = authz.Actor{Account: "a-1", Person: "p-1"}

// call makes a demand and returns the one call of it.
func call(t *testing.T, near *exchange.Service, bundle, key string) exchange.Call {
	t.Helper()
	d, err := near.Demand(t.Context(), me, exchange.Ask{Bundle: bundle, Version: "1", Key: key})
	if err != nil {
		t.Fatal(err)
	}
	_, ts, err := near.Show(t.Context(), me, d.ID)
	if err != nil || len(ts) != 1 || len(ts[0].Calls) != 1 {
		t.Fatalf("%+v %v", ts, err)
	}
	return ts[0].Calls[0]
}

// TestOverHTTP: from one installation to the other and back, signed both ways.
func TestOverHTTP(t *testing.T) {
	near, f := pair(t, "")
	srv := httptest.NewServer(f)
	defer srv.Close()
	open(t, near, config(srv.URL, f.keyFiles(t)))
	c := call(t, near, "bundle.x", "key-00000001")
	if c.State != exchange.CallDone || len(c.Got) != 1 || c.Extra != 0 || c.Key == "" {
		t.Fatalf("%+v", c)
	}
	if n := served(t, f); n != 1 {
		t.Errorf("%d rows in the access log there", n)
	}
	var basis string
	if err := f.db.View(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT basis FROM audit_row WHERE act = 'exchange.serve'`).Scan(&basis)
	}); err != nil || basis != "peer near.test: law" {
		t.Errorf("the log there says it rests on %q, %v", basis, err)
	}
	// The same query again brings nothing: it was answered.
	if code := post(t, srv.URL, f.queries[0]); code != http.StatusConflict {
		t.Errorf("a replayed query gets %d", code)
	}
	if n := served(t, f); n != 1 {
		t.Errorf("%d rows after a replay", n)
	}
	// More than the peer may ask for brings nothing at all.
	if c := call(t, near, "bundle.more", "key-00000002"); c.State != exchange.CallWaiting || len(c.Got) != 0 {
		t.Errorf("%+v", c)
	}
}

func served(t *testing.T, f *far) (n int) {
	t.Helper()
	err := f.db.View(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM audit_row WHERE act = 'exchange.serve'`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func post(t *testing.T, url, body string) int {
	t.Helper()
	res, err := http.Post(url, "application/jwt", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

func TestStrangersLearnNothing(t *testing.T) {
	_, f := pair(t, "")
	srv := httptest.NewServer(f)
	defer srv.Close()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	thief, err := jws.NewSigner("x", private)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := thief.Sign(wire.QueryType, []byte(`{"iss":"near.test","aud":"far.test"}`))
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]int{"": 401, "a.b.c": 401, forged: 401, strings.Repeat("x", wire.MaxMessage+1): 413} {
		if got := post(t, srv.URL, body); got != want {
			t.Errorf("%.20q: %d, want %d", body, got, want)
		}
	}
	if n := served(t, f); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// TestXRoad: through a double of two security servers.
func TestXRoad(t *testing.T) {
	near, f := pair(t, "KR/GOV/near%20office/maru")
	provider := httptest.NewServer(f)
	defer provider.Close()
	road := &double.Pair{Services: map[string]string{"KR/GOV/tax/registers/income": provider.URL}, Clients: []string{"KR/GOV/near%20office/maru"}, HTTP: provider.Client()}
	server := httptest.NewServer(road)
	defer server.Close()
	cfg := config(server.URL, f.keyFiles(t))
	cfg.XRoad = &connector.XRoad{Client: []string{"KR", "GOV", "near office", "maru"}, Service: []string{"KR", "GOV", "tax", "registers", "income"}, Represented: []string{"GOV", "city"}}
	open(t, near, cfg)
	if c := call(t, near, "bundle.x", "key-00000001"); c.State != exchange.CallDone {
		t.Fatalf("%+v", c)
	}
	if f.header.Get(connector.HeaderClient) != "KR/GOV/near%20office/maru" || f.header.Get(connector.HeaderRepresented) != "GOV/city" || f.header.Get(connector.HeaderID) == "" {
		t.Errorf("headers at the provider: %v", f.header)
	}
	for name, spoil := range map[string]func(http.Header){
		"of another message": func(h http.Header) { h.Set(connector.HeaderID, "x") },
		"of another service": func(h http.Header) { h.Set(connector.HeaderService, "KR/GOV/tax/registers/other") },
		"for another client": func(h http.Header) { h.Set(connector.HeaderClient, "KR/GOV/else") },
		"no hash":            func(h http.Header) { h.Del(connector.HeaderRequestHash) },
		"a short hash":       func(h http.Header) { h.Set(connector.HeaderRequestHash, "aGFzaA==") },
		"an error of X-Road": func(h http.Header) { h.Set(connector.HeaderError, "Server.ServerProxy.DatabaseError") },
	} {
		road.Spoil = spoil
		if c := call(t, near, "bundle.x", "key-"+name); c.State != exchange.CallWaiting || c.Why != "silent" {
			t.Errorf("%s: %+v", name, c)
		}
	}
	road.Spoil, road.Clients = nil, nil
	if c := call(t, near, "bundle.x", "key-access-denied"); c.State != exchange.CallWaiting {
		t.Errorf("without the right: %+v", c)
	}
	// Who reaches the provider without the security server is not the peer.
	direct := config(provider.URL, cfg.Keys)
	open(t, near, direct)
	if c := call(t, near, "bundle.x", "key-direct-way"); c.State != exchange.CallWaiting {
		t.Errorf("past X-Road: %+v", c)
	}
}

// TestFaults: the error types of X-Road come out as they are.
func TestFaults(t *testing.T) {
	server := httptest.NewServer(&double.Pair{HTTP: http.DefaultClient})
	defer server.Close()
	_, f := pair(t, "")
	cfg := config(server.URL, f.keyFiles(t))
	cfg.XRoad = &connector.XRoad{Client: []string{"KR", "GOV", "near"}, Service: []string{"KR", "GOV", "tax", "none"}}
	src, err := connector.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	_, err = src.Ask(t.Context(), "x")
	var fault *connector.Fault
	if !errors.As(err, &fault) || fault.Type != "Server.ServerProxy.UnknownService" || fault.Detail == "" {
		t.Errorf("%v", err)
	}
}

// TestAskBounds: what is no answer is silence, and nothing is followed or read
// without end.
func TestAskBounds(t *testing.T) {
	_, f := pair(t, "")
	keys := f.keyFiles(t)
	for name, c := range map[string]struct {
		serve http.HandlerFunc
		kind  kernel.Kind
	}{
		"redirect": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, kernel.Unavailable},
		"html":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<p>ok</p>") }, kernel.Unavailable},
		"error":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, kernel.Unavailable},
		"oversize": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, wire.MaxMessage+100)) }, kernel.TooLarge},
		"cut short": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("x"))
		}, kernel.Unavailable},
	} {
		srv := httptest.NewServer(c.serve)
		src, err := connector.Open(config(srv.URL, keys))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := src.Ask(t.Context(), "x"); !kernel.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
		srv.Close()
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	_, f := pair(t, "")
	keys := f.keyFiles(t)
	open := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(open, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	good := config("https://register.invalid/read", keys)
	if _, err := connector.Open(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*connector.Config){
		"no key":          func(c *connector.Config) { c.Keys = nil },
		"no registry":     func(c *connector.Config) { c.Registries = nil },
		"http":            func(c *connector.Config) { c.URL = "http://register.invalid/read" },
		"user in address": func(c *connector.Config) { c.URL = "https://a:b@register.invalid/" },
		"token for all":   func(c *connector.Config) { c.TokenFile = open },
		"a long wait":     func(c *connector.Config) { c.Seconds = 11 },
		"half of a pair":  func(c *connector.Config) { c.Cert = open },
		"no such key":     func(c *connector.Config) { c.Keys = map[string]string{"k": open} },
		"short client": func(c *connector.Config) {
			c.XRoad = &connector.XRoad{Client: []string{"KR"}, Service: []string{"a", "b", "c", "d"}}
		},
		"slash in a part": func(c *connector.Config) {
			c.XRoad = &connector.XRoad{Client: []string{"KR", "GOV", "a/b"}, Service: []string{"a", "b", "c", "d"}}
		},
	} {
		c := good
		change(&c)
		if _, err := connector.Open(c); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
