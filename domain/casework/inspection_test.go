package casework_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"strings"
	"sync"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// photo is a JPEG photo that says where it was taken.
func photo(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	said := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00GPS 37.5"
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(said) + 2)}, said...)
	return append(out, b.Bytes()[2:]...)
}

// planned is a move at the northern office that kim has and will look at today.
func planned(t testing.TB, w *casetest.World, kim authz.Actor) *casework.Inspection {
	t.Helper()
	a := apply(t, w, w.Resident("person-1"), "move", move())
	if _, err := w.Assign(t.Context(), kim, a.ID, ""); err != nil {
		t.Fatal(err)
	}
	v, err := w.PlanInspection(t.Context(), kim, a.ID, "plan-"+string(a.ID), w.Today(), casework.InspectionPlan{Address: "새로 7, 101호", Checks: []string{" 주소 확인 ", "", "우편함"}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func found() casework.Findings {
	return casework.Findings{Result: "confirmed", Done: []int{1, 0, 1}, Notes: "살고 있어요.", Met: "김하나",
		Position: &casework.Position{Latitude: 37.5759, Longitude: 126.9769, Accuracy: 9, At: casetest.Start}}
}

func TestInspection(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim := w.Official("kim", "north")
		v := planned(t, w, kim)
		if len(v.Plan.Checks) != 2 || v.Plan.Checks[0] != "주소 확인" || v.Plan.Region != "11110" {
			t.Errorf("plan %+v", v.Plan)
		}
		again, err := w.PlanInspection(t.Context(), kim, v.Application, "plan-"+string(v.Application), v.Day, casework.InspectionPlan{Address: "새로 7, 101호", Checks: []string{"주소 확인", "우편함"}})
		if err != nil || again.ID != v.ID {
			t.Errorf("planned twice: %v, %v", again, err)
		}
		stops, err := w.MyInspections(t.Context(), kim)
		if err != nil || len(stops) != 1 || stops[0].ID != v.ID || casework.PhoneOf(stops[0].Case) != "010-1111-1111" {
			t.Errorf("%d stops, %v", len(stops), err)
		}
		s, until, err := w.TakeInspection(t.Context(), kim, v.ID)
		if err != nil || s.Plan.Address != "새로 7, 101호" || until.DateIn(kernel.Seoul) != w.Today() {
			t.Errorf("%+v until %v, %v", s, until, err)
		}

		p, err := w.AddPhoto(t.Context(), kim, v.ID, "p1", "현관", bytes.NewReader(photo(t)))
		if err != nil || !p.Cleaned || p.Caption != "현관" {
			t.Fatalf("%+v, %v", p, err)
		}
		same, err := w.AddPhoto(t.Context(), kim, v.ID, "p1", "현관", strings.NewReader("whatever"))
		if err != nil || same.ID != p.ID {
			t.Errorf("sent twice: %+v, %v", same, err)
		}
		_, body, err := w.Blobs.Open(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		var kept bytes.Buffer
		if _, err := kept.ReadFrom(body); err != nil || bytes.Contains(kept.Bytes(), []byte("GPS")) {
			t.Errorf("the photo kept says where it was taken; %v", err)
		}

		r, err := w.RecordInspection(t.Context(), kim, v.ID, "e1", found(), false)
		if err != nil || len(r.Record.Done) != 2 {
			t.Fatalf("%+v, %v", r, err)
		}
		if _, err := w.RecordInspection(t.Context(), kim, v.ID, "e1", found(), false); err != nil {
			t.Errorf("the answer was lost, sent again: %v", err)
		}
		_, err = w.RecordInspection(t.Context(), kim, v.ID, "e2", found(), false)
		wantError(t, err, kernel.Conflict, "casework.field.error.recorded")
		_, err = w.AddPhoto(t.Context(), kim, v.ID, "p2", "", bytes.NewReader(photo(t)))
		wantError(t, err, kernel.Conflict, "casework.field.error.recorded")
		wantError(t, w.DropInspection(t.Context(), kim, v.ID), kernel.Conflict, "casework.field.error.recorded")

		c := look(t, w, &casework.Application{ID: v.Application, Agency: "north"})
		if !strings.HasSuffix(history(c), "inspection_planned:"+v.Day.String()+" inspected:confirmed") {
			t.Error(history(c))
		}
		if last := c.Events[len(c.Events)-1]; last.Shared || last.Note != "살고 있어요." {
			t.Errorf("%+v", last)
		}
		l, err := w.InspectionsOf(t.Context(), c)
		if err != nil || len(l) != 1 || len(l[0].Photos) != 1 || l[0].Record.Position == nil {
			t.Errorf("%+v, %v", l, err)
		}
		wantNothing(t, w, "살고 있어요", "현관", "우편함")

		// A case that is decided, and the answer to the phone was lost: it is
		// still acknowledged.
		if _, err := w.Decide(t.Context(), kim, v.Application, "", casework.Decision{Decision: casework.Accepted, Reason: "확인했어요."}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.RecordInspection(t.Context(), kim, v.ID, "e1", found(), false); err != nil {
			t.Errorf("acknowledged no more: %v", err)
		}
	})
}

// TestInspectionRefused: who may not, and what may not.
func TestInspectionRefused(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		ctx, kim, lee, park := t.Context(), w.Official("kim", "north"), w.Official("lee", "north"), w.Official("park", "south")
		v := planned(t, w, kim)
		plan := casework.InspectionPlan{Checks: []string{"본다"}}
		_, err := w.PlanInspection(ctx, lee, v.Application, "", w.Today(), plan)
		wantError(t, err, kernel.Conflict, "casework.field.error.hands")
		_, err = w.PlanInspection(ctx, park, v.Application, "", w.Today(), plan)
		wantKind(t, err, kernel.NotFound)
		_, err = w.PlanInspection(ctx, w.Resident("person-3"), v.Application, "", w.Today(), plan)
		wantKind(t, err, kernel.Forbidden)
		_, err = w.PlanInspection(ctx, w.HireRelative("person-9", "north"), v.Application, "", w.Today(), plan)
		wantError(t, err, kernel.Forbidden, "casework.error.own_household")
		_, err = w.PlanInspection(ctx, kim, v.Application, "", w.Today().AddDays(-1), casework.InspectionPlan{Address: strings.Repeat("가", 201)})
		for field, key := range map[string]string{"day": "day", "address": "address", "checks": "no_checks"} {
			wantField(t, err, field, "casework.field.error."+key)
		}
		_, err = w.RecordInspection(ctx, lee, v.ID, "k", found(), false)
		wantError(t, err, kernel.Conflict, "casework.field.error.others")
		_, err = w.RecordInspection(ctx, park, v.ID, "k", found(), false)
		wantKind(t, err, kernel.NotFound)
		_, _, err = w.TakeInspection(ctx, park, v.ID)
		wantKind(t, err, kernel.NotFound)
		bad := found()
		bad.Result, bad.Done, bad.Position.Latitude, bad.Notes = "fine", []int{2}, 91, strings.Repeat("가", 5001)
		_, err = w.RecordInspection(ctx, kim, v.ID, "k", bad, false)
		for _, field := range []string{"result", "done", "position", "notes"} {
			wantField(t, err, field, "casework.field.error."+field)
		}

		_, err = w.AddPhoto(ctx, kim, v.ID, "", "", bytes.NewReader(photo(t)))
		wantField(t, err, "Idempotency-Key", "casework.error.key")
		_, err = w.AddPhoto(ctx, kim, v.ID, "x", "", strings.NewReader("%PDF-1.7"))
		wantError(t, err, kernel.Invalid, "casework.field.error.photo")
		_, err = w.AddPhoto(ctx, kim, v.ID, "x", "", bytes.NewReader(make([]byte, casework.MaxPhotoBytes+1)))
		wantError(t, err, kernel.TooLarge, "blob.too_large")
		for i := range casework.MaxPhotos {
			if _, err := w.AddPhoto(ctx, kim, v.ID, "p"+string(rune('a'+i)), "", bytes.NewReader(photo(t))); err != nil {
				t.Fatal(err)
			}
		}
		_, err = w.AddPhoto(ctx, kim, v.ID, "more", "", bytes.NewReader(photo(t)))
		wantError(t, err, kernel.Conflict, "casework.field.error.many_photos")
		p := count(t, w, `SELECT COUNT(*) FROM casework_photo`)
		if p != casework.MaxPhotos {
			t.Errorf("%d photos", p)
		}

		// Another hand, another agency.
		if _, err := w.Assign(ctx, lee, v.Application, ""); err != nil {
			t.Fatal(err)
		}
		_, err = w.RecordInspection(ctx, kim, v.ID, "k", found(), false)
		wantError(t, err, kernel.Conflict, "casework.field.error.hands")
		if stops, err := w.MyInspections(ctx, kim); err != nil || len(stops) != 0 {
			t.Errorf("%d stops, %v", len(stops), err)
		}
		if _, err := w.Transfer(ctx, lee, v.Application, "", "south", "남쪽이에요."); err != nil {
			t.Fatal(err)
		}
		_, err = w.RecordInspection(ctx, kim, v.ID, "k", found(), false)
		wantError(t, err, kernel.Conflict, "casework.field.error.moved")
	})
}

// TestInspectionAtOnce: the same photo and the same entry, sent at once from two
// tabs, are there once.
func TestInspectionAtOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim := w.Official("kim", "north")
		v := planned(t, w, kim)
		all := func(do func() error) {
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					if err := do(); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
		}
		all(func() error {
			_, err := w.AddPhoto(t.Context(), kim, v.ID, "p", "", bytes.NewReader(photo(t)))
			return err
		})
		all(func() error {
			_, err := w.RecordInspection(t.Context(), kim, v.ID, "e", found(), true)
			return err
		})
		if p, e, f := count(t, w, `SELECT COUNT(*) FROM casework_photo`), count(t, w, `SELECT COUNT(*) FROM casework_event WHERE act = 'inspected' AND shared`),
			count(t, w, `SELECT COUNT(*) FROM blob_file`); p != 1 || e != 1 || f != 1 {
			t.Errorf("%d photos, %d entries, %d files", p, e, f)
		}
	})
}

