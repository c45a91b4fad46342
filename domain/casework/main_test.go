package casework_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

type answers = map[string]kernel.Value

func text(s string) kernel.Value { return kernel.TextOf(s) }

// petition is a good petition to the northern office.
func petition(content string) answers {
	return answers{"subject": text("가로등"), "content": text(content), "body": text("north")}
}

// move is a good report of a move to the north by somebody whom registers were
// not asked about.
func move() answers {
	return answers{"moved_on": text("2026-03-01"), "new_region": text("11110"), "new_address": text("새로 7, 101호"), "movers": kernel.SetOf("김하나"),
		"previous_address": text("옛길 1"), "joins": text("false"), "phone": text("010-1111-1111")}
}

// moveIn is a move into somebody's household.
func moveIn(head string) answers {
	a := move()
	a["joins"], a["head_person"] = text("true"), text(head)
	return a
}

// with is a copy of a with one answer changed.
func with(a answers, question string, v kernel.Value) answers {
	out := answers{question: v}
	for k, v := range a {
		if k != question {
			out[k] = v
		}
	}
	return out
}

// apply hands in an application; the key is the test's own.
func apply(t testing.TB, w *casetest.World, actor authz.Actor, service string, a answers) *casework.Application {
	t.Helper()
	app, err := w.Apply(t.Context(), actor, casework.Submission{Service: service, Answers: a, Key: string(kernel.NewID(w.Clock.Now()))})
	if err != nil {
		t.Fatalf("apply for %s: %v", service, err)
	}
	return app
}

// submitted is a petition by person-1 that lies at the northern office.
func submitted(t testing.TB, w *casetest.World) *casework.Application {
	t.Helper()
	return apply(t, w, w.Resident("person-1"), "petition", petition("가로등이 꺼졌어요. 밤에 어두워요."))
}

// returned is a move that the northern office refused.
func returned(t testing.TB, w *casetest.World) *casework.Application {
	t.Helper()
	a := apply(t, w, w.Resident("person-1"), "move", move())
	a, err := w.Decide(t.Context(), w.Official("kim", "north"), a.ID, "", casework.Decision{Decision: casework.Returned, Reason: "주소가 없는 곳이에요."})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// look opens a case at its desk.
func look(t testing.TB, w *casetest.World, a *casework.Application) *casework.Case {
	t.Helper()
	c, err := w.Look(t.Context(), w.Official("looker", a.Agency), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wantKind fails unless err is of the kind.
func wantKind(t testing.TB, err error, k kernel.Kind) {
	t.Helper()
	if !kernel.Is(err, k) {
		t.Errorf("got %v, want %v", err, k)
	}
}

// wantError fails unless err names the message.
func wantError(t testing.TB, err error, k kernel.Kind, key string) {
	t.Helper()
	var e *kernel.Error
	if !errors.As(err, &e) || e.Kind != k || e.Key != key {
		t.Errorf("got %v, want %v %s", err, k, key)
	}
}

// wantField fails unless err says what is wrong with a field.
func wantField(t testing.TB, err error, field, key string) {
	t.Helper()
	var e *kernel.Error
	if !errors.As(err, &e) || e.Kind != kernel.Invalid {
		t.Errorf("got %v, want %s: %s", err, field, key)
		return
	}
	for _, f := range e.Fields {
		if f.Field == field && f.Key == key {
			return
		}
	}
	t.Errorf("got %v, want %s: %s", e.Fields, field, key)
}

// count runs a query for one number.
func count(t testing.TB, w *casetest.World, query string, args ...any) (n int) {
	t.Helper()
	err := w.DB.View(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// history is the timeline of a case as "act:code" words.
func history(c *casework.Case) string {
	var out []string
	for _, e := range c.Events {
		s := e.Act
		if e.Code != "" {
			s += ":" + e.Code
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}
