package ask

import (
	"strings"
	"testing"

	"maru/domain/ask/internal/ground"
	"maru/kernel"
)

// TestThePackMaySpeak: what the texts of the pack say word by word passes the
// checks, but for what no model may say: who gets what, what was done.
func TestThePackMaySpeak(t *testing.T) {
	for _, l := range kernel.Langs {
		rules := map[ground.Rule]int{}
		all := 0
		for _, s := range made().pack.Services {
			text := passageOf(s, l, true)
			p := ground.Passages{"c1": made().passage(text)}
			for _, line := range strings.Split(text, "\n")[1:] {
				if len([]rune(line)) < 12 {
					continue // a heading
				}
				all++
				rule := p.Check(ground.Sentence{Text: line, Sources: []string{"c1"}}, l, 1)
				rules[rule]++
				if testing.Verbose() && rule != "" && rule != ground.Verdict {
					t.Logf("%s: %s", rule, line)
				}
			}
		}
		t.Logf("%s: of %d lines %v", l, all, rules)
		if rules[ground.Passes]*10 < all*6 {
			t.Errorf("%s: of %d lines only %d pass: %v", l, all, rules[ground.Passes], rules)
		}
	}
}
