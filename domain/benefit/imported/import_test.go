package imported

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"maru/domain/benefit/gov24"
	"maru/domain/benefit/imported/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	pstore "maru/platform/store"
)

var operator = authz.Actor{System: "test"}

func order(c gov24.Catalogue) Order {
	return Order{Source: Files, Origin: "test", FetchedAt: start, Catalogue: c}
}

func mustImport(t *testing.T, s *Service, c gov24.Catalogue) Report {
	t.Helper()
	r, err := s.Import(t.Context(), operator, order(c))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rows is how many rows a query counts.
func rows(t *testing.T, s *Service, query string) (n int) {
	t.Helper()
	if err := s.d.DB.View(t.Context(), func(tx *pstore.Tx) error { return tx.QueryRow(query).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestVersions: an import is a version in force; the report tells what differs
// from the one before; one can go back.
func TestVersions(t *testing.T) {
	each(t, func(t *testing.T, s *Service, _ *packOf, c *clock.Manual) {
		ctx := t.Context()
		if found, _, _, err := s.Search(ctx, "지원", 0, 5); err != nil || found != nil {
			t.Errorf("before any import: %v, %v", found, err)
		}
		first := mustImport(t, s, catalogueWith(4, nil))
		if first.Version != 1 || first.Imported != 4 || first.By[gov24.ByPerson] != 4 || first.Before != 0 || len(first.Changes.New) != 0 {
			t.Errorf("first: %+v", first)
		}
		if _, _, err := s.Programme(ctx, "gov24-A0"); !kernel.Is(err, kernel.Unavailable) {
			t.Errorf("before it is built: %v", err)
		}
		same := mustImport(t, s, catalogueWith(4, func(i int, s *gov24.Service) { s.Views = gov24.Count(i) }))
		if !same.Unchanged || same.Version != 0 {
			t.Errorf("the same again: %+v", same)
		}
		c.Advance(time.Hour)
		changed := catalogueWith(6, func(i int, s *gov24.Service) {
			if i == 2 {
				s.Content = "달라졌어요"
			}
		})
		changed.Services, changed.Conditions = changed.Services[1:], changed.Conditions[1:]
		second := mustImport(t, s, changed)
		if d := second.Changes; second.Version != 2 || second.Before != 4 || !slices.Equal(d.New, []string{"A4", "A5"}) || !slices.Equal(d.Gone, []string{"A0"}) || !slices.Equal(d.Changed, []string{"A2"}) {
			t.Errorf("second: %+v", second)
		}
		if err := s.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Programme(ctx, "gov24-A0"); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("gone, but found: %v", err)
		}
		if err := s.Activate(ctx, operator, 1); err != nil {
			t.Fatal(err)
		}
		if p, _, err := s.Programme(ctx, "gov24-A4"); err != nil || p == nil {
			t.Errorf("the one before does not serve until the next is built: %v", err)
		}
		if err := s.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		if p, v, err := s.Programme(ctx, "gov24-A0"); err != nil || v.Number != 1 || p.Service.Name != "지원 A0" {
			t.Errorf("back to the first: %v %v %v", p, v, err)
		}
		if err := s.Activate(ctx, operator, 9); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("no such version: %v", err)
		}
		if err := s.Activate(ctx, operator, 1); err != nil {
			t.Error(err)
		}
		list, err := s.Versions(ctx)
		if err != nil || len(list) != 2 || list[0].Number != 2 || list[0].Active || !list[1].Active || list[0].MadeBy != "test" || list[0].ImportedAt != c.Now() {
			t.Errorf("%+v %v", list, err)
		}
		if n := rows(t, s, `SELECT COUNT(*) FROM audit_row WHERE act IN ('benefit.import_catalogue', 'benefit.activate_catalogue')`); n != 3 {
			t.Errorf("%d audit rows for two imports and one activation", n)
		}
	})
}

// TestRefused: a catalogue that lost more than half, or has nothing, changes
// nothing without force.
func TestRefused(t *testing.T) {
	each(t, func(t *testing.T, s *Service, _ *packOf, _ *clock.Manual) {
		if r, err := s.Import(t.Context(), operator, order(gov24.Catalogue{})); !kernel.Is(err, kernel.Conflict) || r.Version != 0 {
			t.Errorf("nothing at all: %v", err)
		}
		mustImport(t, s, catalogueWith(8, nil))
		for _, n := range []int{0, 3} {
			r, err := s.Import(t.Context(), operator, order(catalogueWith(n, nil)))
			if !kernel.Is(err, kernel.Conflict) || r.Version != 0 || r.Before != 8 || r.Imported != n || len(r.Changes.Gone) != 8-n {
				t.Errorf("%d of 8: %v %+v", n, err, r)
			}
		}
		if list, _ := s.Versions(t.Context()); len(list) != 1 || !list[0].Active {
			t.Errorf("%+v", list)
		}
		if r := mustImport(t, s, catalogueWith(4, nil)); r.Version != 2 {
			t.Errorf("half is enough: %+v", r)
		}
		o := order(gov24.Catalogue{})
		o.Force = true
		if r, err := s.Import(t.Context(), operator, o); err != nil || r.Version != 3 {
			t.Errorf("with force: %v %+v", err, r)
		}
		if err := s.Refresh(t.Context()); err != nil || s.Active().Number != 3 {
			t.Errorf("a catalogue of nothing is served: %v", err)
		}
	})
}

// TestAtOnce: of imports at the same time, each is whole; those that did not see
// the one before them are refused.
func TestAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *Service, _ *packOf, _ *clock.Manual) {
		mustImport(t, s, catalogueWith(2, nil))
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = s.Import(context.WithoutCancel(t.Context()), operator, order(catalogueWith(3+i, nil)))
			})
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			switch {
			case err == nil:
				done++
			case !kernel.Is(err, kernel.Conflict):
				t.Error(err)
			}
		}
		list, err := s.Versions(t.Context())
		if err != nil || done == 0 || len(list) != 1+done || !list[0].Active {
			t.Errorf("%d done, %d versions, %v", done, len(list), err)
		}
		if _, got, err := s.active(t.Context()); err != nil || len(got) != list[0].Programmes {
			t.Errorf("%d programmes, %v", len(got), err)
		}
	})
}

