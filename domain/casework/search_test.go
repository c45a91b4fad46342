package casework_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	pstore "maru/platform/store"
)

func TestSearch(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim := w.Official("kim", "north")
		say := func(content string) *casework.Application {
			w.Clock.Advance(time.Minute)
			return apply(t, w, w.Resident("person-1"), "petition", petition(content))
		}
		lamp := say("가로등이 꺼져서 밤에 어두워요. Lamp no. 7, A동 101호")
		noise := say("층간소음이 심해요. LAMP도 깨졌어요")
		nfd := say("\u1112\u1161\u1102\u1173\u11af 보기") // 하늘 as another keyboard composes it
		tests := []struct {
			q    string
			want []*casework.Application
		}{
			{lamp.Number, []*casework.Application{lamp}},
			{strings.ToLower(strings.ReplaceAll(lamp.Number, "-", "")), []*casework.Application{lamp}},
			{"꺼져서", []*casework.Application{lamp}},
			{"소음", []*casework.Application{noise}},
			{"lamp", []*casework.Application{noise, lamp}},
			{"lamp 소음", []*casework.Application{noise}},
			{"101호", []*casework.Application{lamp}},
			{"하늘", []*casework.Application{nfd}},
			{"없는말", nil},
			{"lamp 없는말", nil},
			{"", []*casework.Application{nfd, noise, lamp}},
			{" .,\x00\xff ", nil},
			{strings.Repeat("가나다라", 100_000), nil},
			{"김하나", nil}, // names of people are not indexed
			{"D26-0000-0000-0000", nil},
		}
		for _, tt := range tests {
			got, err := w.Desk(t.Context(), kim, casework.DeskQuery{Text: tt.q})
			if err != nil {
				t.Errorf("%.40q: %v", tt.q, err)
				continue
			}
			ok := len(got) == len(tt.want)
			for i := range min(len(got), len(tt.want)) {
				ok = ok && got[i].ID == tt.want[i].ID
			}
			if !ok {
				t.Errorf("%.40q: %d cases, want %d", tt.q, len(got), len(tt.want))
			}
		}
		for _, q := range []string{lamp.Number, "lamp", "소음"} {
			if l, err := w.Desk(t.Context(), w.Official("lee", "south"), casework.DeskQuery{Text: q}); err != nil || len(l) != 0 {
				t.Errorf("the other desk finds %d for %q, %v", len(l), q, err)
			}
		}
		// A filter is applied before the page is cut.
		if _, err := w.Assign(t.Context(), kim, lamp.ID, ""); err != nil {
			t.Fatal(err)
		}
		for _, q := range []casework.DeskQuery{{Text: "lamp", Mine: true, Limit: 1}, {Text: "lamp", Status: casework.InReview, Limit: 1}, {Text: "lamp", Limit: 1, Before: noise.Seq}} {
			if l, err := w.Desk(t.Context(), kim, q); err != nil || len(l) != 1 || l[0].ID != lamp.ID {
				t.Errorf("%+v: %v, %v", q, l, err)
			}
		}
	})
}

// TestIndexTellsNothing: the index of the same text is another one for every
// key file and every agency, so that it cannot be read by trying words.
func TestIndexTellsNothing(t *testing.T) {
	terms := func(w *casetest.World) map[string]bool {
		out := map[string]bool{}
		err := w.DB.View(t.Context(), func(tx *pstore.Tx) error {
			var list []byte
			if err := tx.QueryRow("SELECT terms FROM casework_waiting").Scan(&list); err != nil {
				return err
			}
			for ; len(list) > 0; list = list[6:] {
				out[string(list[:6])] = true
			}
			return nil
		})
		if err != nil || len(out) == 0 {
			t.Fatalf("%d words, %v", len(out), err)
		}
		return out
	}
	a, b := casetest.SQLite(t), casetest.SQLite(t)
	submitted(t, a)
	submitted(t, b)
	other := terms(b)
	for term := range terms(a) {
		if other[term] {
			t.Errorf("term %x stands in the index of another key", term)
		}
	}
}

// TestSearchPages reads a word's cases page by page while some of them wait in
// lists, some are in the index, and an old one waits again after it changed.
func TestSearchPages(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim := w.Official("kim", "north")
		resident := w.Resident("person-1")
		var want []kernel.ID
		for i := range 9 {
			w.Clock.Advance(time.Minute)
			a := apply(t, w, resident, "petition", petition("층간소음이 심해요"))
			want = append([]kernel.ID{a.ID}, want...)
			if i == 2 || i == 5 {
				if err := w.MergeWords(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		second := want[7]
		if _, err := w.AskBack(t.Context(), kim, second, "ask", "언제부터인가요?"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Correct(t.Context(), resident, second, "answer", "고쳤어요", petition("층간소음이 심하고 길어요")); err != nil {
			t.Fatal(err)
		}
		var got []kernel.ID
		before := int64(0)
		for range len(want) {
			page, err := w.Desk(t.Context(), kim, casework.DeskQuery{Text: "층간소음", Before: before, Limit: 2})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range page {
				got = append(got, a.ID)
				before = a.Seq
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages hold\n%v, want\n%v", got, want)
		}
	})
}
