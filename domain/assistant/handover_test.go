package assistant_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/assistant"
	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

var facts = map[string]any{"on": "2026-11-01", "address": "세종대로 1", "joins": false, "kind": "b", "items": []any{"sofa*2"}, "rent": 550000, "phone": "010-1234-5678"}

// token starts an application and gives the link's last part.
func token(t testing.TB, b *bench, facts map[string]any) string {
	t.Helper()
	out, text, err := b.Start("move", "ko", facts, "Probe 1.0")
	if err != nil {
		t.Fatal(err)
	}
	token, ok := strings.CutPrefix(out.URL, "https://maru.example.go.kr/handover/")
	if !ok || out.Drafted || !strings.Contains(text, out.URL) {
		t.Fatalf("%+v\n%s", out, text)
	}
	return token
}

func wantKind(t testing.TB, err error, k kernel.Kind) {
	t.Helper()
	if !kernel.Is(err, k) {
		t.Errorf("%v, want %v", err, k)
	}
}

func rows(t testing.TB, db *store.DB, query string, args ...any) (n int) {
	t.Helper()
	err := db.View(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestHandover(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		link := token(t, b, facts)
		if len("/handover/"+link) > 2000 || strings.Contains(link, "세종") {
			t.Errorf("the link %q", link)
		}
		if n := rows(t, b.db, "SELECT COUNT(*) FROM assistant_handover"); n != 0 || b.desk.calls != 0 {
			t.Error("something is stored before the person says so")
		}
		// Looking stores nothing and may be done again.
		for range 2 {
			h, svc, made, err := b.Look(t.Context(), hana, link)
			if err != nil || svc.ID != "move" || made != "" || len(h.Answers) != len(facts) || h.Client != "Probe 1.0" {
				t.Fatalf("%+v %v %v", h, made, err)
			}
		}
		if n := rows(t, b.db, "SELECT COUNT(*) FROM assistant_handover"); n != 0 {
			t.Error("looking used the link")
		}
		id, _, err := b.Confirm(t.Context(), hana, link)
		if err != nil || id == "" {
			t.Fatal(err)
		}
		if day, ok := b.desk.drafts[hana.Account]["on"].Date(); !ok || day != kernel.MustDate("2026-11-01") {
			t.Errorf("the day came as %v", b.desk.drafts[hana.Account]["on"])
		}
		// Replayed by the same person: the same draft, and no second one.
		again, _, err := b.Confirm(t.Context(), hana, link)
		if err != nil || again != id || b.desk.calls != 1 {
			t.Errorf("again: %v %v, %d drafts", again, err, b.desk.calls)
		}
		// By somebody else: nothing to see, nothing to do.
		_, _, _, err = b.Look(t.Context(), duli, link)
		wantKind(t, err, kernel.Conflict)
		_, _, err = b.Confirm(t.Context(), duli, link)
		wantKind(t, err, kernel.Conflict)
		if b.desk.drafts[duli.Account] != nil {
			t.Error("somebody else has a draft of it")
		}
		_, _, err = b.Confirm(t.Context(), authz.Actor{}, token(t, b, nil))
		wantKind(t, err, kernel.Unauthorized)
		_, _, err = b.Confirm(t.Context(), authz.Actor{Account: hana.Account, Token: true}, token(t, b, nil))
		wantKind(t, err, kernel.Forbidden)
		if n := rows(t, b.db, "SELECT COUNT(*) FROM audit_row WHERE act = 'assistant.confirm' AND service = 'move' AND account = $1", string(hana.Account)); n != 1 {
			t.Errorf("%d audit rows", n)
		}

		// Used links are forgotten once they would not open any more.
		b.clock.Advance(2 * time.Hour)
		if n, err := b.Purge(t.Context()); n != 1 || err != nil {
			t.Errorf("purged %d, %v", n, err)
		}
		_, _, err = b.Confirm(t.Context(), hana, link)
		wantKind(t, err, kernel.Conflict) // expired
	})
}