// TestPurge: old versions go, but never the active one; numbers are not used
// again.
func TestPurge(t *testing.T) {
	each(t, func(t *testing.T, s *Service, _ *packOf, _ *clock.Manual) {
		ctx := t.Context()
		for i := range keptVersions + 2 {
			mustImport(t, s, catalogueWith(3, func(_ int, s *gov24.Service) { s.Summary = fmt.Sprint(i) }))
		}
		list, err := s.Versions(ctx)
		if err != nil || len(list) != keptVersions || list[0].Number != keptVersions+2 {
			t.Fatalf("%+v %v", list, err)
		}
		err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
			return errors.Join(store.Activate(tx, list[keptVersions-1].Number, start), store.Purge(tx, 1))
		})
		if err != nil {
			t.Fatal(err)
		}
		if list, _ = s.Versions(ctx); len(list) != 2 || !list[1].Active {
			t.Errorf("%+v", list)
		}
		if n := rows(t, s, `SELECT COUNT(DISTINCT version) FROM benefit_import_part`); n != 2 {
			t.Errorf("parts of %d versions", n)
		}
	})
}

// TestHostile: what a hostile or broken catalogue holds does no harm.
func TestHostile(t *testing.T) {
	each(t, func(t *testing.T, s *Service, _ *packOf, _ *clock.Manual) {
		huge := strings.Repeat("가\n", 400_000)
		files := fstest.MapFS{
			"serviceList.json": {Data: []byte(`{"totalCount":9,"data":[
				{"서비스ID":"H1","서비스명":"<img src=x onerror=alert(1)>\u202e\u0000","사용자구분":"개인","소관기관유형":"중앙행정기관","소관기관명":"<b>부</b>","지원내용":` + quote(huge) + `,"상세조회URL":"javascript:alert(1)"},
				{"서비스ID":"H1","서비스명":"두 번째","사용자구분":"개인","소관기관유형":"중앙행정기관"},
				{"서비스ID":"H2","서비스명":"모르는 코드","사용자구분":"개인","소관기관유형":"중앙행정기관","상세조회URL":"https://www.gov.kr/ok"},
				{"서비스ID":"../../etc","서비스명":"나쁜 번호","사용자구분":"개인"},
				{"서비스ID":"H3\"|| true","서비스명":"나쁜 번호","사용자구분":"개인"},
				{"서비스ID":"H4","서비스명":"","사용자구분":"개인"}]}`)},
			"supportConditions.json": {Data: []byte(`[{"서비스ID":"H1","JA0328":"Y","JA9999":"Y","JA<script>":"Y"},{"서비스ID":"H2","JA0328":"Y"},{"서비스ID":"H2","JA0329":"Y"},
				{"서비스ID":"H4","JA0328":"Y"},{"서비스ID":"NONE","JA0328":"Y"}]`)},
			"serviceDetail.json": {Data: []byte(`[{"서비스ID":"H1","온라인신청사이트URL":"https://evil.example","법령":"\u001b[2J법"}]`)},
		}
		read, err := gov24.ReadFiles(files)
		if err != nil {
			t.Fatal(err)
		}
		r := mustImport(t, s, read)
		w := r.Warnings
		if r.Imported != 2 || r.LeftOut[gov24.Twice] != 1 || r.LeftOut[gov24.BadID] != 2 || r.LeftOut[gov24.NoName] != 1 || w.Links != 2 || w.Cut != 1 || w.Altered != 2 || w.Repeated != 1 || w.Orphans != 1 || len(w.Strange) != 2 {
			t.Errorf("%+v", r)
		}
		if err := s.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		p, _, err := s.Programme(t.Context(), "gov24-H1")
		if err != nil || p.Service.Name != "<img src=x onerror=alert(1)>" || p.Service.URL != "" || p.Detail.Online != "" || p.Detail.Acts != "[2J법" || len(p.Service.Content) > 4*maxLong {
			t.Errorf("%+v %v", p, err)
		}
		if p, _, err := s.Programme(t.Context(), "gov24-H2"); err != nil || p.Service.URL != "https://www.gov.kr/ok" {
			t.Errorf("%+v %v", p, err)
		}
	})
	for name, bad := range map[string]string{"no JSON": `<html>`, "truncated": `{"data":[{"서비스ID":"A"`, "wrong types": `{"data":{"서비스ID":7}}`, "an error": `{"code":-4,"msg":"x"}`} {
		files := fstest.MapFS{"serviceList.json": {Data: []byte(bad)}, "supportConditions.json": {Data: []byte(`[]`)}}
		if _, err := gov24.ReadFiles(files); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, "\n", `\n`) + `"` }

