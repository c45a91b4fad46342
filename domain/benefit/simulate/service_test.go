package simulate

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/audit"
	"maru/domain/benefit"
	"maru/domain/benefit/internal/ruletest"
	"maru/kernel"
	"maru/pack"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/i18n"
	"maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

type testCatalog struct{ benefit.Pack }

func (c testCatalog) Benefits() benefit.Pack { return c.Pack }
func (c testCatalog) PackHash() string       { return c.Hash }

type noPlaces struct{}

func (noPlaces) RegionNames() map[string]kernel.Text { return nil }

func actor(role authz.Role) authz.Actor {
	return authz.Actor{Account: "00000000-0000-7000-8000-000000000001", Grants: []authz.Grant{{Role: role, Agency: "a"}}}
}

func testService(t *testing.T, db *store.DB) *Service {
	t.Helper()
	texts, err := i18n.Load(messages)
	if err != nil {
		t.Fatal(err)
	}
	return New(Deps{DB: db, Clock: clock.NewManual(kernel.TimeOf(kernel.MustDate("2026-07-01").In(time.UTC))), Texts: texts, Catalog: testCatalog{benefit.Pack{Hash: "one", Source: ruletest.Pack(t, pack.KR())}}, Places: noPlaces{},
		Dir: filepath.Join(t.TempDir(), "simulate"), Persons: 2000})
}

// set is an overlay of one parameter of the Korean pack.
func set(t testing.TB, s *Service, assignment string) Overlay {
	t.Helper()
	law, err := s.current()
	if err != nil {
		t.Fatal(err)
	}
	var o Overlay
	if err := o.Set(law.base.Source(), assignment, testDay); err != nil {
		t.Fatal(err)
	}
	return o
}

// TestRun: who may, the record of each run, one file for many who ask at once,
// and the same answer from another copy.
func TestRun(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := testService(t, db)
		s.wait = time.Hour // nobody is sent away here
		o := set(t, s, "livelihood_percent=40")
		for role, may := range map[authz.Role]bool{authz.Official: true, authz.Editor: true, authz.Manager: true, authz.Operator: true, authz.Auditor: false, authz.Resident: false} {
			_, err := s.Run(t.Context(), actor(role), o, testDay)
			if may != (err == nil) || !may && !kernel.Is(err, kernel.Forbidden) {
				t.Errorf("%s: %v", role, err)
			}
		}
		if _, err := s.Run(t.Context(), authz.Actor{}, o, testDay); !kernel.Is(err, kernel.Unauthorized) {
			t.Errorf("a visitor: %v", err)
		}
		var rows int
		var object string
		if err := db.View(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRow("SELECT COUNT(*), MAX(object) FROM audit_row WHERE act = $1", "benefit.simulate").Scan(&rows, &object)
		}); err != nil {
			t.Fatal(err)
		}
		if rows != 4 || object != "overlay:"+o.Hash() {
			t.Errorf("%d rows of %s", rows, object)
		}

		other := testService(t, db)
		var all sync.WaitGroup
		var mu sync.Mutex
		lines := map[string]bool{}
		for i := range 6 {
			all.Go(func() {
				x := []*Service{s, other}[i%2]
				x.wait = time.Hour
				r, err := x.Run(context.Background(), actor(authz.Official), set(t, x, "livelihood_percent="+[]string{"36", "37", "38"}[i/2]), testDay)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				lines[r.Overlay+testWords(t, kernel.EN).Headline(r)] = true
			})
		}
		all.Wait()
		if len(lines) != 3 {
			t.Errorf("two copies answer %d questions of 3 otherwise", len(lines))
		}
		files, err := filepath.Glob(filepath.Join(s.d.Dir, "*"))
		if err != nil || len(files) != 1 {
			t.Errorf("%d files, %v", len(files), err)
		}

		// A damaged file is made anew; a wrong day and a wrong rule are told.
		if err := os.WriteFile(files[0], []byte("nothing"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Run(t.Context(), actor(authz.Editor), set(t, s, "livelihood_percent=39"), testDay); err != nil {
			t.Errorf("after damage: %v", err)
		}
		for _, day := range []string{"2023-12-31", "2032-01-01"} {
			if _, err := s.Run(t.Context(), actor(authz.Editor), o, kernel.MustDate(day)); !kernel.Is(err, kernel.Invalid) {
				t.Errorf("%s: %v", day, err)
			}
		}
		receives, problems := Decode([]byte("programmes:\n  - id: culture-card\n    benefit: {conditions: [{id: c9, when: '!(\"youth-rent-support\" in h.receives)'}]}\n"))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if _, err := s.Run(t.Context(), actor(authz.Editor), receives, testDay); err != nil && !kernel.Is(err, kernel.Invalid) {
			t.Errorf("a fact that nobody has: %v", err)
		}
	}, audit.Migrations())
}

