package registry

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

// rows counts the rows of the log about a person.
func (b *bench) rows(who string) int {
	b.t.Helper()
	list, _, err := b.log.Mine(b.t.Context(), authz.Actor{Account: acct("9"), Person: who}, kernel.EN, "")
	if err != nil {
		b.t.Fatal(err)
	}
	return len(list)
}

// Whatever an answer tells of somebody is in their log: a page past the end, a
// wrong guess about a known record, a refusal.
func TestTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, ctx := newBench(t, db), t.Context()
		b.defined(dogs())
		b.keep(`{"tag":"T1","owner":"p-1","name":"Bori","chip":7,"bites":true}`)
		of := func(where ...string) Query {
			q := Query{Where: map[string]string{}}
			for i := 0; i < len(where); i += 2 {
				q.Where[where[i]] = where[i+1]
			}
			return q
		}
		past := of("tag", "T1", "bites", "true")
		past.Page, past.Size = 2, 1
		for what, act := range map[string]func() error{
			"a page past the end": func() error {
				f, err := b.Find(ctx, clerk, "dogs", "", past, keep)
				if err == nil && (f.Count != 1 || len(f.Records) != 0) {
					err = fmt.Errorf("%+v", f)
				}
				return err
			},
			"a page past the end, by no index": func() error {
				_, err := b.Find(ctx, clerk, "dogs", "", Query{Where: map[string]string{"bites": "true"}, Page: 2, Size: 1}, keep)
				return err
			},
			"any, past the end": func() error {
				_, err := b.Find(ctx, clerk, "dogs", "", Query{Any: "p-1", Page: 2, Size: 1}, keep)
				return err
			},
			"no, by key": func() error {
				is, err := b.Exists(ctx, clerk, "dogs", "", of("tag", "T1", "bites", "false"), keep)
				if is {
					err = fmt.Errorf("it is")
				}
				return err
			},
			"no, by unique": func() error {
				_, err := b.Exists(ctx, clerk, "dogs", "", of("chip", "7.0", "bites", "false"), keep)
				return err
			},
			"no, of any": func() error {
				_, err := b.Find(ctx, clerk, "dogs", "", Query{Any: "T1", Where: map[string]string{"bites": "false"}}, keep)
				return err
			},
			"a key that is taken": func() error {
				_, err := b.Create(ctx, clerk, "", "dogs", "", values(t, `{"tag":"T1","name":"x"}`), keep)
				return refused(err, kernel.Conflict)
			},
			"a value that is taken": func() error {
				_, err := b.CreateAll(ctx, clerk, "dogs", "", []Values{values(t, `{"chip":7,"name":"x"}`)}, keep)
				return refused(err, kernel.Conflict)
			},
			"a change that cannot be": func() error {
				_, err := b.Change(ctx, clerk, "dogs", "", "T1", values(t, `{"nope":1}`), keep)
				return refused(err, kernel.Invalid)
			},
		} {
			before := b.rows("p-1")
			if err := act(); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			if n := b.rows("p-1"); n != before+1 {
				t.Errorf("%s: %d rows more", what, n-before)
			}
		}
		if _, err := b.Find(ctx, clerk, "dogs", "", Query{Any: "p-9"}, keep); err != nil || b.rows("p-9") != 1 {
			t.Errorf("nothing of a person: %v, %d rows", err, b.rows("p-9"))
		}
		// What cannot be written is refused alike, whether a record is there or not.
		for _, tag := range []string{"T1", "T9"} {
			_, err := b.ChangeOne(ctx, clerk, "dogs", "", of("tag", tag), values(t, `{"nope":1}`), keep)
			want(t, "one "+tag, err, kernel.Invalid)
			_, err = b.ChangeAll(ctx, clerk, "dogs", "", of("tag", tag), values(t, `{"chip":"x"}`), keep)
			want(t, "all "+tag, err, kernel.Invalid)
		}
		b.keep(`{"tag":"T2","owner":"p-2","name":"Bori"}`)
		before := b.rows("p-2")
		_, err := b.ChangeOne(ctx, clerk, "dogs", "", of("name", "Bori"), values(t, `{"size":"small"}`), keep)
		if want(t, "several", err, kernel.Conflict); b.rows("p-2") != before+1 {
			t.Error("that there are several is not logged")
		}
	}, migrations()...)
}