// TestUnfit: programmes that do not fit another pack are left out and named.
func TestUnfit(t *testing.T) {
	p := korea(t)
	p.source.Facts = slices.Clone(p.source.Facts)
	p.source.Programmes, p.source.Law.Formulas, p.source.Law.Parameters = nil, nil, nil
	read := catalogueWith(3, nil)
	read.Conditions[1].Codes = []string{"JA0201"} // asks formulas that this pack lacks
	programmes, _ := gov24.Import(read, p.provinces, texts(t))
	law, fit, unfit, err := compile(p.Base(), programmes)
	if err != nil || law == nil || len(fit) != 2 || !slices.Equal(unfit, []string{"A1"}) {
		t.Errorf("%d fit, unfit %v, %v", len(fit), unfit, err)
	}
}

// TestDamage: a version whose content was changed is not served; the one before
// stays.
func TestDamage(t *testing.T) {
	each(t, func(t *testing.T, s *Service, _ *packOf, _ *clock.Manual) {
		mustImport(t, s, catalogueWith(2, nil))
		if err := s.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		mustImport(t, s, catalogueWith(3, nil))
		other, _, err := seal(nil)
		if err != nil {
			t.Fatal(err)
		}
		err = s.d.DB.Update(t.Context(), func(tx *pstore.Tx) error {
			_, err := tx.Exec(`UPDATE benefit_import_part SET content = $1 WHERE version = 2`, other)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Refresh(t.Context()); !errors.Is(err, errContent) {
			t.Error(err)
		}
		if s.Active().Number != 1 {
			t.Errorf("serves %d", s.Active().Number)
		}
	})
}

// TestNoKey: without a key nothing is read and no job runs.
func TestNoKey(t *testing.T) {
	s, _, _ := service(t, nil)
	if _, err := s.ImportLive(t.Context(), operator, false); !kernel.Is(err, kernel.Unavailable) {
		t.Error(err)
	}
}
