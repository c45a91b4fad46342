package store_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	pstore "maru/platform/store"
	"maru/platform/store/storetest"
)

// filled is a table of many cases, nearly all of them decided: of each hundred,
// four are open, spread over agencies, officials and services.
func filled(t testing.TB, db *pstore.DB, n int) {
	t.Helper()
	text := func(s string) string { return "CAST(" + s + " AS TEXT)" }
	status := `CASE WHEN i % 100 = 0 THEN 'submitted' WHEN i % 100 = 1 THEN 'in_review' WHEN i % 100 = 2 THEN 'second_look' WHEN i % 100 = 3 THEN 'correction_requested' ELSE 'decided' END`
	query := fmt.Sprintf(`INSERT INTO casework_application (id, seq, number, service, pack, account, person, agency, status, decision, assignee, answers, created_at,
		updated_at, submitted_at, due_at, paused_at, decided_at, object_until, document, paid, purge_at, rev, team, desk)
		WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < %d)
		SELECT 'id-' || %s, i, 'n-' || %s, 's-' || %s, 'p', 'a', '', CASE WHEN i %% 5 < 4 THEN 'big' ELSE 'ag-' || %s END, %s, '', 'o-' || %s, $1, i, i, i, i / 50, 0, 0, '', '', 0, 0, 1, '',
		CASE WHEN i %% 100 = 0 THEN 'queue' WHEN i %% 100 < 4 THEN 'o-' || %s ELSE NULL END FROM k`,
		n, text("i"), text("i"), text("i / 100 % 40"), text("i / 10 % 300"), status, text("i / 100 % 60"), text("i / 100 % 60"))
	err := db.Update(t.Context(), func(tx *pstore.Tx) error {
		_, err := tx.Exec(query, []byte{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// views are what the desk's pages ask for.
func views() map[string]store.View {
	mine, queues := []string{"o-7"}, []string{store.AgencyQueue, "team-1", "team-2"}
	return map[string]store.View{
		"mine":                  {Desks: mine},
		"mine, last first":      {Desks: mine, Last: true},
		"unassigned":            {Desks: queues},
		"unassigned of service": {Desks: queues, Service: "s-3"},
		"all":                   {},
		"all, a later page":     {AfterDue: 200, AfterSeq: 10_000},
		"of a service":          {Service: "s-3"},
		"of a status":           {Statuses: []string{"second_look"}},
		"overdue":               {To: 100},
		"this week":             {From: 100, To: 300},
		"waiting": {Statuses: []string{"second_look"}, Desks: append([]string{"o-1", "o-2"}, queues...), ByStatus: true,
			Turn: &store.Turn{Actor: "o-7", For: []string{"o-7", "o-8"}}},
	}
}

// TestViewsByIndex holds every view to the ranges of an index: no list of the
// desk reads the table. MARU_DESK_CASES=1000000 makes it a measurement.
func TestViewsByIndex(t *testing.T) {
	n := 20_000
	if s := os.Getenv("MARU_DESK_CASES"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		filled(t, db, n)
		if db.Engine() == pstore.PostgreSQL {
			if err := db.Update(t.Context(), func(tx *pstore.Tx) error {
				_, err := tx.Exec(`ANALYZE casework_application`)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		for name, v := range views() {
			v.Limit = 51
			worst := time.Duration(0)
			for range 3 {
				start := time.Now()
				var got []*store.Application
				err := db.View(t.Context(), func(tx *pstore.Tx) (err error) {
					got, err = store.Open(tx, "big", v)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				if len(got) == 0 {
					t.Errorf("%s lists nothing", name)
				}
				for i := 1; i < len(got); i++ {
					if before, after := got[i-1].DueAt, got[i].DueAt; before != after && before > after != v.Last {
						t.Errorf("%s is out of order", name)
					}
				}
				worst = max(worst, time.Since(start))
			}
			if n >= 1_000_000 {
				t.Logf("%s: %v", name, worst)
			}
		}
		start := time.Now()
		err := db.View(t.Context(), func(tx *pstore.Tx) error {
			for _, d := range []string{"o-1", "o-2", store.AgencyQueue} {
				if l, err := store.LoadOf(tx, "big", d, 1<<40); err != nil || l.Open == 0 {
					return fmt.Errorf("load of %s: %v, %w", d, l, err)
				}
			}
			_, err := store.ServicesOpen(tx, "big")
			if err != nil {
				return err
			}
			_, err = store.NotWarned(tx, "big", "submitted", kernel.Time(600), 3, store.Cursor{}, 50)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n >= 1_000_000 {
			t.Logf("loads and counts: %v", time.Since(start))
		}
	}, store.Migrations())
}