// refused is nil where an act was refused as it should be.
func refused(err error, kind kernel.Kind) error {
	if kernel.Is(err, kind) {
		return nil
	}
	return fmt.Errorf("got %w", err)
}

// An official does not write about themselves, and reading is the office's act.
func TestOwnRecord(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b, ctx := newBench(t, db), t.Context()
	b.defined(dogs())
	b.keep(`{"tag":"T1","owner":"p-1","name":"Bori"}`)
	b.keep(`{"tag":"T2","owner":"p-2","name":"Nabi"}`)
	self := clerk
	self.Person = "p-1"
	_, err := b.Change(ctx, self, "dogs", "", "T1", values(t, `{"size":"small"}`), keep)
	want(t, "one's own", err, kernel.Forbidden)
	_, err = b.Change(ctx, self, "dogs", "", "T1", values(t, `{"owner":"p-2"}`), keep)
	want(t, "away from oneself", err, kernel.Forbidden)
	_, err = b.Change(ctx, self, "dogs", "", "T2", values(t, `{"owner":"p-1"}`), keep)
	want(t, "to oneself", err, kernel.Forbidden)
	_, err = b.Create(ctx, self, "", "dogs", "", values(t, `{"owner":"p-1","name":"x"}`), keep)
	want(t, "a new one", err, kernel.Forbidden)
	want(t, "deleting", b.Delete(ctx, self, "dogs", "", "T1", keep), kernel.Forbidden)
	if _, _, err := b.Read(ctx, self, "dogs", "", "T1", keep); err != nil {
		t.Error(err)
	}
	for _, act := range b.acts(self) {
		if !strings.Contains(act, "Official in charge, seoul") {
			t.Errorf("an act of office reads %q", act)
		}
	}
}

// What was seen is what is confirmed, and who acts as an operator sees it.
func TestConfirmWhatWasSeen(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b, ctx := newBench(t, db), t.Context()
	b.defined(dogs())
	two := dogs()
	two.Version = "2"
	if _, err := b.Propose(ctx, ops, two); err != nil {
		t.Fatal(err)
	}
	plainly := second
	plainly.Token, plainly.Scopes = true, []string{authz.ScopeAdmin}
	seen, err := b.Versions(ctx, plainly, "dogs")
	if err != nil || len(seen) != 2 || seen[0].State == seen[1].State {
		t.Fatalf("%+v %v", seen, err)
	}
	i := slices.IndexFunc(seen, func(r *Register) bool { return r.State == Proposed })
	if err := b.Decline(ctx, ops, "dogs", "2"); err != nil {
		t.Fatal(err)
	}
	two.Agency = "busan"
	if _, err := b.Propose(ctx, ops, two); err != nil {
		t.Fatal(err)
	}
	_, err = b.Confirm(ctx, plainly, "dogs", "2", seen[i].Hash)
	want(t, "another under the same label", err, kernel.Conflict)
	both := authz.Actor{Account: acct("8"), Grants: []authz.Grant{clerk.Grants[0], ops.Grants[0]}, Token: true, Scopes: []string{authz.ScopeDesk}}
	if list, err := b.Versions(ctx, both, "dogs"); err != nil || len(list) != 1 {
		t.Errorf("a token for the desk sees proposals: %+v %v", list, err)
	}
}

// Old records are read and written as the version in force has them, objects too,
// and a field that was dropped comes back as what it was.
func TestVersionsInside(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b, ctx := newBench(t, db), t.Context()
	b.defined(dogs())
	b.keep(`{"tag":"T1","owner":"p-1","name":"Bori","size":"small","home":{"street":"River","flat":{"floor":3}}}`)
	two := dogs()
	two.Version = "2"
	two.Fields[8].Fields = two.Fields[8].Fields[:1]
	two.Fields = slices.DeleteFunc(two.Fields, func(f Field) bool { return f.ID == "size" })
	b.defined(two)
	if _, r, err := b.Read(ctx, clerk, "dogs", "2", "T1", keep); err != nil || fmt.Sprint(r.Fields["home"]) != "map[street:River]" {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := b.Change(ctx, clerk, "dogs", "", "T1", values(t, `{"name":"x"}`), keep); err != nil {
		t.Error(err)
	}
	three := two
	three.Version = "3"
	three.Fields = append(slices.Clone(two.Fields), Field{ID: "size", Type: Integer})
	_, err := b.Propose(ctx, ops, three)
	want(t, "back as something else", err, kernel.Conflict)
}

// A number is given once: who removes a register twice removes no other.
func TestNumbersStay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, ctx := newBench(t, db), t.Context()
		for i := range 3 {
			r, err := b.Propose(ctx, ops, dogs())
			if err != nil || r.Number != int64(i+1) {
				t.Fatalf("%+v %v", r, err)
			}
			if err := b.Remove(ctx, ops, "dogs"); err != nil {
				t.Fatal(err)
			}
		}
	}, migrations()...)
}

