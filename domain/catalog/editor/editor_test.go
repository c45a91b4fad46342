package editor_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"maru/domain/audit"
	"maru/domain/catalog"
	"maru/domain/catalog/editor"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

const yaml = "service.yaml"

// TestChangeComesIntoForce is the whole way of one change.
func TestChangeComesIntoForce(t *testing.T) {
	each(t, func(w *world) {
		_, before, err := w.cat.Current(address)
		w.no(err)
		id := w.begin(ann, address)
		if again := w.begin(abe, address); again != id {
			t.Error("editors of one body share a draft")
		}
		w.edit(ann, id, yaml, "en: Address report", "en: New address")
		w.edit(abe, id, "text.en.md", "", "# Hello\n")
		work := w.open(ann, id)
		report, err := w.Check(w.ctx, work)
		w.no(err)
		if report.Errors != 0 || len(report.Examples) != 3 || report.Service.Title.EN != "New address" {
			t.Errorf("report: %+v", report)
		}
		if d := work.Diff(); len(d) != 2 || d[0].File != yaml || d[0].Added != 1 || d[0].Removed != 1 {
			t.Errorf("diff: %+v", d)
		}
		w.want(w.Propose(w.ctx, ann, id, work.Revision, kernel.MustDate("2026-11-20"), ""), kernel.Invalid, "catalog.past_date")
		w.propose(ann, id, later)
		_, err = w.Save(w.ctx, ann, id, w.open(ann, id).Revision, editor.Files(nil))
		w.want(err, kernel.Conflict, "not_open")

		w.want(w.approve(ann, id), kernel.Forbidden, "same_person")
		w.want(w.approve(abe, id), kernel.Forbidden, "author")
		w.want(w.approve(person("third", "town-a"), id), kernel.Forbidden, "other_body")
		w.want(w.SendBack(w.ctx, bea, id, w.open(bea, id).Revision, " "), kernel.Invalid, "no_reason")
		w.no(w.SendBack(w.ctx, bea, id, w.open(bea, id).Revision, "Say it shorter."))
		w.propose(ann, id, later)
		w.want(w.Approve(w.ctx, bea, id, 1), kernel.Conflict, "changed_since")
		w.no(w.approve(bea, id))
		w.want(w.approve(bea, id), kernel.Conflict, "not_proposed")
		if w.title(address) != "Address report" {
			t.Error("in force before its date")
		}
		w.at(later)
		if w.title(address) != "New address" {
			t.Error("not in force on its date")
		}
		if old, err := w.cat.Pinned(w.ctx, before); err != nil || old.Title.EN != "Address report" {
			t.Errorf("who pinned the older one lost it: %v", err)
		}
		history, err := w.History(w.ctx, bea, address)
		w.no(err)
		if len(history) != 2 || !history[0].InForce || history[0].Draft == nil || history[0].Draft.Why != "because of the law" || !history[1].ByProgram || history[1].InForce {
			t.Fatalf("history: %+v", history)
		}
		if a, ok := history[0].Draft.Last(editor.ActApproved); !ok || a.Name != "name of bea" || a.Agency != "town-b" {
			t.Errorf("second person: %+v", a)
		}
		if d, err := w.Compare(w.ctx, ann, address, history[1].Pack, history[0].Pack); err != nil || len(d) != 2 {
			t.Errorf("compare: %v %v", d, err)
		}

		// Back to what it was: a new draft, which takes two people too.
		back, err := w.Begin(w.ctx, ann, address, history[1].Pack)
		w.no(err)
		_, err = w.Begin(w.ctx, ann, address, history[1].Pack)
		w.want(err, kernel.Conflict, "draft_open")
		w.propose(ann, back, later)
		w.no(w.approve(bea, back))
		if w.title(address) != "Address report" {
			t.Error("did not go back")
		}
		for _, check := range w.cat.Module().Checks {
			w.no(check.Run(w.ctx))
		}
		w.audited("catalog.draft_started", "catalog.draft_proposed", "catalog.draft_sent_back", "catalog.draft_approved", "catalog.activate")
	})
}

func (w *world) audited(acts ...string) {
	w.t.Helper()
	w.no(w.db.View(w.ctx, func(tx *store.Tx) error {
		for _, act := range acts {
			var n int
			if err := tx.QueryRow(`SELECT COUNT(*) FROM audit_row WHERE act = $1`, act).Scan(&n); err != nil {
				return err
			}
			if n == 0 {
				w.t.Errorf("no row of %s in the log", act)
			}
		}
		return nil
	}))
}

