package contract

import (
	"reflect"
	"testing"

	"maru/kernel"
)

func TestParseCount(t *testing.T) {
	for member, want := range map[string]int{"a*1": 1, "a*99": 99, "a*0": 0, "a*100": 0, "a*01": 0, "a*+1": 0, "a": 0, "*3": 0, "a*b": 0, "a*1*2": 0} {
		option, n, ok := ParseCount(member)
		if ok != (want > 0) || n != want || ok && CountOf(option, n) != member {
			t.Errorf("%q: %q %d %t", member, option, n, ok)
		}
	}
}

func TestFeeFor(t *testing.T) {
	options := []Option{{Value: "sofa", Won: 4000}, {Value: "chair", Won: 1500}, {Value: "box"}}
	s := &Service{Fee: Fee{Online: 500, Questions: []string{"items", "extras", "speed"}}, Questions: []Question{
		{ID: "items", Type: "counts", Options: options},
		{ID: "fast", Type: "bool"},
		{ID: "extras", Type: "set", Options: options},
		{ID: "speed", Type: "enum", Options: options, When: &Condition{Question: "fast", Is: []string{"true"}}},
		{ID: "free", Type: "set", Options: options},
	}}
	answers := map[string]kernel.Value{"items": kernel.SetOf("chair*3", "sofa*1", "box*2"), "extras": kernel.SetOf("sofa"),
		"speed": kernel.TextOf("chair"), "free": kernel.SetOf("sofa")}
	won, lines := s.FeeFor(Env{Answers: answers})
	want := []FeeLine{{"items", "sofa", 1, 4000}, {"items", "chair", 3, 4500}, {"extras", "sofa", 1, 4000}}
	if won != 13000 || !reflect.DeepEqual(lines, want) {
		t.Errorf("%d for %+v", won, lines)
	}
	answers["fast"] = kernel.BoolOf(true)
	if won, _ = s.FeeFor(Env{Answers: answers}); won != 14500 {
		t.Errorf("with the enum: %d", won)
	}
	if won, lines = s.FeeFor(Env{}); won != 500 || lines != nil {
		t.Errorf("nothing chosen: %d %+v", won, lines)
	}
}