// TestHandoverOfTwo: of two people who confirm at once one gets the draft.
func TestHandoverOfTwo(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		link := token(t, b, facts)
		var mu sync.Mutex
		won, lost := 0, 0
		var wg sync.WaitGroup
		for i := range 8 {
			actor := authz.Actor{Account: kernel.ID("00000000-0000-7000-8000-00000000010" + string(rune('0'+i)))}
			wg.Go(func() {
				_, _, err := b.Confirm(t.Context(), actor, link)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case kernel.Is(err, kernel.Conflict):
					lost++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won != 1 || lost != 7 || b.desk.calls != 1 {
			t.Errorf("%d won, %d lost, %d drafts", won, lost, b.desk.calls)
		}
	})
}

// TestHandoverInterrupted: who was interrupted confirms again; the link stays
// theirs.
func TestHandoverInterrupted(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		link := token(t, b, facts)
		b.desk.fail = errors.New("broke off")
		if _, _, err := b.Confirm(t.Context(), hana, link); err == nil {
			t.Fatal("no error")
		}
		_, _, err := b.Confirm(t.Context(), duli, link)
		wantKind(t, err, kernel.Conflict)
		b.desk.fail = nil
		if id, _, err := b.Confirm(t.Context(), hana, link); err != nil || id == "" {
			t.Errorf("%v %v", id, err)
		}
	})
}

