package assistant_test

import (
	"context"
	"strings"
	"testing"

	"maru/domain/assistant"
	"maru/kernel"
	"maru/platform/authz"
)

// house is what belongs to hana alone.
type house struct{ agreed bool }

func (h *house) Applications(_ context.Context, actor authz.Actor, _ kernel.Lang) ([]assistant.OwnApplication, error) {
	if actor.Account != hana.Account {
		return nil, nil
	}
	return []assistant.OwnApplication{{Service: "move", Title: "이사", State: "draft", StateText: "작성 중", YourTurn: true, URL: "/applications/1"}}, nil
}

func (h *house) Entitled(_ context.Context, _ authz.Actor, _ kernel.Lang) ([]assistant.Verdict, error) {
	if !h.agreed {
		return nil, kernel.E(kernel.Forbidden, "", nil)
	}
	amount := int64(1000)
	return []assistant.Verdict{
		{ID: "move", Title: "이사", Unit: "person", Eligible: "yes", Confidence: "likely", Amount: &amount, Reasons: []assistant.Reason{{Text: "혼자 아이를 키워요", Holds: "yes"}},
			Members: []assistant.MemberVerdict{{Member: "p2", Eligible: "yes"}}, Missing: []assistant.MissingFact{{Member: "p1", Fact: "phone", Title: "전화"}}},
		{ID: "visit", Title: "방문", Eligible: "no"},
	}, nil
}

// connected is hana with a program that she lets do what the scopes say.
func connected(scopes ...string) *assistant.Person {
	a := hana
	a.Token, a.App = true, "app-1"
	return &assistant.Person{Actor: a, Name: kernel.Text{KO: "나눔 비서", EN: "Sharing assistant"}, Scopes: scopes}
}

func TestOwn(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := connected(authz.ScopeToolStatus, authz.ScopeToolBenefits, authz.ScopeToolForms)
		status, text, err := b.OwnStatus(t.Context(), p, "ko")
		if err != nil || status.SignIn || len(status.Applications) != 1 || status.Applications[0].URL != "https://maru.example.go.kr/applications/1" || !strings.Contains(text, "이사: 작성 중") {
			t.Errorf("%+v %v\n%s", status, err, text)
		}

		_, _, err = b.OwnCheck(t.Context(), p, "", "ko")
		wantKind(t, err, kernel.Forbidden)
		if says := b.Says(err, kernel.KO); !strings.Contains(says, "https://maru.example.go.kr/benefits/mine") {
			t.Errorf("without consent: %s", says)
		}
		b.own.agreed = true
		for _, id := range []string{"", "move"} {
			got, text, err := b.OwnCheck(t.Context(), p, id, "ko")
			if err != nil || len(got.Verdicts) != 1 {
				t.Fatalf("%+v %v", got, err)
			}
			// The outcome, and nothing of what registers hold.
			v := got.Verdicts[0]
			if v.Eligible != "yes" || v.Amount == nil || v.Members != nil || v.Reasons != nil || strings.Contains(text, "아이") || v.Missing[0].Member != "" || v.Missing[0].Tell != "on_site" {
				t.Errorf("%+v\n%s", v, text)
			}
		}
		_, _, err = b.OwnCheck(t.Context(), p, "nothing", "ko")
		wantKind(t, err, kernel.NotFound)

		// A link of hana's is of use to nobody else, also before she opened it.
		out, _, err := b.OwnStart(p, "move", "ko", facts)
		if err != nil || out.Drafted {
			t.Fatal(out, err)
		}
		link := strings.TrimPrefix(out.URL, "https://maru.example.go.kr/handover/")
		_, _, _, err = b.Look(t.Context(), duli, link)
		wantKind(t, err, kernel.Conflict)
		_, _, err = b.Confirm(t.Context(), duli, link)
		wantKind(t, err, kernel.Conflict)
		if h, _, _, err := b.Look(t.Context(), hana, link); err != nil || h.Client != "나눔 비서" || h.Account != hana.Account {
			t.Errorf("%+v %v", h, err)
		}
		if b.desk.calls != 0 {
			t.Error("a draft before the person said so")
		}
		if id, _, err := b.Confirm(t.Context(), hana, link); err != nil || id == "" {
			t.Error(id, err)
		}
		if n := rows(t, b.db, "SELECT COUNT(*) FROM audit_row WHERE act = 'assistant.confirm' AND account = $1", string(hana.Account)); n != 1 {
			t.Errorf("%d rows", n)
		}

		// The row of a call says whose it was, and which program.
		if err := b.Record(t.Context(), assistant.Call{Tool: "get_status", Outcome: "answered", Client: "liar 9", Person: p}); err != nil {
			t.Fatal(err)
		}
		if n := rows(t, b.db, "SELECT COUNT(*) FROM audit_row WHERE act = 'assistant.get_status' AND account = $1 AND role = 'self' AND subject <> '' AND purpose = 'assistant.purpose.own' AND basis = 'app:app-1' AND detail NOT LIKE '%liar%'",
			string(hana.Account)); n != 1 {
			t.Errorf("%d rows of the call", n)
		}
	})
}

// TestOwnScopes: each tool wants its own scope, and a person.
func TestOwnScopes(t *testing.T) {
	b := newBench(t, nil)
	tools := map[string]func(*assistant.Person) error{
		"get_status":        func(p *assistant.Person) error { _, _, err := b.OwnStatus(t.Context(), p, "en"); return err },
		"check_eligibility": func(p *assistant.Person) error { _, _, err := b.OwnCheck(t.Context(), p, "", "en"); return err },
		"start_application": func(p *assistant.Person) error { _, _, err := b.OwnStart(p, "move", "en", nil); return err },
	}
	b.own.agreed = true
	for tool, ask := range tools {
		wantKind(t, ask(nil), kernel.Unauthorized)
		wantKind(t, ask(connected()), kernel.Forbidden)
		for other := range tools {
			err := ask(connected(assistant.ScopeFor(other)))
			if other == tool && err != nil || other != tool && !kernel.Is(err, kernel.Forbidden) {
				t.Errorf("%s with the scope of %s: %v", tool, other, err)
			}
		}
	}
	if assistant.ScopeFor("find_services") != "" {
		t.Error("finding services needs a person")
	}
}
