package audit

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"time"

	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
	"maru/platform/jobs"
	"maru/platform/module"
)

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the log's words.
func Messages() fs.FS { return messages }

// sequenceEvery is how long a row waits at most to be chained: rows come in
// bursts, and a batch costs little more than one.
const sequenceEvery = 2 * time.Second

// Module hands the log to the composition root.
func (l *Log) Module() module.Module {
	return module.Module{
		Name:       "audit",
		Migrations: Migrations(),
		Messages:   Messages(),
		Pages:      l.pages,
		Operations: l.operations,
		Jobs: func(r *jobs.Runner) {
			r.Handle("audit.sequence", func(ctx context.Context, _ jobs.Job) error {
				_, err := l.Sequence(ctx)
				return err
			}, jobs.Options{Every: sequenceEvery})
			r.Handle("audit.cosign", func(ctx context.Context, _ jobs.Job) error { return l.Cosign(ctx) },
				jobs.Options{Every: witnessing, Timeout: time.Minute})
			r.Handle("audit.erase", func(ctx context.Context, _ jobs.Job) error { return l.eraseOld(ctx) },
				jobs.Options{Every: 24 * time.Hour, Timeout: 10 * time.Minute})
		},
		Checks: []module.Check{{Name: "audit.tree", Run: l.check}, {Name: "audit.witness", Run: l.checkWitnesses}},
	}
}

// check is Verify as an invariant: nil when nothing was found.
func (l *Log) check(ctx context.Context) error {
	rep, err := l.Verify(ctx)
	if err != nil {
		return err
	}
	if rep.OK() {
		return nil
	}
	f := rep.Findings[0]
	return fmt.Errorf("audit: %d findings; the first: %s at place %d, row %q", len(rep.Findings), f.Kind, f.Seq, f.Row)
}

// cursor reads the id that the page before ended with.
func cursor(field, s string) (kernel.ID, error) {
	if s == "" {
		return "", nil
	}
	id, err := kernel.ParseID(s)
	if err != nil {
		return "", kernel.E(kernel.Invalid, "audit.access.cursor", err).Field(field, "audit.access.cursor", nil)
	}
	return id, nil
}

// checkWitnesses finds what stopped the log, and a history that a witness
// remembers and this database does not have.
func (l *Log) checkWitnesses(ctx context.Context) error {
	found, err := l.Troubles(ctx)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return fmt.Errorf("%w since %s: %s", errTrouble, found[0].At, found[0].Detail)
	}
	if len(l.d.Witnesses) == 0 {
		return nil
	}
	s, err := l.signer(ctx)
	if err != nil {
		return err
	}
	return l.consult(ctx, s)
}

type accessIn struct {
	Cursor string `query:"cursor" doc:"next of the answer before; from the newest when absent"`
}

type accessOut struct {
	Body struct {
		Entries []Access  `json:"entries"`
		Next    kernel.ID `json:"next,omitempty" doc:"hand in as cursor for older entries"`
	}
}

func (l *Log) operations(a *api.API) {
	api.Register(a, api.Op{ID: "audit.access_log", Method: http.MethodGet, Path: "/access-log",
		Summary: "Who looked at my data, the newest first", Scope: authz.ScopeApplications},
		func(ctx context.Context, c api.Call, in *accessIn) (*accessOut, error) {
			before, err := cursor("cursor", in.Cursor)
			if err != nil {
				return nil, err
			}
			var out accessOut
			out.Body.Entries, out.Body.Next, err = l.Mine(ctx, c.Actor, c.Lang, before)
			if err != nil {
				return nil, err
			}
			if out.Body.Entries == nil {
				out.Body.Entries = []Access{}
			}
			return &out, nil
		})
	api.Register(a, api.Op{ID: "audit.receipt", Method: http.MethodGet, Path: "/access-log/{id}/receipt",
		Summary: "The proof of one entry, as a C2SP tlog-proof", Scope: authz.ScopeApplications},
		func(ctx context.Context, c api.Call, in *receiptIn) (*receiptOut, error) {
			id, err := cursor("id", in.ID)
			if err != nil {
				return nil, err
			}
			r, err := l.Receipt(ctx, c.Actor, id)
			if err != nil {
				return nil, err
			}
			var out receiptOut
			out.Body.Receipt, err = r.Text()
			return &out, err
		})
}

type receiptIn struct {
	ID string `path:"id" doc:"id of the entry"`
}

type receiptOut struct {
	Body struct {
		Receipt string `json:"receipt" doc:"the file's text"`
	}
}