func TestTampered(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), assistant.Migrations()))
	link := token(t, b, facts)
	raw, err := base64.RawURLEncoding.DecodeString(link)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw { // any one bit
		changed := append([]byte(nil), raw...)
		changed[i] ^= 1 << (i % 8)
		_, _, err := b.Open(base64.RawURLEncoding.EncodeToString(changed))
		wantKind(t, err, kernel.NotFound)
	}
	other := newBench(t, b.db) // another installation's keys
	elsewhere, err := b.keys.Seal("casework.answers", []byte(`{"i":"x","s":"move","c":"","e":"2030-01-01T00:00:00Z","a":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"empty": "", "cut": link[:len(link)/2], "longer": link + "AAAA", "padded": link + "=", "other alphabet": strings.ReplaceAll(link, "_", "/") + "!",
		"of other keys": token(t, other, facts), "huge": strings.Repeat("A", 5000), "sealed for something else": base64.RawURLEncoding.EncodeToString(elsewhere),
	} {
		if _, _, err := b.Open(bad); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := b.Open(link); err != nil {
		t.Errorf("the link itself: %v", err)
	}
	if err := b.keys.Rotate(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Open(link); err != nil {
		t.Errorf("after the keys turned: %v", err)
	}
	b.clock.Advance(time.Hour)
	_, _, err = b.Open(link)
	wantKind(t, err, kernel.Conflict)
}

func FuzzOpen(f *testing.F) {
	b := newBench(f, storetest.SQLite(f, audit.Migrations(), assistant.Migrations()))
	good := token(f, b, facts)
	f.Add(good)
	f.Add("")
	f.Add(good[:40])
	f.Add("////====")
	f.Fuzz(func(t *testing.T, s string) {
		h, svc, err := b.Open(s)
		switch {
		case s == good:
			if err != nil || svc.ID != "move" {
				t.Errorf("%+v, %v", h, err)
			}
		case err == nil:
			t.Errorf("%q opens", s)
		case !kernel.Is(err, kernel.NotFound):
			t.Errorf("%q: %v", s, err)
		}
	})
}

func TestStart(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), assistant.Migrations()))
	// What only the person may tell stays behind, and is said.
	out, _, err := b.Start("move", "en", map[string]any{"on": "2026-11-01", "number": "x", "ill": true, "before": "y", "who": []any{"a"}, "paper": []any{"b"}}, "")
	if err != nil || len(out.Filled) != 1 || len(out.LeftOut) != 5 {
		t.Fatalf("%+v, %v", out, err)
	}
	if !strings.HasPrefix(out.URL, "https://maru.example.go.kr/en/handover/") {
		t.Error(out.URL)
	}
	long := strings.Repeat("가", 399)
	for name, bad := range map[string]map[string]any{
		"no such question": {"nothing": 1}, "a date": {"on": "yesterday"}, "a number": {"rent": "much"}, "too much rent": {"rent": 99_999_999}, "negative": {"rent": -1},
		"an option": {"kind": "c"}, "a count": {"items": []any{"sofa*0"}}, "yes or no": {"joins": "perhaps"}, "an object": {"address": map[string]any{"a": 1}},
		"a fraction": {"rent": 1.5}, "too long": {"address": strings.Repeat("가", 201)}, "control characters": {"address": "a\x07b"}, "too much for a link": {"story": long, "address": strings.Repeat("나", 200)},
	} {
		_, _, err := b.Start("move", "ko", bad, "")
		if !kernel.Is(err, kernel.Invalid) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, l := range kernel.Langs {
			if said := b.Says(err, l); said == "" || strings.Contains(said, "assistant.") || strings.Contains(said, "가가가") {
				t.Errorf("%s: %q", name, said)
			}
		}
	}
	_, _, err = b.Start("none", "ko", nil, "")
	wantKind(t, err, kernel.NotFound)
	_, _, err = b.Start("visit", "ko", nil, "")
	wantKind(t, err, kernel.Conflict)
}

func TestCheckRefusesWhatIsPrivate(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), assistant.Migrations()))
	_, _, err := b.Check("move", "en", assistant.Situation{Members: []map[string]any{{"illness": true}, {"resident_number": "x"}}})
	wantKind(t, err, kernel.Invalid)
	if said := b.Says(err, kernel.EN); !strings.Contains(said, "members[0].illness") || !strings.Contains(said, "members[1].resident_number") || b.rules.asked != nil {
		t.Errorf("%s", said)
	}
	out, _, err := b.Check("move", "en", assistant.Situation{Members: []map[string]any{{}, nil}})
	if err != nil {
		t.Fatal(err)
	}
	if v := out.Verdicts[0]; v.Missing[0].Tell != "here" || v.Missing[1].Tell != "on_site" {
		t.Errorf("%+v", v)
	}
	if got := string(b.rules.asked); got != `{"date":"2026-11-22","members":[{"id":"p1"},{"id":"p2"}]}` {
		t.Error(got)
	}
	_, _, err = b.Check("visit", "en", assistant.Situation{})
	wantKind(t, err, kernel.Invalid)
}

func TestClaimed(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), assistant.Migrations()))
	for in, want := range map[[2]string]string{
		{"Claude", "2.1"}: "Claude 2.1", {"", ""}: "", {"x\n<b>", "1"}: "xb 1", {"김하나", "1"}: "1",
		{"900101-1234567", ""}: "withheld", {"call 01012345678", ""}: "withheld", {strings.Repeat("a", 100), "1"}: strings.Repeat("a", 40) + " 1",
	} {
		if got := b.Claimed(in[0], in[1]); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestRecord(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		if err := b.Record(t.Context(), assistant.Call{Tool: "find_services", Outcome: "answered", Client: "Probe 1"}); err != nil {
			t.Fatal(err)
		}
		if err := b.Record(t.Context(), assistant.Call{Outcome: "failed"}); err != nil {
			t.Fatal(err)
		}
		if n := rows(t, b.db, `SELECT COUNT(*) FROM audit_row WHERE act = 'assistant.find_services' AND role = 'visitor' AND detail LIKE '%"claimed":true%' AND detail LIKE '%Probe 1%'`); n != 1 {
			t.Error("no row of the call")
		}
		if n := rows(t, b.db, `SELECT COUNT(*) FROM audit_row WHERE act = 'assistant.unknown_tool'`); n != 1 {
			t.Error("no row of the unknown tool")
		}
	})
}
