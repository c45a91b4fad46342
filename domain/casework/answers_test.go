package casework_test

import (
	"strings"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
)

// TestAnswers: each type of question, what it takes and what it says to what
// it does not take.
func TestAnswers(t *testing.T) {
	long := strings.Repeat("가", 5001)
	tests := []struct {
		service, question string
		v                 kernel.Value
		key               string // "" when the answer is taken
	}{
		{"petition", "subject", text("  제목  "), ""},
		{"petition", "subject", text(" \t "), "casework.answer.missing.text"},
		{"petition", "subject", kernel.IntOf(3), "casework.answer.type.text"},
		{"petition", "subject", text(strings.Repeat("가", 60)), ""},
		{"petition", "subject", text(strings.Repeat("가", 61)), "casework.answer.too_long"},
		{"petition", "subject", text("두\n줄"), "casework.answer.control"},
		{"petition", "subject", text("a\x00b"), "casework.answer.control"},
		{"petition", "subject", text("a\xffb"), "casework.answer.control"},
		{"petition", "subject", text("a\u202eb"), "casework.answer.control"},
		{"petition", "content", text("두\n줄"), ""},
		{"petition", "content", text(long), "casework.answer.too_long"},
		{"petition", "body", text("nowhere"), "casework.answer.agency"},
		{"petition", "evidence", kernel.SetOf("no-file"), "casework.answer.file"},
		{"petition", "evidence", kernel.IntOf(1), "casework.answer.type.file"},
		{"move", "moved_on", text("2026-03-03"), ""},
		{"move", "moved_on", text("2026-03-04"), "casework.answer.not_past"},
		{"move", "moved_on", text("2026-02-30"), "casework.answer.type.date"},
		{"move", "moved_on", text("1899-12-31"), "casework.answer.type.date"},
		{"move", "moved_on", kernel.Value{}, "casework.answer.missing.date"},
		{"move", "new_region", text("11000"), ""}, // its code until lately
		{"move", "new_region", text("99999"), "casework.answer.region"},
		{"move", "new_region", kernel.Value{}, "casework.answer.missing.choice"},
		{"move", "new_region", kernel.SetOf("11110"), "casework.answer.type.choice"},
		{"move", "joins", text("maybe"), "casework.answer.type.bool"},
		{"move", "joins", kernel.Value{}, "casework.answer.missing.bool"},
		{"move", "movers", kernel.SetOf("person-3"), "casework.answer.person"},
		{"move", "movers", kernel.SetOf("김"), "casework.answer.person"},
		{"move", "movers", kernel.SetOf(), "casework.answer.missing.choice"},
		{"move", "movers", kernel.SetOf(strings.Split("김a 김b 김c 김d 김e 김f 김g 김h 김i 김j 김k 김l 김m 김n 김o 김p 김q 김r 김s 김t 김u", " ")...), "casework.answer.person"},
		{"grant", "income", text("1,000"), ""},
		{"grant", "income", text("천"), "casework.answer.type.number"},
		{"grant", "income", kernel.IntOf(-1), "casework.answer.range"},
		{"grant", "income", kernel.Value{}, "casework.answer.missing.number"},
		{"grant", "kind", text("gold"), "casework.answer.choose"},
		{"grant", "needs", kernel.SetOf("visit", "advice"), ""},
		{"grant", "needs", kernel.SetOf("gold"), "casework.answer.choose"},
		{"grant", "starts_on", text("2026-03-02"), "casework.answer.not_future"},
		{"grant", "lease", kernel.Value{}, "casework.answer.missing.file"},
		{"copy", "copies", kernel.IntOf(11), "casework.answer.range"},
		{"pickup", "items", kernel.SetOf("sofa*1", "box*99"), ""},
		{"pickup", "items", kernel.SetOf("sofa*100"), "casework.answer.counts"},
		{"pickup", "items", kernel.IntOf(1), "casework.answer.type.counts"},
		{"pickup", "items", kernel.SetOf(), "casework.answer.missing.counts"},
		{"papers", "wanted", kernel.SetOf("회의록", "계약서"), ""},
		{"papers", "wanted", kernel.SetOf(strings.Split(strings.Repeat("문서 ", 1)+"a b c d e f g h i j k l m n o p q r s t", " ")...), "casework.answer.list_many"},
		{"papers", "wanted", kernel.SetOf(strings.Repeat("가", 201)), "casework.answer.list_long"},
		{"card", "visit_at", text("2026-03-05T09:00"), ""},
		{"card", "visit_at", text("tomorrow"), "casework.answer.slot_gone"},
		{"card", "visit_at", kernel.IntOf(9), "casework.answer.type.slot"},
		{"card", "visit_at", kernel.Value{}, "casework.answer.missing.slot"},
		{"move", "head_person", text("person-1"), "casework.answer.person"}, // nobody asked the register
	}
	w := casetest.SQLite(t)
	hana := w.Resident("person-1")
	said := map[string]bool{}
	for _, tt := range tests {
		id, err := w.Start(t.Context(), hana, tt.service)
		if err != nil {
			t.Fatal(err)
		}
		err = w.Answer(t.Context(), hana, id, tt.question, tt.v)
		switch {
		case tt.key == "" && err != nil:
			t.Errorf("%s %s %q: %v", tt.service, tt.question, tt.v.Text(), err)
		case tt.key != "":
			wantField(t, err, tt.question, tt.key)
			said[tt.key] = true
		}
	}
	for _, key := range w.Texts.Keys() {
		if strings.HasPrefix(key, "casework.answer.") && !said[key] && key != "casework.answer.unknown_question" && key != "casework.answer.unknown_party" && key != "casework.answer.confirmed" {
			t.Errorf("no answer here is told %s", key)
		}
	}
	for key := range said {
		if !w.Texts.Has(key) {
			t.Errorf("%s has no words", key)
		}
	}
}

