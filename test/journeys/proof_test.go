package journeys

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maru/kernel"
)

// TestProof takes the proof of an entry of one's own access log and has it
// checked on the public page, as a file and as text, and a forged one refused.
func TestProof(t *testing.T) {
	t.Parallel()
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			v := resident(t, "student", in(l), withoutScript)
			v.open("/access-log")
			v.until(v.T("audit.receipt.link"))
			link := v.href(v.T("audit.receipt.link"))
			// A brand-new entry is chained within seconds; before that it says so.
			v.hush(func() {
				for deadline := time.Now().Add(time.Minute); ; {
					status, kind := v.fetches(link)
					if status == 200 && strings.Contains(kind, "attachment") {
						return
					}
					if status != 409 || time.Now().After(deadline) {
						t.Fatalf("the proof: %d, %s", status, kind)
					}
					time.Sleep(200 * time.Millisecond)
				}
			})
			text := eval[string](v, `fetch(`+quote(link)+`).then(r => r.text())`)

			anybody := visit(t, in(l), withoutScript)
			anybody.open("/proof")
			file := filepath.Join(t.TempDir(), "mine.tlog-proof")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			anybody.attach("file", file)
			anybody.press(anybody.T("audit.proof.do"))
			anybody.reads(anybody.T("audit.proof.holds"))
			anybody.snap("proof")
			anybody.open("/proof")
			anybody.write("receipt", text)
			anybody.press(anybody.T("audit.proof.do"))
			anybody.reads(anybody.T("audit.proof.holds"))
			anybody.open("/proof")
			anybody.write("receipt", "c2sp.org/tlog-proof@v1\nindex 0\n\n")
			anybody.pressFor(422, anybody.T("audit.proof.do"))
			anybody.reads(anybody.T("audit.proof.unreadable"))
		})
	}
}
