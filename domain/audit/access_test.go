package audit

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
	"maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func TestAccessWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l, c := newLog(t, db)
		ctx := context.Background()
		me := authz.Actor{Account: "a1", Person: "p-1"}
		official := authz.Actor{Account: "a2", Person: "p-9", Grants: []authz.Grant{{Role: authz.Editor, Agency: "x"}, {Role: authz.Official, Agency: "gangnam"}}}
		for _, e := range []Entry{
			{Actor: me, Act: "casework.submit", Object: "application:7", Subject: "p-1"},
			{Actor: official, Act: "casework.view", Object: "application:7", Subject: "p-1", Agency: "gangnam", Purpose: "audit.role.self"},
			{Actor: authz.Actor{System: "rule-1"}, Act: "casework.decide", Object: "service:x", Subject: "p-1"},
			{Actor: official, Act: "casework.view", Object: "application:8", Subject: "p-2"},
			{Actor: authz.Actor{Account: "a3", Person: "p-3"}, Act: "x", Object: "strange", Subject: "p-1"},
		} {
			c.Advance(1e6)
			if err := db.Update(ctx, func(tx *store.Tx) error { return Append(tx, c.Now(), e) }); err != nil {
				t.Fatal(err)
			}
		}
		list, next, err := l.Mine(ctx, me, kernel.EN, "")
		if err != nil || next != "" || len(list) != 4 {
			t.Fatalf("%d entries, next %q, %v", len(list), next, err)
		}
		want := []Access{
			{Actor: "Another resident", Act: "Worked with your data", Object: "strange", Purpose: "Official business"},
			{Actor: "Automatic", Act: "Worked with your data", Object: "Service x", Purpose: "Official business"},
			{Actor: "Official in charge, Gangnam District Office", Act: "Worked with your data", Object: "Application 7", Purpose: "You"},
			{Actor: "You", Act: "Worked with your data", Object: "Application 7", Purpose: "Official business"},
		}
		for i, w := range want {
			g := list[i]
			if g.Actor != w.Actor || g.Act != w.Act || g.Object != w.Object || g.Purpose != w.Purpose {
				t.Errorf("entry %d: %+v, want %+v", i, g, w)
			}
		}
		if list, _, err := l.Mine(ctx, authz.Actor{Account: "a4"}, kernel.KO, ""); err != nil || len(list) != 0 {
			t.Errorf("an account about which nothing was done sees %d entries, %v", len(list), err)
		}
		if _, _, err := l.Mine(ctx, authz.Actor{}, kernel.KO, ""); !kernel.Is(err, kernel.Unauthorized) {
			t.Errorf("a visitor: %v", err)
		}
	}, Migrations())
}

