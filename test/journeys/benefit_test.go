package journeys

import (
	"strings"
	"testing"

	"maru/kernel"
)

// TestBenefits asks what one is entitled to, without an account: somebody of 71
// who lives alone answers question by question until nothing is left to ask.
func TestBenefits(t *testing.T) {
	t.Parallel()
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			v := visit(t, in(l), withoutScript)
			v.open("/")
			v.press(v.T("app.nav.benefits"))
			v.pick("members", "1")
			v.press(v.T("benefit.page.begin"))

			// An answer that is none is asked for again.
			v.pressFor(422, v.T("benefit.page.next"))
			told := 0
			for ; v.has(v.T("benefit.page.skip")); told++ {
				if told > 80 {
					t.Fatal("the questions do not end")
				}
				answerNext(v)
			}
			if told < 10 {
				t.Errorf("only %d questions", told)
			}
			v.reads(v.T("benefit.page.done"))
			v.reads(map[kernel.Lang]string{kernel.KO: "기초연금", kernel.EN: "Basic pension"}[l])
			v.snap("benefits")
		})
	}
}

// answerNext answers the question on the page: born in 1955, a Korean citizen in
// Mokpo, nothing earned and nothing owned.
func answerNext(v *visitor) {
	ref := eval[string](v, `document.querySelector("[name=ask]").value`)
	shows := func(selector string) bool { return v.there("document.querySelector(" + quote(selector) + ")") }
	switch {
	case shows("[name=answer-year]") && strings.HasSuffix(ref, "birth_date"):
		v.date("answer", "1955-03-01")
	case shows("[name=answer-year]"):
		v.date("answer", "2020-03-01")
	case shows("select[name=answer]"):
		v.pick("answer", "12110")
	case shows("[name=answer][type=checkbox]"): // none of them
	case shows("[name=answer][type=radio]"):
		value := eval[string](v, `document.querySelector("[name=answer]").value`)
		for _, wanted := range []string{"false", "none", "citizen"} {
			if shows("[name=answer][value=" + wanted + "]") {
				value = wanted
			}
		}
		v.choose("answer", value)
	default:
		v.write("answer", "0")
	}
	v.press(v.T("benefit.page.next"))
}
