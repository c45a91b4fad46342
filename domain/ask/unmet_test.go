package ask_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/ask"
	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var editor = authz.Actor{Account: "00000000-0000-7000-8000-0000000000e1", Grants: []authz.Grant{{Role: authz.Editor, Agency: "mois"}}}

func listening(t *testing.T, db *store.DB) (*ask.Service, *clock.Manual) {
	t.Helper()
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewManual(kernel.TimeOf(kernel.MustDate("2026-03-03").In(kernel.Seoul)))
	return ask.New(ask.Deps{Catalog: empty{}, Clock: c, Keys: keys, DB: db}), c
}

// empty is a catalogue without services.
type empty struct{}

func (empty) Pack() ask.Pack { return ask.Pack{Hash: "empty"} }

func TestUnmet(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, c := listening(t, db)
		ctx := t.Context()
		leave := func(words string) {
			t.Helper()
			if err := s.Missed(ctx, kernel.KO); err != nil {
				t.Fatal(err)
			}
			if err := s.Keep(ctx, s.Key(), words, kernel.KO); err != nil {
				t.Fatalf("%q: %v", words, err)
			}
		}
		for i := range 6 {
			leave(fmt.Sprintf("우리 마을에 마을버스가 %d대만 더 있으면 좋겠어요", i+2))
			leave(fmt.Sprintf("반려식물 병원은 몇 시에 여나요 0%d", i))
		}
		for range 4 { // fewer than five
			leave("등대 체험을 하고 싶어요")
		}
		leave("내 전화는 010-1234-5678, 주민번호는 900101-1234567이에요")

		// One press is one sentence, also when two come at once.
		key := s.Key()
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := s.Keep(ctx, key, "우리 마을에 마을버스가 더 있으면 좋겠어요", kernel.KO); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()

		// Nothing of it stands in the tables in the clear.
		err := db.View(ctx, func(tx *store.Tx) error {
			rows, err := tx.Query(`SELECT words FROM ask_unmet`)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var b []byte
				if err := rows.Scan(&b); err != nil {
					return err
				}
				if strings.Contains(string(b), "마을") || strings.Contains(string(b), "1234") {
					t.Errorf("in the clear: %q", b)
				}
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}

		u, err := s.Look(ctx, editor, false)
		if err != nil {
			t.Fatal(err)
		}
		if u.Kept != 18 || u.Missed != 17 || len(u.Needs) != 2 || u.Needs[0].Count != 7 || u.Needs[1].Count != 6 || u.Rest != 5 {
			t.Fatalf("%+v", u)
		}
		if !strings.Contains(strings.Join(u.Needs[0].Words, " "), "버스") || u.Needs[0].From != "2026-03-03" || u.Needs[0].Korean != 7 {
			t.Errorf("%+v", u.Needs[0])
		}
		var table strings.Builder
		if err := u.WriteCSV(&table); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"등대", "010", "1234", "900101"} {
			if strings.Contains(table.String(), secret) {
				t.Errorf("the table tells %q: %s", secret, table.String())
			}
		}
		if n := strings.Count(table.String(), "\r\n"); n != 3 {
			t.Errorf("%d lines", n)
		}

		// Each look is in the log; those who do not plan services have none.
		looks := func() (n int) {
			t.Helper()
			err := db.View(ctx, func(tx *store.Tx) error {
				return tx.QueryRow(`SELECT COUNT(*) FROM audit_row WHERE act = 'ask.look'`).Scan(&n)
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := looks(); n != 1 {
			t.Errorf("%d looks in the log", n)
		}
		for name, actor := range map[string]authz.Actor{
			"nobody":   {},
			"resident": {Account: "00000000-0000-7000-8000-000000000001", Person: "p"},
			"official": {Account: "00000000-0000-7000-8000-000000000002", Grants: []authz.Grant{{Role: authz.Official, Agency: "mois"}}},
			"token":    {Account: editor.Account, Grants: editor.Grants, Token: true, Scopes: []string{authz.ScopeAdmin}},
		} {
			if _, err := s.Look(ctx, actor, true); !kernel.Is(err, kernel.Forbidden) && !kernel.Is(err, kernel.Unauthorized) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := looks(); n != 1 {
			t.Errorf("%d looks in the log", n)
		}

		// After ninety days all is gone.
		c.Advance(90*24*time.Hour - time.Minute)
		if n, err := s.Purge(ctx); err != nil || n != 0 {
			t.Errorf("too early: %d %v", n, err)
		}
		c.Advance(time.Minute)
		if u, err := s.Look(ctx, editor, false); err != nil || u.Kept != 0 {
			t.Errorf("after its time: %+v %v", u, err)
		}
		if n, err := s.Purge(ctx); err != nil || n != 18 {
			t.Errorf("purged %d, %v", n, err)
		}
		c.Advance(48 * time.Hour)
		if _, err := s.Purge(ctx); err != nil {
			t.Fatal(err)
		}
		if u, err := s.Look(ctx, editor, false); err != nil || u.Missed != 0 {
			t.Errorf("counts stay: %+v %v", u, err)
		}
	}, audit.Migrations(), ask.Migrations())
}

func TestKeepRefuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, _ := listening(t, db)
		for name, c := range map[string][2]string{
			"empty":     {s.Key(), " "},
			"too long":  {s.Key(), strings.Repeat("가", ask.MaxQuery+1)},
			"no text":   {s.Key(), "a\xff"},
			"no key":    {"", "버스"},
			"other key": {"'; DROP TABLE ask_unmet; --", "버스"},
		} {
			if err := s.Keep(t.Context(), c[0], c[1], kernel.KO); !kernel.Is(err, kernel.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if u, err := s.Look(t.Context(), editor, false); err != nil || u.Kept != 0 {
			t.Errorf("%+v %v", u, err)
		}
	}, audit.Migrations(), ask.Migrations())
	// Without a store nothing is offered, counted or kept.
	s := ask.New(ask.Deps{Catalog: empty{}})
	if err := s.Missed(t.Context(), kernel.KO); err != nil || s.Clean("버스") != "" {
		t.Errorf("%v", err)
	}
}
