package audit

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

var auditor = authz.Actor{Account: "au", Grants: []authz.Grant{{Role: authz.Auditor}}}

func day(t testing.TB, s string) kernel.Date {
	t.Helper()
	d, err := kernel.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// An auditor finds what is asked for and nothing else, says why first, and
// leaves a trace that the person concerned can see.
func TestSearch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		l, c := newLog(t, db)
		fill(t, l, c, searchPage+5)
		c.Advance(24 * 3600e9)
		err := db.Update(ctx, func(tx *store.Tx) error {
			return Append(tx, c.Now(), Entry{Actor: authz.Actor{Account: "o1", Grants: []authz.Grant{{Role: authz.Official, Agency: "gangnam"}}}, Act: "casework.decide", Object: "application:x", Subject: "p-2", Agency: "gangnam", Basis: "law"})
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Advance(1e6)
		base := Query{Purpose: "report 2026-17 of the inspector", From: day(t, "2026-11-21"), To: day(t, "2026-11-22")}
		find := func(narrow func(*Query)) []Hit {
			t.Helper()
			q := base
			narrow(&q)
			list, _, err := l.Search(ctx, auditor, kernel.EN, q, "")
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		for name, c := range map[string]struct {
			narrow func(*Query)
			want   int
		}{
			"the first day":    {func(q *Query) { q.To = q.From; q.Act = "casework" }, searchPage},
			"the second day":   {func(q *Query) { q.From = q.To; q.Act = "casework" }, 1},
			"an act":           {func(q *Query) { q.Act = "casework.decide" }, 1},
			"part of a word":   {func(q *Query) { q.Act = "case" }, 0},
			"a person":         {func(q *Query) { q.Subject = "p-2"; q.Act = "casework" }, 1},
			"an account":       {func(q *Query) { q.Account = "o1" }, 1},
			"an agency":        {func(q *Query) { q.Agency = "gangnam" }, 1},
			"an object":        {func(q *Query) { q.Object = "application:7" }, 1},
			"another period":   {func(q *Query) { q.From, q.To = day(t, "2026-01-01"), day(t, "2026-01-31") }, 0},
			"a quote":          {func(q *Query) { q.Object = "' OR ''='" }, 0},
			"a pattern's sign": {func(q *Query) { q.Act = "%" }, 0},
		} {
			if got := find(c.narrow); len(got) != c.want {
				t.Errorf("%s: %d found, want %d", name, len(got), c.want)
			}
		}
		q := base
		q.Act = "casework.view"
		first, next, err := l.Search(ctx, auditor, kernel.EN, q, "")
		if err != nil || next == "" {
			t.Fatal(next, err)
		}
		rest, end, err := l.Search(ctx, auditor, kernel.EN, q, next)
		if err != nil || end != "" || len(first)+len(rest) != searchPage+5 {
			t.Errorf("%d and %d, then %q, %v", len(first), len(rest), end, err)
		}
		mine, _, err := l.Mine(ctx, authz.Actor{Account: "a7", Person: "p-2"}, kernel.EN, "")
		if err != nil || len(mine) != 2 || mine[0].Act != "Searched the audit log" {
			t.Errorf("the person concerned sees %+v, %v", mine, err)
		}
		before := len(find(func(q *Query) { q.Act = "audit.search" }))
		for name, c := range map[string]struct {
			actor  authz.Actor
			change func(*Query)
			want   kernel.Kind
		}{
			"an operator":      {authz.Actor{Account: "op", Grants: []authz.Grant{{Role: authz.Operator}}}, func(*Query) {}, kernel.Forbidden},
			"a visitor":        {authz.Actor{}, func(*Query) {}, kernel.Unauthorized},
			"a resident":       {authz.Actor{Account: "a1", Person: "p-1"}, func(*Query) {}, kernel.Forbidden},
			"no purpose":       {auditor, func(q *Query) { q.Purpose = "   check   " }, kernel.Invalid},
			"a long purpose":   {auditor, func(q *Query) { q.Purpose = strings.Repeat("가", maxReason+1) }, kernel.Invalid},
			"no first day":     {auditor, func(q *Query) { q.From = kernel.Date{} }, kernel.Invalid},
			"the wrong order":  {auditor, func(q *Query) { q.From, q.To = q.To, q.From }, kernel.Invalid},
			"too long a time":  {auditor, func(q *Query) { q.From = day(t, "2020-01-01") }, kernel.Invalid},
			"a filter too big": {auditor, func(q *Query) { q.Object = strings.Repeat("x", maxFilter+1) }, kernel.Invalid},
		} {
			q := base
			c.change(&q)
			if _, _, err := l.Search(ctx, c.actor, kernel.EN, q, ""); !kernel.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if after := len(find(func(q *Query) { q.Act = "audit.search" })); after != before+1 {
			t.Errorf("%d searches in the log before the refused ones, %d after", before, after)
		}
	}, Migrations())
}

func TestSearchPages(t *testing.T) {
	l, c := newLog(t, storetest.SQLite(t, Migrations()))
	fill(t, l, c, 3)
	err := l.d.DB.Update(context.Background(), func(tx *store.Tx) error {
		return Append(tx, c.Now(), Entry{Actor: authz.Actor{Account: "a1"}, Act: "casework.view", Object: "=cmd()", Basis: "=1+1"})
	})
	if err != nil {
		t.Fatal(err)
	}
	site := webtest.New(t, Messages())
	l.pages(site.Server)
	site.Actor = authz.Actor{Account: "op", Grants: []authz.Grant{{Role: authz.Operator}}}
	if p := site.Get("/audit"); p.Status != 403 {
		t.Fatalf("an operator got %d", p.Status)
	}
	site.Actor = auditor
	if p := site.Get("/en/audit"); p.Status != 200 || !strings.Contains(p.Body, `value="2026"`) {
		t.Fatalf("%d %s", p.Status, p.Body)
	}
	form := url.Values{"purpose": {"report 2026-17"}, "from-year": {"2026"}, "from-month": {"11"}, "from-day": {"21"}, "to-year": {"2026"}, "to-month": {"11"}, "to-day": {"22"}, "act": {"casework"}}
	if p := site.Post("/en/audit", form); p.Status != 200 || strings.Count(p.Body, "<tr>") != 5 {
		t.Fatalf("%d, %s", p.Status, p.Body)
	}
	form.Set("as", "csv")
	if p := site.Post("/en/audit", form); p.Status != 200 || !p.Has("'=1+1") || strings.Contains(p.Body, ",=") {
		t.Errorf("the file: %d %s", p.Status, p.Body)
	}
	form.Set("purpose", "")
	if p := site.Post("/en/audit", form); p.Status != 422 {
		t.Errorf("without a purpose: %d", p.Status)
	}
}
