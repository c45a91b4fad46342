package authz_test

import (
	"testing"

	"maru/kernel"
	"maru/platform/authz"
)

// Whoever acts for somebody reaches what the mandate names and nothing else,
// whatever roles the two of them have.
func TestOnBehalf(t *testing.T) {
	own := authz.Actor{Account: "a", Person: "p"}
	counter := authz.Actor{Account: "a", Person: "p", Helper: authz.Helper{Account: "o", Agency: "city"}}
	agent := authz.Actor{Account: "a", Person: "p", Grants: []authz.Grant{{Role: authz.Official, Agency: "city"}},
		Helper: authz.Helper{Account: "h", Mandate: "m", Actions: []string{"applications.read"}, Services: []string{"copy"}}}
	for name, c := range map[string]struct {
		who                                                             authz.Actor
		assisted, mandated, behalf, reads, submits, copy, pension, desk bool
	}{
		"own":     {own, false, false, false, true, true, true, true, true},
		"counter": {counter, true, false, true, true, true, true, true, false},
		"agent":   {agent, false, true, true, true, false, true, false, false},
	} {
		a := c.who
		got := []bool{a.Assisted(), a.Mandated(), a.OnBehalf(), a.Can("applications.read"), a.Can("applications.submit"), a.Covers("copy"), a.Covers("pension"), a.Require(authz.ScopeDesk) == nil}
		want := []bool{c.assisted, c.mandated, c.behalf, c.reads, c.submits, c.copy, c.pension, c.desk}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: answer %d is %v", name, i, got[i])
			}
		}
		if (a.Alone() == nil) == c.behalf || c.behalf && !kernel.Is(a.Alone(), kernel.Forbidden) {
			t.Errorf("%s: alone says %v", name, a.Alone())
		}
		if err := a.Require(authz.ScopeApplications); err != nil {
			t.Errorf("%s: own data: %v", name, err)
		}
	}
}