// TestInspectionPurged: with the case, its inspections and photos go, and a plan that was
// given up takes its photos along.
func TestInspectionPurged(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim := w.Official("kim", "north")
		v := planned(t, w, kim)
		if _, err := w.AddPhoto(t.Context(), kim, v.ID, "p", "", bytes.NewReader(photo(t))); err != nil {
			t.Fatal(err)
		}
		used := false
		err := w.DB.View(t.Context(), func(tx *store.Tx) (err error) {
			p, err := w.UsesFile(tx, kernel.ID(one(t, w, `SELECT id FROM casework_photo`)))
			used = p
			return err
		})
		if err != nil || !used {
			t.Errorf("the photo's file counts as nobody's: %v", err)
		}
		if err := w.DropInspection(t.Context(), kim, v.ID); err != nil {
			t.Fatal(err)
		}
		gone := func(when string) {
			for _, table := range []string{"casework_inspection", "casework_photo", "blob_file"} {
				if n := count(t, w, `SELECT COUNT(*) FROM `+table); n != 0 {
					t.Errorf("%s: %s holds %d", when, table, n)
				}
			}
		}
		gone("given up")
		v, err = w.PlanInspection(t.Context(), kim, v.Application, "", w.Today(), casework.InspectionPlan{Checks: []string{"본다"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.AddPhoto(t.Context(), kim, v.ID, "p", "", bytes.NewReader(photo(t))); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Decide(t.Context(), kim, v.Application, "", casework.Decision{Decision: casework.Accepted, Reason: "확인했어요."}); err != nil {
			t.Fatal(err)
		}
		w.Clock.Set(kernel.TimeOf(w.Clock.Now().Std().AddDate(6, 0, 0)))
		if _, err := w.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		gone("purged")
	})
}

// one runs a query for one text.
func one(t testing.TB, w *casetest.World, query string) (s string) {
	t.Helper()
	if err := w.DB.View(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(query).Scan(&s) }); err != nil {
		t.Fatal(err)
	}
	return s
}