// TestWhoMay: each body for its own, everybody for what they share, nobody
// alone.
func TestWhoMay(t *testing.T) {
	w := small(t)
	own, shared := w.begin(sue, stamps), w.begin(ann, address)
	for name, actor := range map[string]authz.Actor{"a town's editor": ann, "an official": official, "a resident": resident} {
		if _, err := w.Begin(w.ctx, actor, stamps, ""); !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("%s begins a draft of the ministry: %v", name, err)
		}
		if _, err := w.Open(w.ctx, actor, own); !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("%s reads a draft of the ministry: %v", name, err)
		}
		if _, err := w.History(w.ctx, actor, stamps); !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("%s reads the history: %v", name, err)
		}
	}
	if _, err := w.Open(w.ctx, authz.Actor{}, own); !kernel.Is(err, kernel.Unauthorized) {
		t.Errorf("a visitor: %v", err)
	}
	narrow := ann
	narrow.Token, narrow.Scopes = true, []string{authz.ScopeDesk}
	if _, err := w.Open(w.ctx, narrow, shared); !kernel.Is(err, kernel.Forbidden) {
		t.Errorf("a token without the scope: %v", err)
	}
	// Another town reads, and writes a draft of its own only.
	if work := w.open(bea, shared); work.MayWrite {
		t.Error("another town may write")
	}
	for name, actor := range map[string]authz.Actor{"another town": bea, "an operator": operator} {
		_, err := w.Save(w.ctx, actor, shared, 1, editor.Files(map[string]string{"text.en.md": "x"}))
		if !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("%s writes: %v", name, err)
		}
		w.want(w.Discard(w.ctx, actor, shared, 1), kernel.Forbidden, "not_your_draft")
	}
	_, err := w.Begin(w.ctx, operator, address, "")
	w.want(err, kernel.Forbidden, "operators_read")
	if list, err := w.List(w.ctx, sue, ""); err != nil || len(list) != 1 || list[0].Service.ID != stamps || len(list[0].Drafts) != 1 {
		t.Errorf("list: %+v %v", list, err)
	}
	if list, err := w.List(w.ctx, operator, ""); err != nil || len(list) != 2 {
		t.Errorf("an operator sees all: %+v %v", list, err)
	}
	// Nobody of the town approves what all towns share, whatever else they are.
	w.edit(ann, shared, yaml, "en: Address report", "en: Address")
	w.propose(ann, shared, today)
	for _, more := range []authz.Grant{{Role: authz.Operator}, {Role: authz.Editor, Agency: "town-b"}} {
		both := abe
		both.Grants = append([]authz.Grant{more}, abe.Grants...)
		w.want(w.approve(both, shared), kernel.Forbidden, "other_body")
	}
	// A second editor of the ministry, or an operator, approves.
	w.edit(sue, own, yaml, "en: Stamp club", "en: Stamps")
	w.propose(sue, own, today)
	w.no(w.approve(sam, own))
	if w.title(stamps) != "Stamps" {
		t.Error("not in force")
	}
	// The same person under another account stays the same person.
	me, too := person("one", "stamps"), person("two", "stamps")
	me.Person, too.Person = "p", "p"
	id := w.begin(me, stamps)
	w.edit(me, id, yaml, "en: Stamps", "en: Stamps!")
	w.propose(me, id, today)
	w.want(w.approve(too, id), kernel.Forbidden, "same_person")
	w.no(w.Withdraw(w.ctx, me, id, w.open(me, id).Revision))
	w.no(w.Discard(w.ctx, me, id, w.open(me, id).Revision))
	w.want(w.Discard(w.ctx, me, id, w.open(me, id).Revision), kernel.Conflict, "not_open")
}

