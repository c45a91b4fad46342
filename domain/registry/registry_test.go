package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

// A register lives: defined by two, written, read, changed, and its people see
// each look.
func TestKeep(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, ctx := newBench(t, db), t.Context()
		b.defined(dogs())
		first := b.keep(`{"tag":"T1","owner":"p-1","name":"Bori","chip":9007199254740993,"born":"2020-02-29","weight":7.250,"home":{"street":"River","flat":{"floor":3}},"notes":[{"a":1}]}`)
		if got := first.Fields["chip"].(json.Number); got != "9007199254740993" {
			t.Errorf("a number lost digits: %s", got)
		}
		unnamed := b.keep(`{"name":"Nabi","owner":null}`)
		if unnamed.Fields["tag"] != string(unnamed.ID) {
			t.Errorf("a key left empty is %v", unnamed.Fields["tag"])
		}
		b.keep(`{"tag":"T3","owner":"p-1","name":"Coco","size":"small","bites":true,"chip":30,"weight":10}`)

		for what, q := range map[string]struct {
			Query
			n int
		}{
			"key":            {Query{Where: map[string]string{"tag": "T1"}}, 1},
			"number":         {Query{Where: map[string]string{"chip": "9007199254740993"}}, 1},
			"set":            {Query{Where: map[string]string{"name": "Bori", "born": "2020-02-29"}}, 1},
			"person":         {Query{Where: map[string]string{"owner": "p-1"}}, 2},
			"person and not": {Query{Where: map[string]string{"owner": "p-1", "name": "Nabi"}}, 0},
			"no index":       {Query{Where: map[string]string{"bites": "true"}}, 1},
			"inside":         {Query{Where: map[string]string{"home.flat.floor": "3"}}, 1},
			"a fraction":     {Query{Where: map[string]string{"weight": "7.25"}}, 1},
			"a part":         {Query{Where: map[string]string{"name": "Bor"}}, 0},
			"any":            {Query{Any: "Coco"}, 1},
			"all":            {Query{}, 3},
		} {
			if f, err := b.Find(ctx, clerk, "dogs", "", q.Query, keep); err != nil || f.Count != q.n || len(f.Records) != q.n {
				t.Errorf("%s: %+v %v", what, f, err)
			}
		}
		names := func(q Query) string {
			f, err := b.Find(ctx, clerk, "dogs", "1", q, keep)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, r := range f.Records {
				out = append(out, r.Fields["name"].(string))
			}
			return strings.Join(out, " ")
		}
		for want, q := range map[string]Query{"Bori Coco Nabi": {By: "name"}, "Nabi Coco Bori": {By: "name", Order: Descending}, "Nabi": {By: "name", Page: 3, Size: 1}, "Coco Bori": {By: "chip", Where: map[string]string{"owner": "p-1"}},
			"Nabi Bori Coco": {By: "weight"}, "Coco Nabi": {Order: Descending, Size: 2}, "Bori": {Order: Descending, Page: 2, Size: 2}, "": {Page: 9}} {
			if got := names(q); got != want {
				t.Errorf("%+v: %q, want %q", q, got, want)
			}
		}

		write := values(t, `{"name":"Bori 2","home":null}`)
		for range 2 { // the same again leaves no second revision
			r, err := b.Change(ctx, clerk, "dogs", "", "T1", write, keep)
			if err != nil || r.Rev != 2 || r.Fields["name"] != "Bori 2" || r.Fields["home"] != nil || r.Fields["tag"] != "T1" {
				t.Fatalf("change: %+v %v", r, err)
			}
		}
		past, n, err := b.Past(ctx, clerk, "dogs", "T1", keep)
		if err != nil || n != 1 || len(past) != 1 || past[0].Rev != 1 || past[0].Fields["name"] != "Bori" {
			t.Errorf("past: %+v %v", past, err)
		}
		if list, err := b.Registers(ctx, clerk); err != nil || len(list) != 1 || list[0].Records != 3 {
			t.Errorf("registers: %+v %v", list, err)
		}
		if err := b.verify(ctx); err != nil {
			t.Error(err)
		}
		for range 2 {
			if err := b.Delete(ctx, clerk, "dogs", "", "T1", keep); err != nil {
				t.Fatal(err)
			}
		}
		if left := rowsOf(t, db, first.ID); left != 0 {
			t.Errorf("%d rows of a deleted record", left)
		}
		got := b.acts(person)
		for _, act := range []string{"Created a record", "Read a record", "Changed a record", "Read earlier states of a record", "Deleted a record"} {
			if !slices.ContainsFunc(got, func(s string) bool {
				return strings.HasPrefix(s, act+" by Official in charge, seoul for Keeping the register")
			}) {
				t.Errorf("no %q in %q", act, got)
			}
		}
	}, migrations()...)
}

