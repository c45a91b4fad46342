package casework_test

import (
	"slices"
	"testing"

	"maru/domain/casework/internal/casetest"
	"maru/kernel"
)

// TestSuggest: what somebody else filled in never takes the place of what the
// applicant wrote, what does not fit stays out, and all of it is one step.
func TestSuggest(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		id := draft(t, w, hana, "petition", answers{"subject": text("가로등")})
		left, err := w.Suggest(t.Context(), hana, id, answers{"subject": text("다른 말"), "content": text("어두워요"), "nothing": text("x")})
		if err != nil || !slices.Equal(left, []string{"subject"}) {
			t.Errorf("left %v, %v", left, err)
		}
		c := open(t, w, hana, id)
		if c.Content.Answers["subject"].Text() != "가로등" || c.Content.Answers["content"].Text() != "어두워요" || len(c.Content.Answers) != 2 {
			t.Errorf("answers %v", c.Content.Answers)
		}
		// The same again changes nothing and leaves nothing out but what was given.
		if left, err = w.Suggest(t.Context(), hana, id, answers{"content": text("어두워요")}); err != nil || len(left) != 0 {
			t.Errorf("again: %v, %v", left, err)
		}
		if left, err = w.Suggest(t.Context(), hana, draft(t, w, w.Resident("person-2"), "petition", nil), answers{"content": text("x")}); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("into somebody else's draft: %v, %v", left, err)
		}
		duli := w.Resident("person-2")
		other := draft(t, w, duli, "petition", nil)
		left, err = w.Suggest(t.Context(), duli, other, answers{"subject": text("a\x07b"), "content": kernel.Value{}})
		if err != nil || len(left) != 2 || len(open(t, w, duli, other).Content.Answers) != 0 {
			t.Errorf("what does not fit: %v, %v", left, err)
		}
	})
}
