package casework_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/platform/i18n/plain"
	"maru/platform/web/webtest"
)

// TestMessages: all that the domain says exists in every language, is plain,
// and is said somewhere.
func TestMessages(t *testing.T) {
	texts := webtest.Catalog(t, casework.Messages)
	for _, p := range plain.Catalog(texts) {
		if strings.HasPrefix(p, "casework.") {
			t.Error(p)
		}
	}
	var source strings.Builder
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(name); err == nil && !d.IsDir() && (ext == ".go" || ext == ".html") && !strings.HasSuffix(name, "_test.go") {
			var b []byte
			if b, err = os.ReadFile(name); err == nil {
				source.Write(b)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	said := regexp.MustCompile(`(?:T\(|\(t |kernel\.[A-Z][A-Za-z]+, |Key: |key = |key := |bad\(|Field\([^,]+, |"casework\.[a-z_]+", a, (?:at, )?|Flash\(w, )"(casework\.[a-z0-9_.]+[a-z0-9_])"`)
	for _, m := range said.FindAllStringSubmatch(source.String(), -1) {
		used[m[1]] = true
		if !texts.Has(m[1]) {
			t.Errorf("%s has no words", m[1])
		}
	}
	if len(used) < 150 {
		t.Errorf("only %d keys found: this test no longer sees them", len(used))
	}
	// Keys that are put together from what the domain stores.
	for prefix, ends := range map[string]string{
		"casework.status.":        "draft awaiting_signatures awaiting_payment submitted in_review correction_requested second_look decided objection withdrawn",
		"casework.decision.":      "granted partly_granted refused accepted returned replied dismissed",
		"casework.decision_hint.": "granted partly_granted refused accepted returned replied dismissed",
		"casework.party.":         "named asked signed declined",
		"casework.event.":         "submitted signed declined paid assigned correction_asked correction_given clock_stopped clock_started extended extension_asked extension_declined transferred proposed approved recalled confirmed sent_back decided withdrawn objected objection_decided eligibility_doubt handed_over taken_up handed_back taken_back dealt requeued refunded visit_booked visit_moved visit_cancelled visit_released visit_came visit_missed inspection_planned inspected assist_begun joint_asked joint_taken joint_question joint_replied joint_reminded joint_extended joint_answered joint_withdrawn joint_why joint_ended joint_without",
		"casework.ping.":          "none title empty seen done for mention comment handover declined taken_back approval bulk opinion deputy left due_soon due_day due_today",
		"casework.stop.":          "representative hearing expert preceding",
		"casework.wording.":       "office-word long-sentence double-negative order no-action",
		"casework.blank.":         "name number service agency due",
		"casework.act.":           "submit read_invitation sign read assign correction stop run extend extension template_added template_changed template_removed transfer decide confirm recall correct withdraw object register purge hand_over take_up hand_back take_back deal requeue comment redeem code_renew visit_book visit_cancel visit_mark refund inspection_plan inspection_drop inspection_record inspection_photo inspection_photo_remove inspection_take joint_read joint_ask joint_remind joint_reply joint_withdraw joint_take joint_question joint_extend joint_answer assist_begin assist_read assist_ask_consent assist_consent assist_answer assist_submit assist_pay assist_end",
	} {
		for end := range strings.FieldsSeq(ends) {
			if !texts.Has(prefix + end) {
				t.Errorf("%s%s has no words", prefix, end)
			}
		}
		if n := strings.Count(strings.Join(texts.Keys(), "\n")+"\n", prefix); n != len(strings.Fields(ends)) {
			t.Errorf("%d messages begin with %s, want %d", n, prefix, len(strings.Fields(ends)))
		}
	}
}

// TestAuditedActs: every act that is logged has words for the person it is
// about.
func TestAuditedActs(t *testing.T) {
	w := casetest.SQLite(t)
	a := returned(t, w)
	if _, err := w.Object(t.Context(), w.Resident("person-1"), a.ID, "", "아니에요"); err != nil {
		t.Fatal(err)
	}
	for _, row := range dump(t, w, "audit_row") {
		for _, field := range []string{"act", "purpose"} {
			m := regexp.MustCompile(field + `=(\S+)`).FindStringSubmatch(row)
			key := m[1]
			if field == "act" {
				key = strings.Replace(key, "casework.", "casework.act.", 1)
			}
			if !w.Texts.Has(key) {
				t.Errorf("%s %s has no words", field, key)
			}
		}
	}
}