// What looks the same is the same, and what differs by a digit is not.
func TestSameValues(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b, ctx := newBench(t, db), t.Context()
	d := dogs()
	d.Unique = [][]string{{"chip"}, {"weight"}}
	b.defined(d)
	b.keep(`{"tag":"가","name":"x","weight":12345678901234567890}`)
	b.keep(`{"tag":"B","name":"x","weight":12345678901234567891}`)
	for what, text := range map[string]string{"decomposed": `{"tag":"가","name":"x"}`, "with a space": `{"tag":"가 ","name":"x"}`,
		"with an exponent": `{"tag":"C","name":"x","weight":1234567890123456789e1}`, "with a fraction": `{"tag":"D","name":"x","weight":12345678901234567890.00}`} {
		_, err := b.Create(ctx, clerk, "", "dogs", "", values(t, text), keep)
		want(t, what, err, kernel.Conflict)
	}
	for _, name := range []string{"가", "가", " 가"} {
		if _, _, err := b.Read(ctx, clerk, "dogs", "", name, keep); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if f, err := b.Find(ctx, clerk, "dogs", "", Query{Where: map[string]string{"weight": "012345678901234567891.0"}}, keep); err != nil || f.Count != 1 || f.Records[0].Fields["tag"] != "B" {
		t.Errorf("%+v %v", f, err)
	}
	for text, one := range map[string]string{"100": "100", "1e2": "100", "-0.0": "0", "00.50": "0.5", "-12.340e-1": "-1.234", "5e-3": "0.005", "1e999": "1e999", "1e-999": "1e-999", "1e99999999999": "", "": "", "1.": "", "0x1": ""} {
		if got := exact(text); got != one {
			t.Errorf("%q is %q, want %q", text, got, one)
		}
	}
}

// A key that is taken away is the own id; a repeated request is the same whatever
// became of the record.
func TestKeysStay(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b, ctx := newBench(t, db), t.Context()
	b.defined(dogs())
	first := b.keep(`{"tag":"T1","owner":"p-1","name":"Bori"}`)
	if r, err := b.Change(ctx, clerk, "dogs", "", "T1", values(t, `{"tag":null}`), keep); err != nil || r.Fields["tag"] != string(first.ID) {
		t.Errorf("%+v %v", r, err)
	}
	v := values(t, `{"name":"x","home":{"street":null}}`)
	for range 2 {
		r, err := b.Create(ctx, clerk, "k", "dogs", "", v, keep)
		if err != nil {
			t.Fatal(err)
		}
		first = r
	}
	if _, ok := v["home"].(Values)["street"]; !ok {
		t.Error("what the caller handed in was changed")
	}
	if err := b.Delete(ctx, clerk, "dogs", "", string(first.ID), keep); err != nil {
		t.Fatal(err)
	}
	_, err := b.Create(ctx, clerk, "k", "dogs", "", v, keep)
	want(t, "made and deleted", err, kernel.Conflict)
	q := Query{Where: map[string]string{"tag": "NEW", "home.flat.floor": "2", "chip": "5", "bites": "true"}}
	for range 2 {
		r, err := b.ChangeOrCreate(ctx, clerk, "dogs", "", q, values(t, `{"name":"y"}`), keep)
		if err != nil || r.Rev != 1 || fmt.Sprint(r.Fields) != `map[bites:true chip:5 home:map[flat:map[floor:2]] name:y tag:NEW]` {
			t.Errorf("%+v %v", r, err)
		}
	}
	_, err = b.ChangeOrCreate(ctx, clerk, "dogs", "", Query{Where: map[string]string{"name": "y"}}, values(t, `{"size":"small"}`), keep)
	want(t, "by what has no index", err, kernel.Invalid)
}

// Who a record is about is an id, and no number that a copy of the log gives away.
func TestPersons(t *testing.T) {
	d := dogs()
	for _, p := range []string{"900101-1234567", "9001011234567", "p-1 ", "account:00000000-0000-7000-8000-000000000007", "가"} {
		if err := d.fit(values(t, fmt.Sprintf(`{"name":"x","owner":%q}`, p))); !kernel.Is(err, kernel.Invalid) {
			t.Errorf("%q: %v", p, err)
		}
		q := Query{Where: map[string]string{"owner": strings.TrimSpace(p)}}
		if err := q.check(&d); p != "p-1 " && !kernel.Is(err, kernel.Invalid) {
			t.Errorf("looked for %q: %v", p, err)
		}
	}
	for basis, at := range map[string]string{"": "basis", " ": "basis", "consent:1": "basis", "mandate:1": "basis", "Act; mandate:1": "basis", "peer x: y": "basis", "Act; assisted": "basis", "Act; app:x": "basis"} {
		d := dogs()
		d.Basis = basis
		if err := d.check(); !kernel.Is(err, kernel.Invalid) || !strings.Contains(err.Error(), at) {
			t.Errorf("%q: %v", basis, err)
		}
	}
	d = dogs()
	d.Key = d.Person
	if err := d.check(); !kernel.Is(err, kernel.Invalid) {
		t.Errorf("a key that is the person: %v", err)
	}
}

// A change that goes through a whole register holds nobody else's write.
func TestSearchHoldsNoWriter(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b, ctx := newBench(t, db), t.Context()
	b.defined(dogs())
	b.keep(`{"tag":"T1","name":"x"}`)
	// While somebody writes, looking through goes on: it is a reading.
	done := make(chan error, 1)
	err := db.Update(ctx, func(tx *store.Tx) error {
		go func() {
			q := Query{Where: map[string]string{"name": "nobody"}}
			_, err := b.meant(ctx, clerk, "dogs", "", &q, Values{}, keep, false)
			done <- err
		}()
		select {
		case err := <-done:
			return err
		case <-time.After(10 * time.Second):
			return fmt.Errorf("looking through waits for the writer")
		}
	})
	if err != nil {
		t.Error(err)
	}
	err = db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO registry_record (id, register, version, rev, fields, by_account, created_at, changed_at)
			SELECT 'z', register, '1', 1, zeroblob($1), '', 0, 0 FROM registry_record`, int64(scanBytes))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Find(ctx, clerk, "dogs", "", Query{Where: map[string]string{"name": "x"}}, keep)
	want(t, "too much to go through", err, kernel.Invalid)
	if f, err := b.Find(ctx, clerk, "dogs", "", Query{Where: map[string]string{"tag": "T1"}}, keep); err != nil || f.Count != 1 {
		t.Errorf("%+v %v", f, err)
	}
}

// An auditor reads a year, and the log says which.
func TestAuditorsYear(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b, ctx := newBench(t, db), t.Context()
	b.defined(dogs())
	b.keep(`{"tag":"T1","owner":"p-1","name":"Bori"}`)
	b.clock.Advance(400 * 24 * time.Hour)
	if _, _, err := b.Read(ctx, clerk, "dogs", "", "T1", keep); err != nil {
		t.Fatal(err)
	}
	list, err := b.log.Readings(ctx, auditor, "p-1", ObjectOf("dogs"), "complaint 12 of the person")
	if err != nil || len(list) != 1 {
		t.Errorf("%d, %v", len(list), err)
	}
	if list, err := b.log.Readings(ctx, person, "p-1", ObjectOf("dogs"), ""); err != nil || len(list) != 2 {
		t.Errorf("the person sees %d, %v", len(list), err)
	}
	detail := ""
	err = db.View(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT detail FROM audit_row WHERE act = 'audit.search'`).Scan(&detail)
	})
	if err != nil || !strings.Contains(detail, "2026-04-06") || !strings.Contains(detail, "2027-04-07") {
		t.Errorf("%s %v", detail, err)
	}
}