// TestWholeForm: a form handed in whole is told everything at once, in the
// order of the questions, and nothing of it stays.
func TestWholeForm(t *testing.T) {
	w := casetest.SQLite(t)
	a := moveIn("이웃집")
	a["moved_on"], a["phone"], a["shoe_size"] = text("soon"), kernel.Value{}, kernel.IntOf(43)
	delete(a, "new_address")
	_, err := w.Apply(t.Context(), w.Resident("person-1"), casework.Submission{Service: "move", Answers: a, Key: "k"})
	wantField(t, err, "shoe_size", "casework.answer.unknown_question")
	wantField(t, err, "moved_on", "casework.answer.type.date")
	wantField(t, err, "new_address", "casework.answer.missing.text")
	wantField(t, err, "phone", "casework.answer.missing.text")
	for _, table := range []string{"application", "party", "event", "key", "word", "words"} {
		if n := count(t, w, "SELECT COUNT(*) FROM casework_"+table); n != 0 {
			t.Errorf("%d rows of casework_%s stayed", n, table)
		}
	}
}

// TestHiddenAnswersAreDropped: an answer to a question that is not asked does
// not count, so nobody is asked to confirm.
func TestHiddenAnswersAreDropped(t *testing.T) {
	w := casetest.SQLite(t)
	a := apply(t, w, w.Resident("person-1"), "move", with(move(), "head_person", text("박셋")))
	c := look(t, w, a)
	if _, kept := c.Content.Answers["head_person"]; kept || a.Status != casework.Submitted {
		t.Errorf("%s with %v", a.Status, c.Content.Answers)
	}
}

// TestFactsKeepTheirKind: a date from a register is a date again after it was
// stored, so that conditions on ages still see it.
func TestFactsKeepTheirKind(t *testing.T) {
	w := casetest.SQLite(t)
	hana := w.Resident("person-1")
	id, err := w.Start(t.Context(), hana, "copy")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Agree(t.Context(), hana, id); err != nil {
		t.Fatal(err)
	}
	c, err := w.Open(t.Context(), hana, id)
	if err != nil {
		t.Fatal(err)
	}
	adult := catalog.Condition{Fact: "birth_date", Age: true, AtLeast: new(int64)}
	if got := catalog.Eval(&adult, catalog.Env{Facts: c.Content.Facts, Today: w.Today()}); got != catalog.Yes {
		t.Errorf("of age: %v", got)
	}
}