// TestTwoDraftsSurvive: changes to two services, approved in either order and
// for different days, are both there in the end.
func TestTwoDraftsSurvive(t *testing.T) {
	for _, firstLater := range []bool{true, false} {
		w := small(t)
		a, s := w.begin(ann, address), w.begin(sue, stamps)
		w.edit(ann, a, yaml, "en: Address report", "en: A")
		w.edit(sue, s, yaml, "en: Stamp club", "en: S")
		w.propose(ann, a, later)
		w.propose(sue, s, tomorrow)
		if firstLater {
			w.no(w.approve(bea, a))
			w.no(w.approve(sam, s))
		} else {
			w.no(w.approve(sam, s))
			w.no(w.approve(bea, a))
		}
		w.at(tomorrow)
		if w.title(address) != "Address report" || w.title(stamps) != "S" {
			t.Errorf("tomorrow: %s, %s", w.title(address), w.title(stamps))
		}
		w.at(later)
		if w.title(address) != "A" || w.title(stamps) != "S" {
			t.Errorf("later: %s, %s", w.title(address), w.title(stamps))
		}
		for service, want := range map[string]int{address: 2, stamps: 2} {
			if h, err := w.History(w.ctx, operator, service); err != nil || len(h) != want || h[0].Draft == nil || !h[0].InForce {
				t.Errorf("history of %s: %+v %v", service, h, err)
			}
		}
	}
}

// TestApprovalsAtOnce: two second people press at the same moment.
func TestApprovalsAtOnce(t *testing.T) {
	each(t, func(w *world) {
		a, s := w.begin(ann, address), w.begin(sue, stamps)
		w.edit(ann, a, yaml, "en: Address report", "en: A")
		w.edit(sue, s, yaml, "en: Stamp club", "en: S")
		w.propose(ann, a, today)
		w.propose(sue, s, today)
		ra, rs := w.open(bea, a).Revision, w.open(sam, s).Revision
		var wg sync.WaitGroup
		errs := make([]error, 3)
		for i, f := range []func() error{
			func() error { return w.Approve(w.ctx, bea, a, ra) },
			func() error { return w.Approve(w.ctx, sam, s, rs) },
			func() error { return w.Approve(w.ctx, operator, s, rs) },
		} {
			wg.Go(func() { errs[i] = f() })
		}
		wg.Wait()
		if errs[0] != nil || (errs[1] == nil) == (errs[2] == nil) {
			t.Errorf("errors: %v", errs)
		}
		if w.title(address) != "A" || w.title(stamps) != "S" {
			t.Errorf("one change is lost: %s, %s", w.title(address), w.title(stamps))
		}
	})
}

// TestCollision: two bodies change the same part; the second draft is asked.
func TestCollision(t *testing.T) {
	w := small(t)
	first, second := w.begin(ann, address), w.begin(bea, address)
	w.edit(ann, first, yaml, "en: Address report", "en: First")
	w.edit(ann, first, yaml, "en: Anyone who moved", "en: Whoever moved")
	w.edit(bea, second, yaml, "en: Address report", "en: Second")
	w.edit(bea, second, yaml, "en: Tell us your new address.", "en: Tell us where you live.")
	w.propose(ann, first, later)
	w.no(w.approve(operator, first))

	// What is to come later collides when the second is to come before it.
	w.propose(bea, second, today)
	w.want(w.approve(ann, second), kernel.Conflict, "collides_on")
	w.no(w.Withdraw(w.ctx, bea, second, w.open(bea, second).Revision))

	w.at(later)
	work := w.open(bea, second)
	if len(work.Collisions) != 1 || work.Collisions[0].Field != "title" || !strings.Contains(work.Collisions[0].Theirs, "First") {
		t.Fatalf("collisions: %+v", work.Collisions)
	}
	w.want(w.Propose(w.ctx, bea, second, work.Revision, later, "x"), kernel.Conflict, "collides")
	w.want(w.Resolve(w.ctx, bea, second, work.Revision, nil), kernel.Invalid, "choose")
	w.no(w.Resolve(w.ctx, bea, second, work.Revision, map[string]string{"service.yaml.title": editor.Mine}))
	w.propose(bea, second, later)
	w.no(w.approve(ann, second))
	svc, _ := w.cat.Service(address)
	if svc.Title.EN != "Second" || svc.Summary.EN != "Tell us where you live." || svc.Who.EN != "Whoever moved" {
		t.Errorf("merged: %s / %s / %s", svc.Title.EN, svc.Summary.EN, svc.Who.EN)
	}
}

// TestStale: two editors of one body save the same draft.
func TestStale(t *testing.T) {
	w := small(t)
	id := w.begin(ann, address)
	w.edit(abe, id, yaml, "en: Address report", "en: By Abe")
	work, err := w.Save(w.ctx, ann, id, 1, editor.Files(map[string]string{"text.en.md": "mine\n"}))
	w.want(err, kernel.Conflict, "stale")
	var e *kernel.Error
	if !errors.As(err, &e) || e.Args["name"] != "name of abe" || work.Revision != 2 {
		t.Errorf("does not say who: %v", err)
	}
}

