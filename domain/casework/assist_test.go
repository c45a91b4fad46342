package casework_test

import (
	"strings"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/contract"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/authz"
)

func begin(t testing.TB, w *casetest.World, o authz.Actor, service, name string) *casework.Assist {
	t.Helper()
	v, err := w.AssistBegin(t.Context(), o, "", casework.AssistInput{Service: service, Card: casework.Card{Name: name}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestAssist: an official at a counter applies for somebody; everything is the
// official's in the log, the person's in the register, and the case is not for
// this official.
func TestAssist(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		ctx, kim, hana := t.Context(), w.Hire("kim", "north"), w.Resident("person-1")
		w.Hire("lee", "north")
		v := begin(t, w, kim, "petition", "김하나")
		for range 2 {
			if err := w.AssistAnswer(ctx, kim, v.ID, petition("가로등이 꺼졌어요.")); err != nil {
				t.Fatal(err)
			}
		}
		wantField(t, w.AssistAnswer(ctx, kim, v.ID, answers{"shoe": text("x")}), "shoe", "casework.answer.unknown_question")
		wantField(t, w.AssistAnswer(ctx, kim, v.ID, answers{"subject": text("")}), "subject", "casework.answer.missing.text")
		_, err := w.AssistOpen(ctx, w.Official("lee", "north"), v.ID)
		wantKind(t, err, kernel.NotFound)
		a, err := w.AssistSubmit(ctx, kim, v.ID, "s")
		if err != nil || a.Account != hana.Account || a.Person != hana.Person || a.Number == "" {
			t.Fatalf("%+v, %v", a, err)
		}
		if err := w.AssistFinish(ctx, kim, v.ID); err != nil {
			t.Fatal(err)
		}
		_, err = w.AssistOpen(ctx, kim, v.ID)
		wantError(t, err, kernel.Conflict, "casework.assist.error.over")

		mine, err := w.Open(ctx, hana, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range mine.Events {
			if e.ByKind != "assisted" || e.Actor != kim.Account || e.Agency != "north" {
				t.Errorf("%s by %s of %s", e.Act, e.ByKind, e.Agency)
			}
		}
		if n := count(t, w, `SELECT COUNT(*) FROM audit_row WHERE basis LIKE '%assisted' AND account = $1 AND role = 'official' AND role_agency = 'north' AND subject <> ''`, string(kim.Account)); n < 5 {
			t.Errorf("%d acts logged as assisted", n)
		}
		var told []string
		for _, e := range w.Events(t) {
			told = append(told, e.Type)
			if e.Account != hana.Account {
				t.Errorf("%s is told to %s", e.Type, e.Account)
			}
		}
		for _, want := range []string{contract.AssistBegun, contract.Submitted, contract.AssistEnded} {
			if !strings.Contains(strings.Join(told, " "), want) {
				t.Errorf("nobody is told of %s: %v", want, told)
			}
		}

		_, err = w.Look(ctx, kim, a.ID)
		wantError(t, err, kernel.Forbidden, "casework.assist.error.own")
		_, err = w.Decide(ctx, kim, a.ID, "", casework.Decision{Decision: casework.Replied, Reason: "네."})
		wantError(t, err, kernel.Forbidden, "casework.assist.error.own")
		lee := w.Official("lee", "north")
		_, err = w.HandOver(ctx, lee, a.ID, "", kim.Account, "")
		wantField(t, err, "to", "casework.handover.error.to")
		if _, err := w.Decide(ctx, lee, a.ID, "", casework.Decision{Decision: casework.Replied, Reason: "네."}); err != nil {
			t.Error(err)
		}
	})
}

// TestAssistBounds: an hour, one person at a time, never one's own household.
func TestAssistBounds(t *testing.T) {
	w := casetest.SQLite(t)
	ctx, kim := t.Context(), w.Official("kim", "north")
	_, err := w.AssistBegin(ctx, w.Resident("person-3"), "", casework.AssistInput{Service: "petition", Card: casework.Card{Name: "김하나"}})
	wantKind(t, err, kernel.Forbidden)
	_, err = w.AssistBegin(ctx, w.HireRelative("person-9", "north"), "", casework.AssistInput{Service: "petition", Card: casework.Card{Name: "김하나"}})
	wantError(t, err, kernel.Forbidden, "casework.error.own_household")
	_, err = w.AssistBegin(ctx, kim, "", casework.AssistInput{Service: "counter", Card: casework.Card{Name: "김하나"}})
	wantError(t, err, kernel.Conflict, "casework.error.not_online")
	first := begin(t, w, kim, "petition", "김하나")
	second := begin(t, w, kim, "petition", "박셋")
	_, err = w.AssistOpen(ctx, kim, first.ID)
	wantError(t, err, kernel.Conflict, "casework.assist.error.over")
	if v, err := w.AssistRunning(ctx, kim); err != nil || v == nil || v.ID != second.ID {
		t.Errorf("%+v, %v", v, err)
	}
	w.Clock.Advance(casework.AssistTime)
	wantError(t, w.AssistAnswer(ctx, kim, second.ID, petition("늦었어요")), kernel.Conflict, "casework.assist.error.over")
	if v, err := w.AssistRunning(ctx, kim); err != nil || v != nil {
		t.Errorf("%+v, %v", v, err)
	}
	// The draft is the person's own: they go on at home, and the same key does
	// not begin twice.
	in := casework.AssistInput{Service: "petition", Card: casework.Card{Name: "김하나"}}
	one, err := w.AssistBegin(ctx, kim, "k", in)
	if err != nil {
		t.Fatal(err)
	}
	two, err := w.AssistBegin(ctx, kim, "k", in)
	if err != nil || one.ID != two.ID {
		t.Errorf("%v and %v, %v", one, two, err)
	}
	if err := w.Discard(ctx, w.Resident("person-1"), one.Application); err != nil {
		t.Fatal(err)
	}
	_, err = w.AssistOpen(ctx, kim, one.ID)
	wantKind(t, err, kernel.NotFound)
}

// TestAssistConsent: data is fetched by the person's word only, by a code off
// their phone or by a signed paper.
func TestAssistConsent(t *testing.T) {
	w := casetest.SQLite(t)
	ctx, kim := t.Context(), w.Official("kim", "north")
	v := begin(t, w, kim, "copy", "김하나")
	wantField(t, w.AssistConsent(ctx, kim, v.ID, "", "nod", "", ""), "how", "casework.assist.error.how")
	wantField(t, w.AssistConsent(ctx, kim, v.ID, "", casework.ConsentByPaper, "", ""), "paper", "casework.error.paper_missing")
	wantKind(t, w.AssistConsent(ctx, kim, v.ID, "", casework.ConsentByCode, "wrong", ""), kernel.Invalid)
	if ok, _ := w.Registers.Consented(ctx, w.Resident("person-1"), "copy"); ok {
		t.Error("agreed without a word of theirs")
	}
	for range 2 { // the answer got lost, and it is sent again
		if err := w.AssistConsent(ctx, kim, v.ID, "c", casework.ConsentByCode, casetest.Code, ""); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, w.AssistConsent(ctx, kim, v.ID, "c", casework.ConsentByPaper, "", "동의서철 1"), kernel.Conflict, "casework.error.key_reused")
	if n := count(t, w, `SELECT COUNT(*) FROM audit_row WHERE act = 'casework.assist_consent'`); n != 1 {
		t.Errorf("agreed %d times", n)
	}
	got, err := w.AssistOpen(ctx, kim, v.ID)
	if err != nil || !got.Case.Content.Answers["birth_date"].Known() || got.Consent != casework.ConsentByCode {
		t.Errorf("%+v, %v", got, err)
	}
}
