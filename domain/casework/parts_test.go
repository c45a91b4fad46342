package casework_test

import (
	"strings"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
)

func TestDecideInParts(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, kim := w.Resident("person-1"), w.Official("kim", "north")
		granted := func(e string) casework.PartDecision {
			return casework.PartDecision{Entry: e, Decision: casework.Granted}
		}
		refused := func(e string) casework.PartDecision {
			return casework.PartDecision{Entry: e, Decision: casework.Refused, Grounds: []string{"private"}, Reason: "이웃의 이름이 있어요."}
		}
		for _, tt := range []struct {
			d    casework.Decision
			want string // decision, or the field that is wrong
			key  string
		}{
			{casework.Decision{Parts: []casework.PartDecision{granted("회의록"), granted("계약서")}}, casework.Granted, ""},
			{casework.Decision{Parts: []casework.PartDecision{refused("계약서"), granted("회의록")}}, casework.PartlyGranted, ""},
			{casework.Decision{Parts: []casework.PartDecision{refused("회의록"), refused("계약서")}}, casework.Refused, ""},
			{casework.Decision{Decision: casework.Granted}, casework.Granted, ""},
			{casework.Decision{Decision: casework.Refused, Grounds: []string{"trade"}}, casework.Refused, ""},
			{casework.Decision{Decision: casework.Refused}, "part-1-grounds", "casework.error.ground_missing"},
			{casework.Decision{Decision: casework.PartlyGranted}, "parts", "casework.error.parts_missing"},
			{casework.Decision{}, "parts", "casework.error.parts_missing"},
			{casework.Decision{Parts: []casework.PartDecision{granted("회의록")}}, "part-2-decision", "casework.error.part_missing"},
			{casework.Decision{Parts: []casework.PartDecision{granted("회의록"), granted("계약서"), granted("지도")}}, "parts", "casework.error.part_unknown"},
			{casework.Decision{Parts: []casework.PartDecision{granted("회의록"), {Entry: "계약서", Decision: casework.Refused, Grounds: []string{"private"}}}}, "part-2-reason", "casework.error.reason_missing"},
			{casework.Decision{Parts: []casework.PartDecision{granted("회의록"), {Entry: "계약서", Decision: casework.Refused, Grounds: []string{"mood"}, Reason: "그냥"}}}, "part-2-grounds", "casework.error.ground_unknown"},
			{casework.Decision{Decision: casework.Granted, Parts: []casework.PartDecision{refused("회의록"), granted("계약서")}}, "decision", "casework.error.parts_differ"},
		} {
			a := apply(t, w, hana, "papers", papers("회의록", "계약서"))
			tt.d.Reason = "살펴보았어요."
			a, err := w.Decide(t.Context(), kim, a.ID, "", tt.d)
			if tt.key != "" {
				wantField(t, err, tt.want, tt.key)
				continue
			}
			if err != nil || a.Decision != tt.want {
				t.Errorf("%+v: %+v, %v", tt.d, a, err)
			}
		}
	})
}

// TestPaperInParts: the document tells each entry with ground and reason, and
// the objection names entries.
func TestPaperInParts(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, kim := w.Resident("person-1"), w.Official("kim", "north")
		a := apply(t, w, hana, "papers", papers("회의록", "계약서", "지도"))
		refuse := func(e, ground string) casework.PartDecision {
			return casework.PartDecision{Entry: e, Decision: casework.Refused, Grounds: []string{ground}, Reason: e + "에는 비밀이 있어요."}
		}
		parts := []casework.PartDecision{{Entry: "회의록", Decision: casework.Granted}, refuse("계약서", "trade"), refuse("지도", "private")}
		a, err := w.Decide(t.Context(), kim, a.ID, "", casework.Decision{Reason: "나누어 결정했어요.", Parts: parts})
		if err != nil {
			t.Fatal(err)
		}
		p, _, err := w.PaperOf(t.Context(), hana, a.Document)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Parts) != 3 || p.Parts[1].Grounds[0].Law.EN != "Disclosure Act 제9조제1항제7호" || p.Parts[1].Grounds[0].Text.KO != "회사의 비밀을 지켜요." ||
			p.Parts[2].Reason != "지도에는 비밀이 있어요." || p.Law != "공개법 제9조제1항제6호, 공개법 제9조제1항제7호" || p.Objection == nil || len(p.Next) != 1 {
			t.Errorf("paper %+v", p)
		}
		_, err = w.Object(t.Context(), hana, a.ID, "o1", "아니에요", "회의록")
		wantField(t, err, "entries", "casework.error.part_unknown")
		if _, err = w.Object(t.Context(), hana, a.ID, "o2", "공개된 지도예요", "지도"); err != nil {
			t.Fatal(err)
		}
		c := look(t, w, a)
		if len(c.Content.Objects) != 1 || c.Content.Objects[0] != "지도" || !strings.HasPrefix(c.Events[len(c.Events)-1].Note, "지도\n\n") {
			t.Errorf("objects to %v: %q", c.Content.Objects, c.Events[len(c.Events)-1].Note)
		}
		// The objection is decided in parts again; the new document replaces the old.
		parts[2] = casework.PartDecision{Entry: "지도", Decision: casework.Granted}
		a, err = w.Decide(t.Context(), kim, a.ID, "", casework.Decision{Reason: "지도는 공개해요.", Parts: parts})
		if err != nil || a.Decision != casework.PartlyGranted {
			t.Fatalf("%+v, %v", a, err)
		}
		if p, _, err = w.PaperOf(t.Context(), hana, a.Document); err != nil || p.Parts[2].Decision != casework.Granted {
			t.Errorf("paper %+v, %v", p, err)
		}
	})
}

// TestGrounds: a whole refusal may rest on one of the service's grounds.
func TestGrounds(t *testing.T) {
	w := casetest.SQLite(t)
	hana, kim := w.Resident("person-1"), w.Official("kim", "north")
	a := carded(t, w, hana, nine)
	_, err := w.Decide(t.Context(), kim, a.ID, "", casework.Decision{Decision: casework.Refused, Reason: "x", Grounds: []string{"mood"}})
	wantField(t, err, "ground", "casework.error.ground_unknown")
	a, err = w.Decide(t.Context(), kim, a.ID, "", casework.Decision{Decision: casework.Refused, Reason: "카드가 있어요.", Grounds: []string{"wanted"}})
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := w.PaperOf(t.Context(), hana, a.Document)
	if err != nil || p.Law != "카드법 제8조" || len(p.Grounds) != 1 || p.Grounds[0].Text.EN != "Nobody holds two cards." {
		t.Errorf("%+v, %v", p, err)
	}
	// Who receives stands on it.
	if len(p.About) != 1 || p.About[0].Label.KO != "받는 사람" || p.About[0].Value.KO != hana.Name {
		t.Errorf("about %+v", p.About)
	}
}

func TestTaking(t *testing.T) {
	w := casetest.SQLite(t)
	hana := w.Resident("person-1")
	w.Registers.Agree("person-1", "card")
	a := apply(t, w, hana, "card", answers{"where": text("11110"), "in_person": text("false"), "child": text("person-2")})
	got := w.Taking(open(t, w, hana, a.ID))
	if len(got) != 2 || got[0].Names[0] != "김하나" || got[1].Role != "subject" || got[1].Names[0] != "김둘이" {
		t.Errorf("%+v", got)
	}
}
