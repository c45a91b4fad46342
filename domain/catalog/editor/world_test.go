package editor_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"maru/domain/audit"
	"maru/domain/catalog"
	"maru/domain/catalog/editor"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

var (
	noon     = kernel.TimeOf(time.Date(2026, 11, 21, 12, 0, 0, 0, kernel.Seoul))
	today    = kernel.MustDate("2026-11-21")
	tomorrow = kernel.MustDate("2026-11-22")
	later    = kernel.MustDate("2026-12-01")
)

// bodies are towns by their prefix and one ministry.
type bodies struct{}

func (bodies) Type(id string) string {
	switch {
	case id == "stamps":
		return "ministry"
	case strings.HasPrefix(id, "town-"):
		return "town"
	}
	return ""
}

func (bodies) Name(id string, _ kernel.Lang) string { return "body " + id }

func person(account, agency string) authz.Actor {
	return authz.Actor{Account: kernel.ID(account), Name: "name of " + account, Grants: []authz.Grant{{Role: authz.Editor, Agency: agency}}}
}

var (
	ann      = person("ann", "town-a")
	abe      = person("abe", "town-a")
	bea      = person("bea", "town-b")
	sue      = person("sue", "stamps")
	sam      = person("sam", "stamps")
	operator = authz.Actor{Account: "op", Grants: []authz.Grant{{Role: authz.Operator}}}
	official = authz.Actor{Account: "off", Grants: []authz.Grant{{Role: authz.Official, Agency: "town-a"}}}
	resident = authz.Actor{Account: "res"}
)

const address, stamps = "address-report", "stamp-club"

// world is an editor over the small pack.
type world struct {
	t     *testing.T
	ctx   context.Context
	db    *store.DB
	clock *clock.Manual
	cat   *catalog.Service
	*editor.Service
}

func on(t *testing.T, db *store.DB, demo bool) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), db: db, clock: clock.NewManual(noon)}
	w.cat = catalog.New(catalog.Deps{DB: db, Clock: w.clock, Pack: os.DirFS("../testdata/pack"), Demo: demo})
	if err := w.cat.Start(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.Service = editor.New(editor.Deps{DB: db, Clock: w.clock, Catalog: w.cat, Bodies: bodies{}})
	return w
}

func small(t *testing.T) *world {
	t.Helper()
	return on(t, storetest.SQLite(t, catalog.Migrations(), audit.Migrations()), false)
}

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(on(t, db, false)) }, catalog.Migrations(), audit.Migrations())
}

func (w *world) no(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) want(err error, kind kernel.Kind, key string) {
	w.t.Helper()
	if !kernel.Is(err, kind) || !strings.Contains(err.Error(), key) {
		w.t.Errorf("got %v, want %v %s", err, kind, key)
	}
}

func (w *world) begin(actor authz.Actor, service string) kernel.ID {
	w.t.Helper()
	id, err := w.Begin(w.ctx, actor, service, "")
	w.no(err)
	return id
}

func (w *world) open(actor authz.Actor, id kernel.ID) *editor.Work {
	w.t.Helper()
	work, err := w.Open(w.ctx, actor, id)
	w.no(err)
	return work
}

// edit replaces words in a file of a draft.
func (w *world) edit(actor authz.Actor, id kernel.ID, file, old, repl string) {
	w.t.Helper()
	work := w.open(actor, id)
	text := work.Files[file]
	if !strings.Contains(text, old) {
		w.t.Fatalf("%s has no %q: %s", file, old, text)
	}
	_, err := w.Save(w.ctx, actor, id, work.Revision, editor.Files(map[string]string{file: strings.Replace(text, old, repl, 1)}))
	w.no(err)
}

func (w *world) propose(actor authz.Actor, id kernel.ID, from kernel.Date) {
	w.t.Helper()
	w.no(w.Propose(w.ctx, actor, id, w.open(actor, id).Revision, from, "because of the law"))
}

func (w *world) approve(actor authz.Actor, id kernel.ID) error {
	w.t.Helper()
	return w.Approve(w.ctx, actor, id, w.open(actor, id).Revision)
}

// title is a service's title in force.
func (w *world) title(id string) string {
	w.t.Helper()
	svc, ok := w.cat.Service(id)
	if !ok {
		w.t.Fatalf("no %s", id)
	}
	return svc.Title.EN
}

func (w *world) at(d kernel.Date) {
	w.t.Helper()
	w.clock.Set(kernel.TimeOf(d.In(kernel.Seoul)))
	w.no(w.cat.Refresh(w.ctx))
}
