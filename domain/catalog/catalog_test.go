package catalog_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"maru/domain/audit"
	"maru/domain/catalog"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

var noon = kernel.TimeOf(time.Date(2026, 11, 21, 12, 0, 0, 0, kernel.Seoul))

func editor(account, person string) authz.Actor {
	return authz.Actor{Account: kernel.ID(account), Person: person, Grants: []authz.Grant{{Role: authz.Editor, Agency: "stamps"}}}
}

func start(t *testing.T, d catalog.Deps) *catalog.Service {
	t.Helper()
	s := catalog.New(d)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func each(t *testing.T, fn func(t *testing.T, db *store.DB)) {
	t.Helper()
	storetest.Each(t, fn, catalog.Migrations(), audit.Migrations())
}

// zipped is the pack as an editor sends it.
func zipped(t *testing.T, files fstest.MapFS) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	if err := z.AddFS(files); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestTwoPeopleActivate: in serve a later version takes a proposer, somebody
// else to approve, and its date; who pinned the older one keeps it.
func TestTwoPeopleActivate(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		c := clock.NewManual(noon)
		files := samplePack(t)
		s := start(t, catalog.Deps{DB: db, Clock: c, Pack: samplePack(t)})
		_, old, err := s.Current("address-report")
		if err != nil {
			t.Fatal(err)
		}

		edit(t, files, "services/address-report/service.yaml", "새 주소를 알려요.", "바뀐 주소를 알려요.")
		one, two := editor("account-1", "person-1"), editor("account-2", "person-2")
		hash, _, err := s.Submit(ctx, one, zipped(t, files))
		if err != nil || hash == old.Pack {
			t.Fatalf("%q %v", hash, err)
		}
		if _, err := s.Propose(ctx, one, hash, kernel.MustDate("2026-11-20")); !kernel.Is(err, kernel.Invalid) {
			t.Errorf("in the past: %v", err)
		}
		if _, err := s.Propose(ctx, one, "0000", kernel.MustDate("2026-12-01")); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("unknown version: %v", err)
		}
		if _, err := s.Propose(ctx, authz.Actor{Account: "x"}, hash, kernel.MustDate("2026-12-01")); !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("a resident: %v", err)
		}
		id, err := s.Propose(ctx, one, hash, kernel.MustDate("2026-12-01"))
		if err != nil {
			t.Fatal(err)
		}
		for name, actor := range map[string]authz.Actor{"the proposer": one, "the proposer under another account": editor("account-9", "person-1")} {
			if err := s.Approve(ctx, actor, id); !kernel.Is(err, kernel.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.Approve(ctx, two, id); err != nil {
			t.Fatal(err)
		}
		if err := s.Approve(ctx, two, id); !kernel.Is(err, kernel.Conflict) {
			t.Errorf("approved twice: %v", err)
		}
		if s.PackHash() != old.Pack {
			t.Error("in force before its date")
		}
		c.Set(kernel.TimeOf(kernel.MustDate("2026-12-01").In(kernel.Seoul)))
		if err := s.Refresh(ctx); err != nil || s.PackHash() != hash {
			t.Errorf("not in force on its date: %v", err)
		}
		pinned(t, s, old, "새 주소를 알려요.")
		pinned(t, s, contract.Ref{ServiceID: "address-report"}, "바뀐 주소를 알려요.")

		// Another copy of the program, which never saw the older version.
		again := start(t, catalog.Deps{DB: db, Clock: c, Pack: samplePack(t)})
		if again.PackHash() != hash {
			t.Error("a new start forgets what is in force")
		}
		pinned(t, again, old, "새 주소를 알려요.")
		if list, err := again.Activations(ctx, one); err != nil || len(list) != 2 || list[0].ApprovedBy != "account-2" || list[1].ProposedBy != "system" {
			t.Errorf("activations: %+v %v", list, err)
		}
		for _, check := range again.Module().Checks {
			if err := check.Run(ctx); err != nil {
				t.Errorf("%s: %v", check.Name, err)
			}
		}
	})
}

func pinned(t *testing.T, s *catalog.Service, ref contract.Ref, want string) {
	t.Helper()
	svc, err := s.Pinned(context.Background(), ref)
	if err != nil || svc.Summary.KO != want {
		t.Errorf("pinned %.8s: %v, %v", ref.Pack, svc, err)
	}
}

func TestPinnedUnknown(t *testing.T) {
	db := storetest.SQLite(t, catalog.Migrations(), audit.Migrations())
	s := start(t, catalog.Deps{DB: db, Clock: clock.NewManual(noon), Pack: samplePack(t)})
	for _, ref := range []contract.Ref{{ServiceID: "address-report", Pack: "0000"}, {ServiceID: "gone"}} {
		if _, err := s.Pinned(t.Context(), ref); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("%v: %v", ref, err)
		}
	}
	if _, _, err := s.Current("gone"); !kernel.Is(err, kernel.NotFound) {
		t.Errorf("current: %v", err)
	}
}