// TestBusy: more than two at once are told to come back, and nothing is recorded
// of them.
func TestBusy(t *testing.T) {
	s := testService(t, nil)
	s.wait = 0
	for range atOnce {
		s.slots <- struct{}{}
	}
	if _, err := s.Run(t.Context(), actor(authz.Official), set(t, s, "livelihood_percent=40"), testDay); !kernel.Is(err, kernel.Unavailable) {
		t.Errorf("got %v", err)
	}
	<-s.slots
	free, err := s.slot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.wait = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.slot(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	free()
}

// TestPages: what the address asks, wrong and right, and the page while others
// compute.
func TestPages(t *testing.T) {
	db := storetest.SQLite(t, audit.Migrations())
	s := testService(t, db)
	site := webtest.New(t, messages, benefit.Messages())
	site.Actor = actor(authz.Official)
	s.pages(site.Server)
	for query, want := range map[string]struct {
		status int
		text   string
	}{
		"":                              {200, "무엇을 바꿀까요?"},
		"?parameter=livelihood_percent": {200, "제8조"},
		"?parameter=nonsense":           {200, "무엇을 바꿀까요?"},
		"?parameter=livelihood_percent&value=40&date-year=2026&date-month=7&date-day=1":  {200, "simulate-headline"},
		"?parameter=livelihood_percent&value=40&date-year=2026&date-month=13&date-day=1": {422, "계산하기"},
		"?parameter=livelihood_percent&value=40&date-year=1999&date-month=1&date-day=1":  {422, "2024-01-01"},
		"?value=40": {422, "골라 주세요"},
		"?parameter=livelihood_percent&value=%3Cb%3E": {422, "whole number"},
		"?parameter=livelihood_percent&value=1%FF%00": {422, "whole number"},
		"?overlay=title%3A+x":                         {422, "changes nothing"},
		"?overlay=a&value=1":                          {422, "하나만"},
		"?overlay=" + strings.Repeat("a", maxTyped+1): {422, "3000"},
	} {
		page := site.Get("/benefits/simulate" + query)
		if page.Status != want.status || !strings.Contains(page.Body, want.text) {
			t.Errorf("%s: %d without %q", query[:min(60, len(query))], page.Status, want.text)
		}
		if strings.Contains(page.Body, "<b>") {
			t.Errorf("%s: not escaped", query)
		}
	}
	ask := "?" + url.Values{"parameter": {"livelihood_percent"}, "value": {"41"}}.Encode()
	if page := site.Get("/benefits/simulate/table.csv" + ask); page.Status != 200 || !strings.HasPrefix(page.Header.Get("Content-Type"), "text/csv") || !strings.Contains(page.Body, "livelihood-benefit") {
		t.Errorf("table: %d", page.Status)
	}
	s.wait = 0
	for range atOnce {
		s.slots <- struct{}{}
	}
	if page := site.Get("/benefits/simulate" + strings.Replace(ask, "41", "42", 1)); page.Status != 503 || !strings.Contains(page.Body, "다른 계산") || page.Header.Get("Retry-After") == "" {
		t.Errorf("busy: %d", page.Status)
	}
	site.Actor = actor(authz.Auditor)
	for _, path := range []string{"/benefits/simulate", "/benefits/simulate/table.csv" + ask} {
		if page := site.Get(path); page.Status != 403 {
			t.Errorf("an auditor at %s: %d", path, page.Status)
		}
	}
}
