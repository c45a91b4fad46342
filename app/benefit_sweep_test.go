package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maru/domain/benefit/sweep"
	"maru/platform/clock"
	"maru/platform/store"
)

// TestSweepCommand: the registers of the try-out become a population, which is
// swept and simulated over; each opening stands in the audit log, and without a basis nothing opens.
func TestSweepCommand(t *testing.T) {
	dir := t.TempDir()
	data, people := filepath.Join(dir, "data"), filepath.Join(dir, "people")
	why := []string{"--demo", "--data", data, "--basis", "Social Security Benefits Act art. 9", "--purpose", "finding who is entitled", "--role", "welfare office"}
	with := func(args ...string) []string { return append(args, why...) }

	command(t, 1, "benefit", "population", "build", "--demo", "--data", data, "--out", people)
	if _, err := os.Stat(people); err == nil {
		t.Fatal("a population was built without a basis")
	}
	if got := command(t, 0, with("benefit", "population", "build", "--out", people)...); !strings.Contains(got, "5000 people") {
		t.Fatal(got)
	}
	var r sweep.Report
	report := func(args ...string) {
		t.Helper()
		r = sweep.Report{}
		if err := json.Unmarshal([]byte(command(t, 0, with(append([]string{"benefit", "sweep", "--json", "--quiet", "--population", people}, args...)...)...)), &r); err != nil {
			t.Fatal(err)
		}
	}
	report("--date", "2026-06-01")
	if r.Persons != 5000 || !r.First || len(r.Programmes) == 0 || r.Programmes[0].Entitled == 0 {
		t.Fatalf("%+v", r)
	}
	if got := command(t, 0, with("benefit", "population", "refresh", people)...); !strings.HasPrefix(got, "0 households changed") {
		t.Fatal(got)
	}
	report("--date", "2027-06-01")
	var newly int64
	for _, p := range r.Programmes {
		newly += p.Newly
	}
	if newly == 0 || r.Run != 2 {
		t.Fatalf("nobody becomes entitled in a year: %+v", r)
	}
	command(t, 1, "benefit", "sweep", "--demo", "--data", data, "--basis", "another", "--purpose", "finding who is entitled", "--role", "welfare office", "--population", people)
	if got := command(t, 0, "benefit", "population", "describe", people); !strings.Contains(got, "Social Security Benefits Act art. 9") || !strings.Contains(got, "5000 persons") {
		t.Fatal(got)
	}

	// What-if over the same people, of whom it tells sums.
	if got := command(t, 0, with("benefit", "simulate", "--population", people, "--set", "single_parent_percent=70", "--date", "2026-06-01", "--json")...); !strings.Contains(got, `"synthetic": false`) {
		t.Fatal(got)
	}
	// By district they would give away what by region is hidden.
	if got := command(t, 1, with("benefit", "simulate", "--population", people, "--set", "single_parent_percent=71", "--date", "2026-06-01", "--by", "district")...); !strings.Contains(got, "by place (region)") {
		t.Fatal(got)
	}

	a, err := Open(context.Background(), Config{Data: data, demo: true}, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close() //nolint:errcheck // it is only read
	acts := map[string]int{}
	err = a.db.View(context.Background(), func(tx *store.Tx) error {
		clear(acts)
		rows, err := tx.Query(`SELECT act, basis FROM audit_row WHERE act LIKE 'benefit.%'`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var act, basis string
			if err := rows.Scan(&act, &basis); err != nil {
				return err
			}
			acts[act+" "+basis]++
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	// A build, a refresh, two sweeps, and a what-if that opens once for each law.
	if acts["benefit.build_population Social Security Benefits Act art. 9"] != 1 || acts["benefit.open_population Social Security Benefits Act art. 9"] != 5 || len(acts) != 2 {
		t.Errorf("the audit log holds %v", acts)
	}
}

// TestSampleCommand: made-up people are swept without an installation.
func TestSampleCommand(t *testing.T) {
	dir := t.TempDir()
	people := filepath.Join(dir, "people")
	command(t, 0, "benefit", "population", "sample", "--persons", "3000", "--out", people, "--missing", "0.1", "--date", "2026-06-30")
	got := command(t, 0, "benefit", "sweep", "--population", people, "--date", "2026-06-30", "--data", filepath.Join(dir, "none"), "--programme", "basic-pension")
	if !strings.Contains(got, "basic-pension") || !strings.Contains(got, "3000 people") {
		t.Fatal(got)
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); err == nil {
		t.Error("an installation was made")
	}
}
