package simulate

import (
	"os"
	"strings"
	"testing"

	"maru/domain/benefit/internal/ruletest"
	"maru/pack"
	"maru/platform/i18n"
	"maru/platform/i18n/plain"
)

// TestTheGuidesOverlay: the overlay that the guide shows works on the pack.
func TestTheGuidesOverlay(t *testing.T) {
	guide, err := os.ReadFile("../../../docs/simulation.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(guide), "```yaml\n")
	text, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the guide shows no overlay")
	}
	p := pair(t, ruletest.Pack(t, pack.KR()), text)
	changed := strings.Join(p.Changed(), " ")
	for _, id := range []string{"livelihood-benefit", "basic-pension", "culture-card", "rent-bonus"} {
		if !strings.Contains(changed, id) {
			t.Errorf("%s does not change: %s", id, changed)
		}
	}
}

// TestMessages: the words are plain.
func TestMessages(t *testing.T) {
	texts, err := i18n.Load(messages)
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range plain.Catalog(texts) {
		t.Error(finding)
	}
}