func TestSubmitRefusesBadPacks(t *testing.T) {
	db := storetest.SQLite(t, catalog.Migrations(), audit.Migrations())
	s := start(t, catalog.Deps{DB: db, Clock: clock.NewManual(noon), Pack: samplePack(t)})
	files := samplePack(t)
	edit(t, files, "services/stamp-club/service.yaml", "body: stamps", "body: coins")
	for name, data := range map[string][]byte{"not a zip": []byte("PK"), "errors": zipped(t, files)} {
		if _, _, err := s.Submit(t.Context(), editor("a", ""), data); !kernel.Is(err, kernel.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A few bytes of zip may claim a terabyte; nobody gets memory for a claim.
func TestSubmitRefusesArchivesThatSwell(t *testing.T) {
	db := storetest.SQLite(t, catalog.Migrations(), audit.Migrations())
	s := start(t, catalog.Deps{DB: db, Clock: clock.NewManual(noon), Pack: samplePack(t)})
	for _, claimed := range []uint64{65 << 20, 1 << 42, 1 << 63} {
		var buf bytes.Buffer
		z := zip.NewWriter(&buf)
		if _, err := z.CreateRaw(&zip.FileHeader{Name: "facts.yaml", Method: zip.Deflate, UncompressedSize64: claimed}); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		_, _, err := s.Submit(t.Context(), editor("a", ""), buf.Bytes())
		var e *kernel.Error
		if !errors.As(err, &e) || e.Kind != kernel.Invalid || e.Key != "catalog.bad_archive" {
			t.Errorf("%d bytes: %v", claimed, err)
		}
	}
}

// TestDemoReloads: in the try-out world a folder is read again when it
// changes, and a mistake in it leaves the pack before it in force.
func TestDemoReloads(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		dir := t.TempDir()
		if err := os.CopyFS(dir, samplePack(t)); err != nil {
			t.Fatal(err)
		}
		s := start(t, catalog.Deps{DB: db, Clock: clock.NewManual(noon), Pack: os.DirFS(dir), Demo: true})
		first := s.PackHash()
		if err := s.Refresh(ctx); err != nil || s.PackHash() != first {
			t.Errorf("nothing changed: %v", err)
		}
		file := filepath.Join(dir, "services", "stamp-club", "text.ko.md")
		write(t, file, "우표를 함께 모아요.\n")
		if err := s.Refresh(ctx); err != nil || s.PackHash() == first || s.Active().Services["stamp-club"].Body[kernel.KO] != "우표를 함께 모아요." {
			t.Errorf("not read again: %v", err)
		}
		second := s.PackHash()
		write(t, filepath.Join(dir, "facts.yaml"), "facts: [\n")
		if err := s.Refresh(ctx); err != nil || s.PackHash() != second {
			t.Errorf("a mistake came into force: %v", err)
		}
		if svc, err := s.Pinned(ctx, contract.Ref{ServiceID: "stamp-club", Pack: first}); err != nil || svc.Body[kernel.KO] != "우표를 모아요." {
			t.Errorf("the first version is lost: %v", err)
		}
	})
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestStartRefusesBadPack(t *testing.T) {
	db := storetest.SQLite(t, catalog.Migrations(), audit.Migrations())
	files := samplePack(t)
	delete(files, "facts.yaml")
	if err := catalog.New(catalog.Deps{DB: db, Pack: files}).Start(t.Context()); err == nil {
		t.Error("started with a pack that has errors")
	}
}

func TestDue(t *testing.T) {
	db := storetest.SQLite(t, catalog.Migrations(), audit.Migrations())
	s := start(t, catalog.Deps{DB: db, Clock: clock.NewManual(noon), Pack: samplePack(t)})
	// New Year's Day of the pack's own holidays does not count.
	got := s.Due(kernel.TimeOf(time.Date(2025, 12, 31, 17, 0, 0, 0, kernel.Seoul)), contract.Limit{Value: 3, Unit: "hours"})
	if want := kernel.TimeOf(time.Date(2026, 1, 2, 11, 0, 0, 0, kernel.Seoul)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestList(t *testing.T) {
	db := storetest.SQLite(t, catalog.Migrations(), audit.Migrations())
	s := start(t, catalog.Deps{DB: db, Clock: clock.NewManual(noon), Pack: samplePack(t)})
	for _, tt := range []struct {
		f    catalog.Filter
		want string
	}{
		{catalog.Filter{}, "address-report stamp-club"},
		{catalog.Filter{Query: "새 집"}, "address-report"}, // a term, spaced otherwise
		{catalog.Filter{Query: "STAMP"}, "stamp-club"},
		{catalog.Filter{Kind: "booking"}, "stamp-club"},
		{catalog.Filter{LifeEvent: "moving"}, "address-report"},
		{catalog.Filter{Query: "없는말"}, ""},
	} {
		got := ""
		for i, svc := range s.List(tt.f) {
			if i > 0 {
				got += " "
			}
			got += svc.ID
		}
		if got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.f, got, tt.want)
		}
	}
}