// TestErrorsAreKept but not proposed.
func TestErrorsAreKept(t *testing.T) {
	w := small(t)
	id := w.begin(ann, address)
	w.edit(ann, id, yaml, "type: date", "type: dates")
	work := w.open(ann, id)
	report, err := w.Check(w.ctx, work)
	w.no(err)
	if report.Errors == 0 || report.Findings[0].Line != 22 && report.Findings[0].File != yaml {
		t.Errorf("report: %+v", report)
	}
	w.want(w.Propose(w.ctx, ann, id, work.Revision, today, "x"), kernel.Conflict, "errors_left")
	w.edit(ann, id, yaml, "type: dates", "type: date")
	work = w.open(ann, id)
	w.want(w.Propose(w.ctx, ann, id, work.Revision, today, "x"), kernel.Conflict, "nothing")
}

// TestHostileFiles: none of it gets past the check, and none of it hurts.
func TestHostileFiles(t *testing.T) {
	w := small(t)
	id := w.begin(ann, address)
	for name, files := range map[string]map[string]string{
		"traversal":    {"../stamp-club/service.yaml": "x"},
		"absolute":     {"/etc/passwd": "x"},
		"unknown file": {"script.js": "x"},
		"large":        {"text.en.md": strings.Repeat("a", 1<<20)},
		"NUL":          {"text.en.md": "a\x00b"},
		"not UTF-8":    {"text.en.md": "\xff\xfe"},
		"no service":   {yaml: " \n"},
	} {
		if _, err := w.Save(w.ctx, ann, id, 1, editor.Files(files)); !kernel.Is(err, kernel.Invalid) && !kernel.Is(err, kernel.TooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+",", 8) + "*" + string(c-1) + "]\n"
	}
	for name, text := range map[string]string{"bomb": bomb, "deep": "a: " + strings.Repeat("[", 60_000), "tag": "a: !!python/object x\n", "other id": "id: stamp-club\n", "not yaml": "{{{{"} {
		rev := w.open(ann, id).Revision
		_, err := w.Save(w.ctx, ann, id, rev, editor.Files(map[string]string{yaml: text}))
		w.no(err)
		work := w.open(ann, id)
		report, err := w.Check(w.ctx, work)
		w.no(err)
		if report.Errors == 0 || report.Service != nil {
			t.Errorf("%s: %+v", name, report)
		}
		w.want(w.Propose(w.ctx, ann, id, work.Revision, today, "x"), kernel.Conflict, "errors_left")
	}
	if w.title(address) != "Address report" {
		t.Error("a draft shows")
	}
}

// TestWholePackDoesNotTakeBack: a pack that was proposed before a change was
// approved would take it back unseen.
func TestWholePackDoesNotTakeBack(t *testing.T) {
	w := small(t)
	data, err := w.cat.Archive(w.ctx, w.cat.PackHash())
	w.no(err)
	files, err := catalog.Folder(data, stamps)
	w.no(err)
	files["text.en.md"] = "Other words.\n"
	zip, err := catalog.Replace(data, stamps, files)
	w.no(err)
	hash, _, err := w.cat.Submit(w.ctx, sue, zip)
	w.no(err)
	whole, err := w.cat.Propose(w.ctx, sue, hash, today)
	w.no(err)
	id := w.begin(ann, address)
	w.edit(ann, id, yaml, "en: Address report", "en: A")
	w.propose(ann, id, today)
	w.no(w.approve(bea, id))
	w.want(w.cat.Approve(w.ctx, sam, whole), kernel.Conflict, "overtaken")
	if w.title(address) != "A" {
		t.Error("taken back")
	}
}

// TestDemo: in the try-out too, and it is still there after a start.
func TestDemo(t *testing.T) {
	db := storetest.SQLite(t, catalog.Migrations(), audit.Migrations())
	w := on(t, db, true)
	id := w.begin(sue, stamps)
	w.edit(sue, id, yaml, "en: Stamp club", "en: Stamps")
	w.propose(sue, id, today)
	w.no(w.approve(operator, id))
	w.no(w.cat.Refresh(w.ctx))
	if w.title(stamps) != "Stamps" {
		t.Error("not in force")
	}
	if again := on(t, db, true); again.title(stamps) != "Stamps" {
		t.Error("forgotten by a start")
	}
}
