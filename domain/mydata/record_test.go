package mydata_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"maru/domain/audit"
	"maru/domain/mydata"
	"maru/domain/mydata/sample"
	"maru/kernel"
	"maru/platform/store/storetest"
	"maru/platform/strictyaml"
)

// TestRecord: every consent, standing or ended, is a record that fits the
// schema and says nothing of who the person is.
func TestRecord(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), sample.Migrations()))
	schema := strictyaml.MustCompile(mydata.RecordSchema)
	ctx, me := t.Context(), b.as("moved")
	me.Account = kernel.RandomID()
	status := func(id kernel.ID, want string) string {
		t.Helper()
		text, err := b.Record(ctx, me, id, kernel.EN)
		if err != nil {
			t.Fatal(err)
		}
		var out map[string]any
		if _, problems := strictyaml.Into(text, schema, &out); len(problems) > 0 {
			t.Errorf("%s: %v\n%s", want, problems, text)
		}
		if out["dpv:hasConsentStatus"] != want {
			t.Errorf("status %v, want %s", out["dpv:hasConsentStatus"], want)
		}
		return string(text)
	}
	older, err := b.Grant(ctx, me, "moving-in-report", "v1")
	if err != nil {
		t.Fatal(err)
	}
	text := status(older.ID, "dpv:ConsentGiven")
	if strings.Contains(text, me.Person) || !strings.Contains(text, "Moving-in report") || !strings.Contains(text, "P5Y") {
		t.Errorf("the record says %s", text)
	}
	newer, err := b.Grant(ctx, me, "moving-in-report", "v2")
	if err != nil {
		t.Fatal(err)
	}
	status(older.ID, "dpv:ConsentInvalidated")
	b.clock.Advance(91 * 24 * time.Hour)
	status(newer.ID, "dpv:ConsentExpired")
	last, err := b.Grant(ctx, me, "moving-in-report", "v2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Withdraw(ctx, me, last.ID); err != nil {
		t.Fatal(err)
	}
	status(last.ID, "dpv:ConsentWithdrawn")
	if _, err := b.Record(ctx, b.as("student"), newer.ID, kernel.KO); !kernel.Is(err, kernel.NotFound) {
		t.Errorf("another's record: %v", err)
	}
	if n := b.entries(t, "mydata.record"); n != 4 {
		t.Errorf("%d records logged", n)
	}
	// The schema refuses what a record must not lack or add.
	var wrong map[string]any
	if err := json.Unmarshal([]byte(text), &wrong); err != nil {
		t.Fatal(err)
	}
	delete(wrong, "dpv:hasProcess")
	wrong["name"] = "x"
	bad, err := json.Marshal(wrong)
	if err != nil {
		t.Fatal(err)
	}
	if _, problems := strictyaml.Into(bad, schema, &map[string]any{}); len(problems) < 2 {
		t.Errorf("the schema takes it: %v", problems)
	}
}
