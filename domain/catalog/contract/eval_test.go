package contract

import (
	"testing"

	"maru/kernel"

	"pgregory.net/rapid"
)

func ptr[T any](v T) *T { return &v }

func TestEval(t *testing.T) {
	env := Env{
		Answers: map[string]kernel.Value{"yes": kernel.BoolOf(true), "n": kernel.IntOf(5), "pick": kernel.TextOf("a"), "set": kernel.SetOf("x", "y"), "born": kernel.DateValueOf(kernel.MustDate("2009-03-10"))},
		Facts:   map[string]kernel.Value{"region": kernel.TextOf("11110"), "unknown": {}},
		Today:   kernel.MustDate("2026-03-09"),
	}
	yes := Condition{Question: "yes", Is: []string{"true"}}
	no := Condition{Question: "yes", Is: []string{"false"}}
	unknown := Condition{Question: "gone", Is: []string{"true"}}
	tests := []struct {
		name string
		c    *Condition
		want Tri
	}{
		{"none", nil, Yes},
		{"is", &yes, Yes},
		{"is not", &no, No},
		{"not answered is not no", &unknown, Unknown},
		{"unknown fact", &Condition{Fact: "unknown", Is: []string{"a"}}, Unknown},
		{"one of several", &Condition{Fact: "region", Is: []string{"26110", "11110"}}, Yes},
		{"number by its digits", &Condition{Question: "n", Is: []string{"5"}}, Yes},
		{"at least", &Condition{Question: "n", AtLeast: ptr(int64(5))}, Yes},
		{"at most", &Condition{Question: "n", AtMost: ptr(int64(4))}, No},
		{"between", &Condition{Question: "n", AtLeast: ptr(int64(1)), AtMost: ptr(int64(5))}, Yes},
		{"a text is no number", &Condition{Question: "pick", AtLeast: ptr(int64(1))}, Unknown},
		{"has", &Condition{Question: "set", Has: "y"}, Yes},
		{"has not", &Condition{Question: "set", Has: "z"}, No},
		{"a text is no set", &Condition{Question: "pick", Has: "a"}, Unknown},
		{"known", &Condition{Question: "n", Known: ptr(true)}, Yes},
		{"known to be unanswered", &Condition{Question: "gone", Known: ptr(false)}, Yes},
		{"a day before the birthday (Civil Act art. 158)", &Condition{Question: "born", Age: true, AtLeast: ptr(int64(17))}, No},
		{"age at most", &Condition{Question: "born", Age: true, AtMost: ptr(int64(16))}, Yes},
		{"age of a number", &Condition{Question: "n", Age: true, AtLeast: ptr(int64(1))}, Unknown},
		{"no test", &Condition{Question: "n"}, Unknown},
		{"all", &Condition{All: []Condition{yes, unknown}}, Unknown},
		{"all with a no", &Condition{All: []Condition{unknown, no}}, No},
		{"any", &Condition{Any: []Condition{unknown, yes}}, Yes},
		{"any without a yes", &Condition{Any: []Condition{no, unknown}}, Unknown},
		{"not unknown", &Condition{Not: &unknown}, Unknown},
		{"not no", &Condition{Not: &no}, Yes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Eval(tt.c, env); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	env.Today = kernel.MustDate("2026-03-10")
	if got := Eval(&Condition{Question: "born", Age: true, AtLeast: ptr(int64(17))}, env); got != Yes {
		t.Errorf("on the birthday: %v", got)
	}
}

// TestMoreKnowledgeKeepsVerdicts: an answer that comes later turns unknown into
// yes or no, and never one of these into anything else.
func TestMoreKnowledgeKeepsVerdicts(t *testing.T) {
	leaf := rapid.Custom(func(t *rapid.T) Condition {
		return Condition{Question: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "q"), Is: []string{rapid.SampledFrom([]string{"x", "y"}).Draw(t, "v")}}
	})
	var tree func(depth int) *rapid.Generator[Condition]
	tree = func(depth int) *rapid.Generator[Condition] {
		if depth == 0 {
			return leaf
		}
		return rapid.Custom(func(t *rapid.T) Condition {
			switch rapid.IntRange(0, 3).Draw(t, "form") {
			case 0:
				return Condition{All: rapid.SliceOfN(tree(depth-1), 1, 3).Draw(t, "all")}
			case 1:
				return Condition{Any: rapid.SliceOfN(tree(depth-1), 1, 3).Draw(t, "any")}
			case 2:
				c := tree(depth-1).Draw(t, "not")
				return Condition{Not: &c}
			}
			return leaf.Draw(t, "leaf")
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		c := tree(3).Draw(t, "condition")
		answers := map[string]kernel.Value{}
		before := Eval(&c, Env{Answers: answers})
		for _, q := range rapid.Permutation([]string{"a", "b", "c"}).Draw(t, "order") {
			answers[q] = kernel.TextOf(rapid.SampledFrom([]string{"x", "y"}).Draw(t, "answer"))
			after := Eval(&c, Env{Answers: answers})
			if before != Unknown && after != before {
				t.Fatalf("%v became %v", before, after)
			}
			before = after
		}
		if before == Unknown {
			t.Fatal("unknown although all is answered")
		}
	})
}

func TestShown(t *testing.T) {
	yes := func(q string) *Condition { return &Condition{Question: q, Is: []string{"true"}} }
	s := Service{Questions: []Question{{ID: "a", Type: "bool"}, {ID: "b", Type: "bool", When: yes("a")}, {ID: "c", Type: "bool", When: yes("b")}}}
	show := func(env Env) (out string) {
		for _, q := range s.Shown(env) {
			out += q.ID
		}
		return out
	}
	answers := map[string]kernel.Value{}
	if got := show(Env{Answers: answers}); got != "a" {
		t.Error(got)
	}
	answers["a"], answers["b"], answers["c"] = kernel.BoolOf(true), kernel.BoolOf(true), kernel.BoolOf(true)
	if got := show(Env{Answers: answers}); got != "abc" {
		t.Error(got)
	}
	answers["a"] = kernel.BoolOf(false)
	if got := show(Env{Answers: answers}); got != "a" {
		t.Errorf("an answer on a forgotten branch still counts: %s", got)
	}
	if n := len(s.Counted(Env{Answers: answers}).Answers); n != 1 {
		t.Errorf("%d answers count", n)
	}
}

func TestAutoDecision(t *testing.T) {
	s := Service{
		Eligibility: []Rule{{If: Condition{Fact: "f", Is: []string{"a"}}}},
		Auto:        &Auto{If: Condition{Fact: "g", Known: ptr(true)}, Decision: "granted"},
	}
	facts := map[string]kernel.Value{"g": kernel.BoolOf(true)}
	if got := s.AutoDecision(Env{Facts: facts}); got != "" {
		t.Errorf("decided %q without knowing", got)
	}
	facts["f"] = kernel.TextOf("b")
	if got := s.AutoDecision(Env{Facts: facts}); got != "" {
		t.Errorf("decided %q though not eligible", got)
	}
	facts["f"] = kernel.TextOf("a")
	if got := s.AutoDecision(Env{Facts: facts}); got != "granted" {
		t.Errorf("got %q", got)
	}
}
