package casework_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/authz"
)

var (
	pdf = []byte("%PDF-1.7\n%%EOF")
	png = []byte("\x89PNG\r\n\x1a\n0000")
)

func attach(t testing.TB, w *casetest.World, actor authz.Actor, id kernel.ID, question, name string) kernel.ID {
	t.Helper()
	f, err := w.Attach(t.Context(), actor, id, question, name, bytes.NewReader(pdf))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAttach(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		id := draft(t, w, hana, "grant", nil)
		one := attach(t, w, hana, id, "lease", "../../계약서.pdf")
		c := open(t, w, hana, id)
		if len(c.Files) != 1 || c.Files[0].Name != "계약서.pdf" || c.Content.Answers["lease"].Text() != string(one) {
			t.Fatalf("files %+v, answer %v", c.Files, c.Content.Answers["lease"])
		}
		_, err := w.Attach(t.Context(), hana, id, "lease", "a.png", bytes.NewReader(png))
		wantKind(t, err, kernel.Invalid) // this service takes PDF only
		_, err = w.Attach(t.Context(), hana, id, "kind", "a.pdf", bytes.NewReader(pdf))
		wantKind(t, err, kernel.NotFound)
		_, err = w.Attach(t.Context(), w.Resident("person-3"), id, "lease", "a.pdf", bytes.NewReader(pdf))
		wantKind(t, err, kernel.NotFound)
		two := attach(t, w, hana, id, "lease", "b.pdf")
		_, err = w.Attach(t.Context(), hana, id, "lease", "c.pdf", bytes.NewReader(pdf))
		wantKind(t, err, kernel.Limited)

		wantKind(t, w.FileFor(t.Context(), w.Resident("person-3"), id, one), kernel.NotFound)
		wantKind(t, w.Detach(t.Context(), w.Resident("person-3"), id, one), kernel.NotFound)
		if err := w.Detach(t.Context(), hana, id, two); err != nil {
			t.Fatal(err)
		}
		wantKind(t, w.FileFor(t.Context(), hana, id, two), kernel.NotFound)
		if err := w.FileFor(t.Context(), hana, id, one); err != nil {
			t.Error(err)
		}
		if n := count(t, w, "SELECT COUNT(*) FROM blob_file"); n != 1 {
			t.Errorf("%d blobs", n)
		}
	})
}

// TestUploadAndApply: files that an application over the API names become its
// own, as far as the service takes them.
func TestUploadAndApply(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, set := w.Resident("person-1"), w.Resident("person-3")
		put := func(actor authz.Actor, content []byte) kernel.ID {
			id, err := w.Upload(t.Context(), actor, "계약서", bytes.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		mine, picture, theirs := put(hana, pdf), put(hana, png), put(set, pdf)
		grant := func(files ...kernel.ID) answers {
			var ids []string
			for _, f := range files {
				ids = append(ids, string(f))
			}
			return answers{"income": text("900000"), "kind": text("rent"), "starts_on": text("2099-04-01"), "lease": kernel.SetOf(ids...)}
		}
		for name, a := range map[string]answers{"somebody else's file": grant(theirs), "a type that the service does not take": grant(picture), "none": grant("nothing")} {
			_, err := w.Apply(t.Context(), hana, casework.Submission{Service: "grant", Answers: a, Key: name})
			wantField(t, err, "lease", "casework.answer.file")
		}
		a := apply(t, w, hana, "grant", grant(mine))
		c := open(t, w, hana, a.ID)
		if len(c.Files) != 1 || c.Files[0].ID != mine || c.Files[0].Name != "계약서.pdf" || c.Files[0].Question != "lease" {
			t.Errorf("files %+v", c.Files)
		}
		// It belongs to one application only.
		_, err := w.Apply(t.Context(), hana, casework.Submission{Service: "grant", Answers: grant(mine), Key: "again"})
		wantField(t, err, "lease", "casework.answer.file")

		w.Clock.Advance(25 * time.Hour)
		if _, err := w.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := count(t, w, "SELECT COUNT(*) FROM blob_file"); n != 1 {
			t.Errorf("%d blobs after the waiting ones were swept away", n)
		}
		for range 20 {
			put(set, pdf)
		}
		_, err = w.Upload(t.Context(), set, "x", bytes.NewReader(pdf))
		wantKind(t, err, kernel.Limited)
		_, err = w.Upload(t.Context(), authz.Actor{}, "x", bytes.NewReader(pdf))
		wantKind(t, err, kernel.Unauthorized)
	})
}

// TestFilesAtTheDesk: the office in charge reads a file, and the look is
// logged; another office does not.
func TestFilesAtTheDesk(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		id := draft(t, w, hana, "petition", petition("사진을 보세요"))
		f := attach(t, w, hana, id, "evidence", "사진.pdf")
		wantKind(t, w.FileFor(t.Context(), w.Official("kim", "north"), id, f), kernel.NotFound)
		a, err := w.Submit(t.Context(), hana, id, "k")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.FileFor(t.Context(), w.Official("kim", "north"), a.ID, f); err != nil {
			t.Error(err)
		}
		wantKind(t, w.FileFor(t.Context(), w.Official("lee", "south"), a.ID, f), kernel.NotFound)
		if n := count(t, w, "SELECT COUNT(*) FROM audit_row WHERE act = 'casework.read'"); n != 1 {
			t.Errorf("%d looks logged", n)
		}
		_, err = w.Attach(t.Context(), hana, a.ID, "evidence", "mehr.pdf", strings.NewReader("x"))
		wantKind(t, err, kernel.Conflict)

		// Asked back, the applicant adds files, and takes back only those.
		if _, err := w.AskBack(t.Context(), w.Official("kim", "north"), a.ID, "", "사진을 더 보내 주세요."); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(time.Minute)
		more := attach(t, w, hana, a.ID, "evidence", "더.pdf")
		wantError(t, w.Detach(t.Context(), hana, a.ID, f), kernel.Conflict, "casework.error.file_handed_in")
		if err := w.Detach(t.Context(), hana, a.ID, more); err != nil {
			t.Error(err)
		}
	})
}