// Whoever applied before proving anything sees who looked, and goes on seeing
// it afterwards; nobody else does.
func TestAccessOfUnproven(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l, c := newLog(t, db)
		ctx := context.Background()
		me := authz.Actor{Account: "a1"}
		official := authz.Actor{Account: "a2", Grants: []authz.Grant{{Role: authz.Official, Agency: "gangnam"}}}
		for _, a := range []authz.Actor{me, official} {
			c.Advance(1e6)
			err := db.Update(ctx, func(tx *store.Tx) error {
				return Append(tx, c.Now(), Entry{Actor: a, Act: "casework.view", Object: "application:7", Subject: SubjectOf("", me.Account), Agency: "gangnam"})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, who := range []authz.Actor{me, {Account: "a1", Person: "p-1"}} {
			list, _, err := l.Mine(ctx, who, kernel.EN, "")
			if err != nil || len(list) != 2 || list[0].Actor != "Official in charge, Gangnam District Office" || list[1].Actor != "You" {
				t.Errorf("%+v sees %+v, %v", who, list, err)
			}
		}
		if list, _, err := l.Mine(ctx, authz.Actor{Account: "a3", Person: "p-1"}, kernel.EN, ""); err != nil || len(list) != 0 {
			t.Errorf("another account sees %+v, %v", list, err)
		}
	}, Migrations())
}

func TestAccessPages(t *testing.T) {
	l, c := newLog(t, storetest.SQLite(t, Migrations()))
	fill(t, l, c, accessPage+10)
	site := webtest.New(t, Messages())
	l.pages(site.Server)
	if p := site.Get("/access-log"); p.Status != 303 {
		t.Fatalf("a visitor got %d", p.Status)
	}
	site.Actor = authz.Actor{Account: "a2"}
	if p := site.Get("/access-log"); p.Status != 200 || !p.Has("본인 확인") {
		t.Fatalf("unproven: %d %s", p.Status, p.Body)
	}
	site.Actor = authz.Actor{Account: "a1", Person: "p-1"}
	for _, path := range []string{"/access-log", "/en/access-log"} {
		p := site.Get(path)
		if p.Status != 200 || strings.Count(p.Body, "event-title") != accessPage {
			t.Fatalf("%s: %d, %d entries", path, p.Status, strings.Count(p.Body, "event-title"))
		}
	}
	if p := site.Get("/access-log?before=zzz"); p.Status != 422 {
		t.Fatalf("a broken cursor got %d", p.Status)
	}
}

func TestAccessAPI(t *testing.T) {
	l, c := newLog(t, storetest.SQLite(t, Migrations()))
	fill(t, l, c, accessPage+10)
	a := api.New(api.Config{Title: "t", Version: "1", Catalog: webtest.Catalog(t, Messages(), api.Messages()),
		Authenticate: func(_ context.Context, bearer string) (authz.Actor, error) {
			return authz.Actor{Account: "a1", Person: "p-1", Token: true, Scopes: []string{bearer}}, nil
		}})
	l.operations(a)
	get := func(token, path string) (int, accessOut) {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		var out accessOut
		if err := json.Unmarshal(w.Body.Bytes(), &out.Body); err != nil {
			t.Fatalf("%s: %v: %s", path, err, w.Body)
		}
		return w.Code, out
	}
	code, first := get("applications", "/api/v1/access-log")
	if code != 200 || len(first.Body.Entries) != accessPage || first.Body.Next == "" || first.Body.Entries[0].At == 0 {
		t.Fatalf("%d, %d entries, next %q", code, len(first.Body.Entries), first.Body.Next)
	}
	code, rest := get("applications", "/api/v1/access-log?cursor="+string(first.Body.Next))
	if code != 200 || len(rest.Body.Entries) != 10 || rest.Body.Next != "" {
		t.Fatalf("%d, %d entries, next %q", code, len(rest.Body.Entries), rest.Body.Next)
	}
	if code, _ := get("desk", "/api/v1/access-log"); code != 403 {
		t.Fatalf("a token without the scope got %d", code)
	}
}

// TestLedgerFilters: by kind and by day, with the data and the basis in words,
// and never another person's.
func TestLedgerFilters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l, c := newLog(t, db)
		l.d.Items = named{}
		ctx := t.Context()
		me := authz.Actor{Account: "a1", Person: "p-1"}
		day := c.Now().DateIn(kernel.Seoul)
		for _, e := range []Entry{
			{Actor: me, Act: "mydata.fetch", Object: "service:x", Subject: "p-1", Basis: "consent:1", Detail: []string{"name", "no-such"}},
			{Actor: me, Act: "exchange.transfer", Object: "demand:1", Subject: "p-1", Basis: "law art. 1", Detail: map[string]any{"fields": []string{"name"}}},
			{Actor: me, Act: "exchange.transfer", Object: "demand:2", Subject: "p-2"},
			{Actor: me, Act: "casework.submit", Object: "application:7", Subject: "p-1"},
			{Actor: me, Act: "identity.confirm", Object: "account:1", Subject: "p-1"},
		} {
			c.Advance(24 * time.Hour)
			if err := db.Update(ctx, func(tx *store.Tx) error { return Append(tx, c.Now(), e) }); err != nil {
				t.Fatal(err)
			}
		}
		for _, q := range []struct {
			f    Filter
			want int
		}{
			{Filter{}, 4}, {Filter{What: KindData}, 2}, {Filter{What: KindCase}, 1}, {Filter{What: KindAccount}, 1}, {Filter{What: "' OR 1=1 --"}, 4},
			{Filter{From: day.AddDays(2)}, 3}, {Filter{To: day.AddDays(1)}, 1}, {Filter{From: day.AddDays(2), To: day.AddDays(2)}, 1}, {Filter{What: KindData, From: day.AddDays(3)}, 0},
		} {
			list, _, err := l.Ledger(ctx, me, kernel.EN, q.f)
			if err != nil || len(list) != q.want {
				t.Errorf("%+v: %d entries, want %d, %v", q.f, len(list), q.want, err)
			}
		}
		list, _, err := l.Ledger(ctx, me, kernel.EN, Filter{What: KindData})
		if err != nil || len(list) != 2 || list[0].Basis != "law art. 1" || list[1].Basis != "your consent" || len(list[1].Items) != 1 || list[1].Items[0] != "Name" || len(list[0].Items) != 1 {
			t.Errorf("%+v %v", list, err)
		}
	}, Migrations())
}

// named knows one fact.
type named struct{}

func (named) ItemName(id string, _ kernel.Lang) string { return map[string]string{"name": "Name"}[id] }
