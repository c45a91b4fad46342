package audit

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"time"

	"maru/domain/audit/internal/web"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
	"maru/platform/jobs"
	"maru/platform/module"
	platformweb "maru/platform/web"
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
			r.Handle("audit.erase", func(ctx context.Context, _ jobs.Job) error { return l.eraseOld(ctx) },
				jobs.Options{Every: 24 * time.Hour, Timeout: 10 * time.Minute})
		},
		Checks: []module.Check{{Name: "audit.tree", Run: l.check}},
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

func (l *Log) pages(s *platformweb.Server) {
	s.Page(platformweb.Page{
		Method: http.MethodGet, Path: "/access-log", Name: "audit.access_log", For: platformweb.Resident,
		Handler: func(w http.ResponseWriter, r *platformweb.Request) error {
			before, err := cursor("before", r.URL.Query().Get("before"))
			if err != nil {
				return err
			}
			list, next, err := l.Mine(r.Context(), r.Actor, r.Lang, before)
			if err != nil {
				return err
			}
			page := web.AccessPage{Proven: r.Actor.Proven()}
			for _, a := range list {
				page.Events = append(page.Events, web.AccessEvent(r, a.At, a.Actor, a.Act, a.Object, a.Purpose))
			}
			if next != "" {
				page.Next = r.Link("/access-log?before=" + string(next))
			}
			return s.Render(w, r, web.Views, platformweb.View{Template: "access-log", Title: r.T("audit.access.title"), Active: "account", Data: page})
		},
	})
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
}