func rowsOf(t *testing.T, db *store.DB, id kernel.ID) (n int) {
	t.Helper()
	err := db.View(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT (SELECT count(*) FROM registry_record WHERE id = $1) + (SELECT count(*) FROM registry_past WHERE record = $1) + (SELECT count(*) FROM registry_index WHERE record = $1)`, id).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A look and its row in the log are one: each record read is one row, about its
// person, and where the log cannot be written nothing is shown.
func TestLooksAreLogged(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b, ctx := newBench(t, db), t.Context()
	b.defined(dogs())
	b.keep(`{"tag":"T1","owner":"p-1","name":"Bori"}`)
	b.keep(`{"tag":"T2","owner":"p-2","name":"Bori"}`)
	b.keep(`{"tag":"T3","name":"Bori"}`)
	count := func(act string) int {
		n := 0
		for _, a := range b.acts(person) {
			if strings.HasPrefix(a, act) {
				n++
			}
		}
		return n
	}
	look := Look{Purpose: "decide", App: "East\x00 desk\nsoftware"}
	if _, err := b.Find(ctx, clerk, "dogs", "", Query{Where: map[string]string{"name": "Bori"}}, look); err != nil {
		t.Fatal(err)
	}
	if n := count("Read a record by Official in charge, seoul for Deciding on an application"); n != 1 || count("Read a record") != 1 {
		t.Errorf("%q", b.acts(person))
	}
	if is, err := b.Exists(ctx, clerk, "dogs", "", Query{Where: map[string]string{"tag": "T1"}}, look); !is || err != nil || count("Asked whether") != 1 {
		t.Errorf("exists %v %v: %q", is, err, b.acts(person))
	}
	// That there is nothing about somebody tells something about them.
	ofMine := Query{Where: map[string]string{"owner": "p-1", "name": "Nobody"}}
	if f, err := b.Find(ctx, clerk, "dogs", "", ofMine, look); err != nil || f.Count != 0 || count("Asked whether") != 2 {
		t.Errorf("%+v %v %q", f, err, b.acts(person))
	}
	if _, err := b.ChangeOne(ctx, clerk, "dogs", "", ofMine, values(t, `{"size":"small"}`), look); !kernel.Is(err, kernel.NotFound) || count("Asked whether") != 3 {
		t.Errorf("%v %q", err, b.acts(person))
	}
	if n, err := b.ChangeAll(ctx, clerk, "dogs", "", ofMine, values(t, `{"size":"small"}`), look); n != 0 || err != nil || count("Asked whether") != 4 {
		t.Errorf("%v %q", err, b.acts(person))
	}
	// Who is moved to another person: both see it.
	if _, err := b.Change(ctx, clerk, "dogs", "", "T2", values(t, `{"owner":"p-1"}`), keep); err != nil || count("Changed") != 1 {
		t.Errorf("%v %q", err, b.acts(person))
	}
	list, err := b.log.Readings(ctx, person, "p-1", ObjectOf("dogs"), "")
	named := slices.ContainsFunc(list, func(r audit.Reading) bool {
		return r.Act == "registry.read" && r.Agency == "seoul" && strings.Contains(r.Detail, `"app":"East desksoftware"`)
	})
	if err != nil || len(list) != 7 || !named {
		t.Errorf("readings: %+v %v", list, err)
	}
	if shown, _, err := b.log.Ledger(ctx, person, kernel.EN, audit.Filter{What: audit.KindData}); err != nil || len(shown) != 7 {
		t.Errorf("among what was done to data: %d %v", len(shown), err)
	}
	for what, who := range map[string]authz.Actor{"an official": clerk, "somebody else": {Account: acct("8"), Person: "p-2"}, "an operator": ops} {
		if _, err := b.log.Readings(ctx, who, "p-1", ObjectOf("dogs"), "because I want to"); !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := b.log.Readings(ctx, authz.Actor{}, "", "", ""); !kernel.Is(err, kernel.Unauthorized) {
		t.Error(err)
	}
	if _, err := b.log.Readings(ctx, auditor, "p-1", ObjectOf("dogs"), "why"); !kernel.Is(err, kernel.Invalid) {
		t.Error(err)
	}
	if list, err := b.log.Readings(ctx, auditor, "p-1", ObjectOf("dogs"), "complaint 12 of the person"); err != nil || len(list) != 7 {
		t.Errorf("%+v %v", list, err)
	}
	if acts := b.acts(person); len(acts) != 8 {
		t.Errorf("an auditor's look: %q", acts)
	}
	if _, err := b.Find(ctx, clerk, "dogs", "", Query{}, Look{Purpose: "curiosity"}); !kernel.Is(err, kernel.Invalid) {
		t.Error(err)
	}
	err = db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`DROP TABLE audit_row`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if f, err := b.Find(ctx, clerk, "dogs", "", Query{}, keep); err == nil || f != nil {
		t.Errorf("read without a log: %+v %v", f, err)
	}
	if r, err := b.Create(ctx, clerk, "", "dogs", "", values(t, `{"tag":"T9","name":"x"}`), keep); err == nil || r != nil {
		t.Errorf("written without a log: %+v %v", r, err)
	}
}

// Everybody but officials of the body is refused, and to another body's
// officials the register is as absent as one that is not there.
func TestWhoMay(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b, ctx := newBench(t, db), t.Context()
	b.defined(dogs())
	theirs := dogs()
	theirs.Code, theirs.Agency = "cats", "busan"
	b.defined(theirs)
	waits := dogs()
	waits.Code = "waits"
	if _, err := b.Propose(ctx, ops, waits); err != nil {
		t.Fatal(err)
	}
	rec := b.keep(`{"tag":"T1","owner":"p-1","name":"Bori"}`)
	one := Query{Where: map[string]string{"tag": "T1"}}
	fields := values(t, `{"name":"x"}`)
	acts := map[string]func(who authz.Actor, code string) error{
		"find": func(who authz.Actor, code string) error { _, err := b.Find(ctx, who, code, "", one, keep); return err },
		"list": func(who authz.Actor, code string) error {
			_, err := b.Find(ctx, who, code, "1", Query{}, keep)
			return err
		},
		"exists": func(who authz.Actor, code string) error {
			_, err := b.Exists(ctx, who, code, "", one, keep)
			return err
		},
		"read": func(who authz.Actor, code string) error {
			_, _, err := b.Read(ctx, who, code, "", "T1", keep)
			return err
		},
		"by id": func(who authz.Actor, code string) error {
			_, _, err := b.Read(ctx, who, code, "", string(rec.ID), keep)
			return err
		},
		"past": func(who authz.Actor, code string) error {
			_, _, err := b.Past(ctx, who, code, string(rec.ID), keep)
			return err
		},
		"create": func(who authz.Actor, code string) error {
			_, err := b.Create(ctx, who, "", code, "", fields, keep)
			return err
		},
		"all": func(who authz.Actor, code string) error {
			_, err := b.CreateAll(ctx, who, code, "", []Values{fields}, keep)
			return err
		},
		"change": func(who authz.Actor, code string) error {
			_, err := b.Change(ctx, who, code, "", string(rec.ID), fields, keep)
			return err
		},
		"one": func(who authz.Actor, code string) error {
			_, err := b.ChangeOne(ctx, who, code, "", one, fields, keep)
			return err
		},
		"upsert": func(who authz.Actor, code string) error {
			_, err := b.ChangeOrCreate(ctx, who, code, "", one, fields, keep)
			return err
		},
		"many": func(who authz.Actor, code string) error {
			_, err := b.ChangeAll(ctx, who, code, "", one, fields, keep)
			return err
		},
		"delete": func(who authz.Actor, code string) error { return b.Delete(ctx, who, code, "", string(rec.ID), keep) },
		"about":  func(who authz.Actor, code string) error { _, err := b.Versions(ctx, who, code); return err },
	}
	for what, act := range acts {
		for code, who := range map[string]authz.Actor{"dogs": busan, "cats": clerk, "nothing": clerk, "waits": clerk, "\x00": clerk} {
			err := act(who, code)
			if !kernel.Is(err, kernel.NotFound) && !(code == "\x00" && kernel.Is(err, kernel.Invalid)) {
				t.Errorf("%s of %q by another: %v", what, code, err)
			} else if code != "\x00" && err.Error() != errNone.Error() {
				t.Errorf("%s of %q tells something: %v", what, code, err)
			}
		}
		for name, who := range map[string]authz.Actor{"auditor": auditor, "manager": manager, "person": person, "another scope": scope, "on behalf": helped} {
			want(t, what+" by "+name, act(who, "dogs"), kernel.Forbidden)
		}
		want(t, what+" by nobody", act(authz.Actor{}, "dogs"), kernel.Unauthorized)
		if what != "about" {
			want(t, what+" by an operator", act(ops, "dogs"), kernel.Forbidden)
		}
	}
	// A record of one register is none of another's, of the same body either.
	mine := dogs()
	mine.Code = "strays"
	b.defined(mine)
	for what, act := range acts {
		if slices.Contains([]string{"by id", "past", "change"}, what) {
			want(t, what+" across registers", act(clerk, "strays"), kernel.NotFound)
		}
	}
	if err := b.Delete(ctx, clerk, "strays", "", string(rec.ID), keep); err != nil || rowsOf(t, db, rec.ID) == 0 {
		t.Errorf("a record deleted through another register: %v", err)
	}
	if list, err := b.Registers(ctx, busan); err != nil || len(list) != 1 || list[0].Def.Code != "cats" {
		t.Errorf("%+v %v", list, err)
	}
	if list, err := b.Registers(ctx, ops); err != nil || len(list) != 4 {
		t.Errorf("%+v %v", list, err)
	}
	if r, err := b.Numbered(ctx, busan, 1); !kernel.Is(err, kernel.NotFound) {
		t.Errorf("another's by number: %+v %v", r, err)
	}
}

// What two operators agree to is in force, and nothing else.
func TestDefine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, ctx := newBench(t, db), t.Context()
		for what, who := range map[string]authz.Actor{"official": clerk, "person": person, "auditor": auditor} {
			_, err := b.Propose(ctx, who, dogs())
			want(t, what, err, kernel.Forbidden)
			want(t, what, b.Remove(ctx, who, "dogs"), kernel.Forbidden)
			_, err = b.Confirm(ctx, who, "dogs", "1", "")
			want(t, what, err, kernel.Forbidden)
		}
		hash := ""
		for range 2 {
			r, err := b.Propose(ctx, ops, dogs())
			if err != nil || r.State != Proposed || r.Number != 1 {
				t.Fatalf("propose: %+v %v", r, err)
			}
			hash = r.Hash
		}
		other := dogs()
		other.Version = "9"
		other.Name = text("other")
		_, err := b.Propose(ctx, ops, other)
		want(t, "a second proposal", err, kernel.Conflict)
		_, err = b.Confirm(ctx, ops, "dogs", "1", hash)
		want(t, "one's own", err, kernel.Forbidden)
		_, err = b.Create(ctx, clerk, "", "dogs", "1", values(t, `{"name":"x"}`), keep)
		want(t, "written before it is in force", err, kernel.NotFound)
		if err := b.Decline(ctx, second, "dogs", "1"); err != nil {
			t.Fatal(err)
		}
		want(t, "declined twice", b.Decline(ctx, second, "dogs", "1"), kernel.NotFound)
		b.defined(dogs())
		if r, err := b.Confirm(ctx, second, "dogs", "1", hash); err != nil || r.State != Active || r.Second != second.Account {
			t.Errorf("pressed twice: %+v %v", r, err)
		}
		want(t, "declined in force", b.Decline(ctx, ops, "dogs", "1"), kernel.Conflict)
		_, err = b.Propose(ctx, ops, dogs())
		want(t, "the same label", err, kernel.Conflict)
		for what, change := range map[string]func(*Definition){
			"key": func(d *Definition) { d.Key = "name" }, "person": func(d *Definition) { d.Person = "" }, "unique": func(d *Definition) { d.Unique = nil },
			"type":        func(d *Definition) { d.Fields[3].Type = Number },
			"type inside": func(d *Definition) { d.Fields[8].Fields[0].Type = Boolean },
		} {
			d := dogs()
			d.Version = "2"
			change(&d)
			_, err := b.Propose(ctx, ops, d)
			want(t, what, err, kernel.Conflict)
		}
		b.keep(`{"tag":"T1","owner":"p-1","name":"Bori","size":"small"}`)
		two := dogs()
		two.Version = "" // the next number
		two.Fields = slices.DeleteFunc(two.Fields, func(f Field) bool { return f.ID == "size" })
		two.Fields = append(two.Fields, Field{ID: "vet", Type: String, Required: true})
		r, err := b.Propose(ctx, ops, two)
		if err != nil || r.Def.Version != "2" {
			t.Fatalf("%+v %v", r, err)
		}
		if _, err := b.Confirm(ctx, second, "dogs", "2", r.Hash); err != nil {
			t.Fatal(err)
		}
		_, err = b.Change(ctx, clerk, "dogs", "1", "T1", values(t, `{"name":"x"}`), keep)
		want(t, "written by an old version", err, kernel.Conflict)
		_, err = b.Change(ctx, clerk, "dogs", "", "T1", values(t, `{"name":"x"}`), keep)
		want(t, "without what the new version needs", err, kernel.Invalid)
		if _, r, err := b.Read(ctx, clerk, "dogs", "1", "T1", keep); err != nil || r.Fields["size"] != "small" {
			t.Errorf("by the old version: %+v %v", r, err)
		}
		if _, r, err := b.Read(ctx, clerk, "dogs", "2", "T1", keep); err != nil || r.Fields["size"] != nil || r.Version != "1" {
			t.Errorf("by the new version: %+v %v", r, err)
		}
		if r, err := b.Change(ctx, clerk, "dogs", "2", "T1", values(t, `{"vet":"v"}`), keep); err != nil || r.Version != "2" {
			t.Errorf("%+v %v", r, err)
		}
		if list, err := b.Versions(ctx, clerk, "dogs"); err != nil || len(list) != 2 || list[0].State != Active && list[1].State != Active {
			t.Errorf("%+v %v", list, err)
		}
		// The body merged into another, which keeps all of it from then on.
		moved := two
		moved.Version, moved.Agency = "3", "busan"
		b.defined(moved)
		_, _, err = b.Read(ctx, clerk, "dogs", "", "T1", keep)
		want(t, "by the body before", err, kernel.NotFound)
		if r, _, err := b.Read(ctx, busan, "dogs", "1", "T1", keep); err != nil || r.Def.Agency != "busan" {
			t.Errorf("by the body now: %+v %v", r, err)
		}
		want(t, "removed with records", b.Remove(ctx, ops, "dogs"), kernel.Conflict)
		if err := b.Delete(ctx, busan, "dogs", "", "T1", keep); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := b.Remove(ctx, ops, "dogs"); err != nil {
				t.Fatal(err)
			}
		}
		b.defined(dogs()) // the code is free again
		if err := b.verify(ctx); err != nil {
			t.Error(err)
		}
	}, migrations()...)
}

// A definition that cannot be is refused with where it is wrong.
func TestDefinitions(t *testing.T) {
	deep := Field{ID: "f", Type: Object, Fields: []Field{{ID: "f", Type: Object, Fields: []Field{{ID: "f", Type: Object, Fields: []Field{{ID: "f", Type: Object, Fields: []Field{{ID: "f", Type: String}}}}}}}}}
	many := []Field{}
	for i := range maxFields + 1 {
		many = append(many, Field{ID: fmt.Sprintf("f%d", i), Type: String})
	}
	for at, change := range map[string]func(*Definition){
		"code": func(d *Definition) { d.Code = "../dogs" }, "version": func(d *Definition) { d.Version = "1/2" }, "name": func(d *Definition) { d.Name = text(" ") },
		"basis": func(d *Definition) { d.Basis = strings.Repeat("x", 301) }, "fields": func(d *Definition) { d.Fields, d.Key, d.Person, d.Unique = nil, "", "", nil },
		"fields ":    func(d *Definition) { d.Fields = append(d.Fields, many...) },
		"fields[10]": func(d *Definition) { d.Fields = append(d.Fields, Field{ID: "tag", Type: String}) }, "fields[0]": func(d *Definition) { d.Fields[0].Type = "some string" },
		"fields[3]": func(d *Definition) { d.Fields[3].Max = 5 }, "fields[9]": func(d *Definition) { d.Fields[9].Enum = []string{"a"} },
		"fields[10] ": func(d *Definition) { d.Fields = append(d.Fields, Field{ID: "o", Type: Object}) }, "fields[1]": func(d *Definition) { d.Fields[1].ID = "a.b" },
		"fields[10].fields[0].fields[0].fields[0]": func(d *Definition) { d.Fields = append(d.Fields, deep) },
		"key": func(d *Definition) { d.Key = "chip" }, "person": func(d *Definition) { d.Person = "nobody" }, "unique": func(d *Definition) { d.Unique = [][]string{{"home"}} },
		"unique ": func(d *Definition) { d.Unique = [][]string{{}} }, "unique  ": func(d *Definition) { d.Unique = [][]string{{"name", "notes"}} },
	} {
		d := dogs()
		change(&d)
		err := d.check()
		if !kernel.Is(err, kernel.Invalid) || !strings.Contains(err.Error(), "["+strings.TrimSpace(at)+": ") {
			t.Errorf("%s: %v", at, err)
		}
	}
	d := dogs()
	if err := d.check(); err != nil {
		t.Error(err)
	}
}

// A record that does not fit is refused, whatever it is made of.
func TestRecords(t *testing.T) {
	d := dogs()
	d.Fields[2].Max = 5
	for what, text := range map[string]string{
		"no name": `{}`, "an empty name": `{"name":" "}`, "another type": `{"name":1}`, "too long": `{"name":"123456"}`, "NUL": `{"name":"a\u0000"}`, "unknown": `{"name":"x","nam":"y"}`,
		"a fraction": `{"name":"x","chip":1.5}`, "too great": `{"name":"x","chip":9223372036854775808}`, "no day": `{"name":"x","born":"2021-02-29"}`, "no choice": `{"name":"x","size":"tiny"}`,
		"not said": `{"name":"x","bites":"no"}`, "no number": `{"name":"x","weight":1e400}`, "no object": `{"name":"x","home":[]}`, "unknown inside": `{"name":"x","home":{"roof":1}}`,
		"deep": `{"name":"x","notes":` + strings.Repeat(`[`, 6) + strings.Repeat(`]`, 6) + `}`, "deeper than anybody reads": `{"name":"x","notes":` + strings.Repeat(`{"a":`, 5000) + `1` + strings.Repeat(`}`, 5000) + `}`,
	} {
		if err := d.fit(values(t, text)); !kernel.Is(err, kernel.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := d.fit(values(t, `{"name":"x","notes":["`+strings.Repeat("y", maxRecord)+`"]}`)); !kernel.Is(err, kernel.TooLarge) {
		t.Errorf("a large record: %v", err)
	}
	v := values(t, `{"name":"x","born":null,"home":{"flat":{"floor":null}}}`)
	if err := d.fit(v); err != nil || len(v) != 2 {
		t.Errorf("%v %v", v, err)
	}
}

// Nothing of a record is readable in the tables, and equal values of two
// registers have nothing in common.
func TestSealed(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b, ctx := newBench(t, db), t.Context()
	b.defined(dogs())
	cats := dogs()
	cats.Code = "cats"
	b.defined(cats)
	b.keep(`{"tag":"T-SECRET","owner":"p-1","name":"VERYSECRET"}`)
	if _, err := b.Change(ctx, clerk, "dogs", "", "T-SECRET", values(t, `{"name":"MORESECRET"}`), keep); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Create(ctx, clerk, "", "cats", "", values(t, `{"tag":"T-SECRET","owner":"p-1","name":"VERYSECRET"}`), keep); err != nil {
		t.Fatal(err)
	}
	macs := map[string]int{}
	err := db.View(ctx, func(tx *store.Tx) error {
		for _, q := range []string{`SELECT fields FROM registry_record UNION ALL SELECT fields FROM registry_past UNION ALL SELECT mac FROM registry_index`,
			`SELECT detail FROM audit_row UNION ALL SELECT object FROM audit_row UNION ALL SELECT subject FROM audit_row`} {
			rows, err := tx.Query(q)
			if err != nil {
				return err
			}
			for rows.Next() {
				var raw []byte
				if err := rows.Scan(&raw); err != nil {
					return err
				}
				if bytes.Contains(raw, []byte("SECRET")) || bytes.Contains(raw, []byte("p-1")) {
					t.Errorf("%q lies open", raw)
				}
				if len(raw) == 32 {
					macs[string(raw)]++
				}
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(macs) < 4 {
		t.Errorf("%d hashes of 4", len(macs))
	}
	// A sealed record that was moved into another's row does not open.
	err = db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE registry_record SET fields = (SELECT min(fields) FROM registry_record)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Find(ctx, clerk, "dogs", "", Query{}, keep); err == nil {
		if _, err = b.Find(ctx, clerk, "cats", "", Query{}, keep); err == nil {
			t.Error("a moved record opens")
		}
	}
}

// Two at once with one unique value: one is kept. A repeated request is one.
func TestAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, ctx := newBench(t, db), t.Context()
		b.defined(dogs())
		race := func(n int, fn func(i int) error) (ok, taken int) {
			errs := make([]error, n)
			var wg sync.WaitGroup
			for i := range n {
				wg.Go(func() { errs[i] = fn(i) })
			}
			wg.Wait()
			for _, err := range errs {
				switch {
				case err == nil:
					ok++
				case kernel.Is(err, kernel.Conflict):
					taken++
				default:
					t.Error(err)
				}
			}
			return ok, taken
		}
		create := func(key, text string) error {
			_, err := b.Create(ctx, clerk, key, "dogs", "", values(t, text), keep)
			return err
		}
		if ok, taken := race(6, func(i int) error { return create("", fmt.Sprintf(`{"tag":"T%d","name":"x","chip":7}`, i)) }); ok != 1 || taken != 5 {
			t.Errorf("one chip in %d records, %d refused", ok, taken)
		}
		if ok, taken := race(4, func(int) error { return create("once", `{"name":"y"}`) }); ok != 4 || taken != 0 {
			t.Errorf("a repeated request: %d, %d", ok, taken)
		}
		want(t, "the key for something else", create("once", `{"name":"z"}`), kernel.Conflict)
		want(t, "a long key", create(strings.Repeat("k", 300), `{"name":"z"}`), kernel.Invalid)
		q := Query{Where: map[string]string{"name": "Upsert", "born": "2020-01-01"}}
		if ok, taken := race(4, func(int) error {
			_, err := b.ChangeOrCreate(ctx, clerk, "dogs", "", q, values(t, `{"size":"small"}`), keep)
			return err
		}); ok != 4 || taken != 0 {
			t.Errorf("update or create: %d, %d", ok, taken)
		}
		f, err := b.Find(ctx, clerk, "dogs", "", Query{}, keep)
		if err != nil || f.Count != 3 {
			t.Fatalf("%+v %v", f, err)
		}
		// A change cannot take what another has, and a freed value can be taken.
		b.keep(`{"tag":"A","name":"a","chip":1}`)
		b.keep(`{"tag":"B","name":"b","chip":2}`)
		_, err = b.Change(ctx, clerk, "dogs", "", "B", values(t, `{"chip":1}`), keep)
		want(t, "another's chip", err, kernel.Conflict)
		_, err = b.Change(ctx, clerk, "dogs", "", "B", values(t, `{"tag":"A"}`), keep)
		want(t, "another's key", err, kernel.Conflict)
		for _, step := range [][2]string{{"A", `{"chip":3}`}, {"B", `{"chip":1}`}} {
			if _, err := b.Change(ctx, clerk, "dogs", "", step[0], values(t, step[1]), keep); err != nil {
				t.Error(err)
			}
		}
		if _, _, err := b.Read(ctx, clerk, "dogs", "", "B", keep); err != nil {
			t.Error(err)
		}
		if err := b.verify(ctx); err != nil {
			t.Error(err)
		}
	}, migrations()...)
}

// What a query may not be, and what acts need.
func TestQueries(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b, ctx := newBench(t, db), t.Context()
	b.defined(dogs())
	b.keep(`{"tag":"A","name":"same"}`)
	b.keep(`{"tag":"B","name":"same"}`)
	many := map[string]string{}
	for i := range maxConditions + 1 {
		many[fmt.Sprintf("f%d", i)] = "x"
	}
	for what, q := range map[string]Query{
		"no such field": {Where: map[string]string{"nam": "x"}}, "an empty value": {Where: map[string]string{"name": ""}}, "inside a text": {Where: map[string]string{"name.x": "y"}},
		"an order": {Order: "random()"}, "order by nothing": {By: "1; DROP TABLE x"}, "page": {Page: -1}, "far": {Page: 1 << 40}, "size": {Size: MaxPage + 1}, "many": {Where: many},
	} {
		_, err := b.Find(ctx, clerk, "dogs", "", q, keep)
		want(t, what, err, kernel.Invalid)
	}
	write := values(t, `{"size":"large"}`)
	_, err := b.ChangeAll(ctx, clerk, "dogs", "", Query{}, write, keep)
	want(t, "everything", err, kernel.Invalid)
	_, err = b.Exists(ctx, clerk, "dogs", "", Query{}, keep)
	want(t, "anything", err, kernel.Invalid)
	_, err = b.ChangeOne(ctx, clerk, "dogs", "", Query{Where: map[string]string{"name": "same"}}, write, keep)
	want(t, "one of two", err, kernel.Conflict)
	_, err = b.ChangeOne(ctx, clerk, "dogs", "", Query{Where: map[string]string{"name": "none"}}, write, keep)
	want(t, "none", err, kernel.NotFound)
	if n, err := b.ChangeAll(ctx, clerk, "dogs", "", Query{Where: map[string]string{"name": "same"}}, write, keep); n != 2 || err != nil {
		t.Error(n, err)
	}
	_, err = b.ChangeAll(ctx, clerk, "dogs", "", Query{Where: map[string]string{"name": "same"}}, values(t, `{"chip":5}`), keep)
	want(t, "one value for two", err, kernel.Conflict)
	if f, err := b.Find(ctx, clerk, "dogs", "", Query{Where: map[string]string{"chip": "5"}}, keep); err != nil || f.Count != 0 {
		t.Errorf("half of it was done: %+v %v", f, err)
	}
	_, err = b.CreateAll(ctx, clerk, "dogs", "", make([]Values, MaxAtOnce+1), keep)
	want(t, "too many", err, kernel.Invalid)
	if _, err := b.CreateAll(ctx, clerk, "dogs", "", []Values{values(t, `{"name":"n"}`), values(t, `{"tag":"A","name":"n"}`)}, keep); !kernel.Is(err, kernel.Conflict) {
		t.Error(err)
	}
	if f, err := b.Find(ctx, clerk, "dogs", "", Query{}, keep); err != nil || f.Count != 2 {
		t.Errorf("half of them were kept: %+v %v", f, err)
	}
}

// A register that is too large to go through is searched by its indexes only.
func TestLarge(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b, ctx := newBench(t, db), t.Context()
	b.defined(dogs())
	b.keep(`{"tag":"A","name":"found"}`)
	err := db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
			INSERT INTO registry_record (id, register, version, rev, fields, by_account, created_at, changed_at)
			SELECT 'z' || i, register, '1', 1, fields, '', 0, 0 FROM n, registry_record WHERE rev = 1`, int64(scanMost))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Find(ctx, clerk, "dogs", "", Query{Where: map[string]string{"name": "found"}}, keep)
	want(t, "through all", err, kernel.Invalid)
	if f, err := b.Find(ctx, clerk, "dogs", "", Query{Where: map[string]string{"name": "found", "tag": "A"}}, keep); err != nil || f.Count != 1 {
		t.Errorf("%+v %v", f, err)
	}
	if f, err := b.Find(ctx, clerk, "dogs", "", Query{Size: 1}, keep); err != nil || f.Count != scanMost+1 || len(f.Records) != 1 {
		t.Errorf("%+v %v", f, err)
	}
}

