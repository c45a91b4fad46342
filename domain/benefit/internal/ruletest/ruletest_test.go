package ruletest_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"maru/domain/benefit/internal/reference"
	"maru/domain/benefit/internal/ruletest"
)

// TestSituations: what is drawn passes the check, and the reference can compute
// every drawn law for it.
func TestSituations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := ruletest.Laws().Draw(t, "law")
		s := ruletest.Situations(d.Law).Draw(t, "situation")
		if err := s.Check(d.Law); err != nil {
			t.Fatalf("%v\n%+v", err, s)
		}
		if _, err := reference.All(d.Law, s); err != nil {
			t.Fatalf("%v\n%v", err, d)
		}
	})
}

// TestReach: every form of the notation comes up in what compiles, and most of
// what is written compiles.
func TestReach(t *testing.T) {
	forms := strings.Split("&& || !( == != < <= > >= + - * / ? -( min( max( in·[ in·h.receives starts( .regions given( "+
		"members.any( members.all( members.count( members.sum( declarations.any( declarations.all( declarations.count( declarations.sum( "+
		"years( months_between( full_months( days( year( add_months( in_year( day( at( eligible( amount_of( "+
		"floor( half_up( down10( up10( base[ aid[ grid[ shares[ limit ages share opened season capital date head. m. h. n0. n1. d0. f0 "+
		"==·head eligible(\"alpha\") eligible(\"alpha\",", " ")
	var all strings.Builder
	written, refused := 0, 0
	laws := ruletest.Laws()
	for i := range 400 {
		d := laws.Example(i)
		all.WriteString(d.String())
		written += d.Written
		refused += d.Refused
	}
	text := all.String()
	missing := slices.DeleteFunc(forms, func(f string) bool { return strings.Contains(text, strings.ReplaceAll(f, "·", " ")) })
	if len(missing) > 0 {
		t.Errorf("never written: %q", missing)
	}
	t.Logf("%d of %d expressions refused", refused, written)
	if refused*5 > written {
		t.Errorf("%d of %d expressions were refused", refused, written)
	}
}
