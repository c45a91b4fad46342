package casework_test

import (
	"strings"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
)

func pickup(items ...string) answers {
	return answers{"where": text("11110"), "items": kernel.SetOf(items...)}
}

func papers(wanted ...string) answers {
	return answers{"body": text("north"), "wanted": kernel.SetOf(wanted...)}
}

func TestCounts(t *testing.T) {
	w := casetest.SQLite(t)
	hana := w.Resident("person-1")
	for _, wrong := range [][]string{{"sofa*0"}, {"sofa*100"}, {"sofa*a lot"}, {"piano*1"}, {"sofa"}, {"sofa*1", "sofa*2"}} {
		_, err := w.Apply(t.Context(), hana, casework.Submission{Service: "pickup", Answers: pickup(wrong...), Key: strings.Join(wrong, ",")})
		wantField(t, err, "items", "casework.answer.counts")
	}
	_, err := w.Apply(t.Context(), hana, casework.Submission{Service: "pickup", Answers: pickup(), Key: "none"})
	wantField(t, err, "items", "casework.answer.missing.counts")
	a := apply(t, w, hana, "pickup", pickup("box*12", "chair*2"))
	c := open(t, w, hana, a.ID)
	q, _ := c.Service.Question("items")
	if got := w.Words(q, c.Content.Answers["items"], nil, nil, kernel.KO); got != "의자 2개, 상자 12개" {
		t.Errorf("says %q", got)
	}
}

func TestList(t *testing.T) {
	w := casetest.SQLite(t)
	hana := w.Resident("person-1")
	var many []string
	for range 21 {
		many = append(many, strings.Repeat("가", len(many)+1))
	}
	for key, wrong := range map[string][]string{
		"casework.answer.list_many":    many,
		"casework.answer.list_long":    {"좋아요", strings.Repeat("가", 201)},
		"casework.answer.missing.text": {" ", "\n"},
		"casework.answer.control":      {"a\x00b"},
	} {
		_, err := w.Apply(t.Context(), hana, casework.Submission{Service: "papers", Answers: papers(wrong...), Key: key})
		wantField(t, err, "wanted", key)
	}
	a := apply(t, w, hana, "papers", papers(" 회의록 ", "", "계약서", "회의록"))
	if got := open(t, w, hana, a.ID).Content.Answers["wanted"].Text(); got != "회의록, 계약서" {
		t.Errorf("kept %q", got)
	}
}