// FuzzConditions: whatever an example is, it is conditions or an error.
func FuzzConditions(f *testing.F) {
	for _, seed := range []string{`{"a":"b"}`, `{"a":{"b":{"c":1}}}`, `{"a.b":"c"}`, `{"a":[]}`, `{"a":1e999}`, `{"":true}`, `[]`, `{"a":{"a":{"a":{"a":{"a":1}}}}}`} {
		f.Add(seed)
	}
	d := dogs()
	f.Fuzz(func(t *testing.T, text string) {
		var v Values
		if Decode([]byte(text), &v) != nil {
			return
		}
		q, err := Conditions(v)
		if err != nil {
			return
		}
		for path, val := range q.Where {
			if plain(at(v, path)) != val || val == "" {
				t.Fatalf("%q: %q is not at %q", text, val, path)
			}
		}
		was := maps.Clone(q.Where) // a number sent as text is found as a number
		if q.check(&d) == nil && maps.Equal(was, q.Where) && !q.fits(v) {
			t.Fatalf("%q does not fit itself", text)
		}
		if d.fit(v) == nil {
			b, err := json.Marshal(v)
			var again Values
			if err != nil || Decode(b, &again) != nil || !same(v, again) {
				t.Fatalf("%q is not kept as it was", text)
			}
		}
	})
}
