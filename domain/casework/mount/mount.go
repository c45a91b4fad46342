// Package mount joins casework's acts, pages, operations and jobs into the
// module that the composition root takes. It stands beside the domain's root
// because pages and operations import the root, and Go forbids the way back.
package mount

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/internal/api"
	"maru/domain/casework/internal/store"
	"maru/domain/casework/internal/web"
	identity "maru/domain/identity/contract"
	papi "maru/platform/api"
	"maru/platform/events"
	"maru/platform/jobs"
	"maru/platform/module"
	pstore "maru/platform/store"
	pweb "maru/platform/web"
)

// Migrations are casework's tables.
func Migrations() pstore.Migrations { return store.Migrations() }

// Messages are casework's words.
func Messages() fs.FS { return casework.Messages }

// Module hands casework to the program. public is the base of the addresses
// printed on documents, without a slash at the end.
func Module(s *casework.Service, public string) module.Module {
	return module.Module{
		Name:       "casework",
		Migrations: store.Migrations(),
		Messages:   casework.Messages,
		Pages:      func(srv *pweb.Server) { web.Register(srv, s, public) },
		Operations: func(a *papi.API) { api.Register(a, s) },
		Subscribe: func(b *events.Bus) {
			b.Subscribe(casework.SpreadWaits, "casework", s.OnSpread)
			b.Subscribe(casework.TeamClosed, "casework", s.OnTeamClosed)
			b.Subscribe(identity.RoleChanged, "casework", s.OnRole)
			b.Subscribe(casework.WordsWait, "casework", func(ctx context.Context, _ events.Event) error { return s.MergeWords(ctx) })
			b.Subscribe(casework.RefundDue, "casework", func(ctx context.Context, e events.Event) error { return s.RefundOf(ctx, e) })
		},
		Jobs: func(r *jobs.Runner) {
			r.Handle("casework.purge", func(ctx context.Context, _ jobs.Job) error {
				_, err := s.Purge(ctx)
				return err
			}, jobs.Options{Every: time.Hour, Timeout: 10 * time.Minute})
			periodic := func(kind string, every time.Duration, do func(context.Context) error) {
				r.Handle(kind, func(ctx context.Context, _ jobs.Job) error { return do(ctx) }, jobs.Options{Every: every, Timeout: 10 * time.Minute})
			}
			periodic("casework.bulk", 15*time.Second, s.RunBulks)
			periodic("casework.spread", 5*time.Minute, s.SpreadAll)
			periodic("casework.reconcile", time.Hour, s.ReconcileAll)
			periodic("casework.escalate", 10*time.Minute, s.Escalate)
			periodic("casework.remind", time.Hour, func(ctx context.Context) error {
				_, err := s.Remind(ctx)
				return err
			})
		},
		Checks: []module.Check{
			{Name: "casework.numbers", Run: func(ctx context.Context) error { return none(ctx, s.DB, submittedWithoutNumber) }},
			{Name: "casework.decisions", Run: func(ctx context.Context) error { return none(ctx, s.DB, decidedWithoutDocument) }},
			{Name: "casework.due", Run: func(ctx context.Context) error { return none(ctx, s.DB, openWithoutDue) }},
		},
	}
}

// The invariants, each as the count of rows that break it.
const (
	submittedWithoutNumber = `SELECT COUNT(*) FROM casework_application WHERE number IS NULL AND status IN ('submitted', 'in_review', 'correction_requested', 'second_look', 'decided', 'objection')`
	decidedWithoutDocument = `SELECT COUNT(*) FROM casework_application a WHERE a.status = 'decided' AND NOT EXISTS (SELECT 1 FROM casework_document d WHERE d.number = a.document)`
	openWithoutDue         = `SELECT COUNT(*) FROM casework_application WHERE status IN ('submitted', 'in_review') AND (due_at = 0 OR agency = '')`
)

func none(ctx context.Context, db *pstore.DB, query string) error {
	return db.View(ctx, func(tx *pstore.Tx) error {
		var n int
		if err := tx.QueryRow(query).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("%d rows break the invariant", n)
		}
		return nil
	})
}
