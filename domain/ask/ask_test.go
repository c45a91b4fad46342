package ask

import (
	"strings"
	"testing"

	"maru/kernel"
	"maru/platform/search"
)

func full(t testing.TB) *Service {
	t.Helper()
	return New(Deps{Catalog: fixed(readPack(t))})
}

func ids(a Answer) string {
	var out []string
	for _, r := range a.Results {
		out = append(out, r.Service.ID)
	}
	return strings.Join(out, " ")
}

func TestAsk(t *testing.T) {
	s := full(t)
	for _, c := range []struct {
		text, want string
		lang       kernel.Lang
		bundle     string
	}{
		{"전입신고", "moving-in-report", kernel.KO, "moving"},
		{"지난주에 새집으로 이사했어요", "moving-in-report", kernel.KO, "moving"},
		{"wjsdlqtlsrh", "moving-in-report", kernel.KO, "moving"},
		{"I moved to a new apartment last week", "moving-in-report", kernel.EN, "moving"},
		{"아기가 태어났어요", "birth-report", kernel.KO, "birth"},
		{"our baby was born yesterday", "birth-report", kernel.EN, "birth"},
		{"등본 떼 주세요", "resident-register-copy", kernel.KO, ""},
		{"기초연금", "basic-pension", kernel.KO, ""},
	} {
		a, err := s.Ask(Query{Text: c.text})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(ids(a), c.want) {
			t.Errorf("%q finds %s, want %s among them", c.text, ids(a), c.want)
		}
		if len(a.Results) > DefaultLimit {
			t.Errorf("%q: %d results", c.text, len(a.Results))
		}
		if a.Lang != c.lang {
			t.Errorf("%q is answered in %s, want %s", c.text, a.Lang, c.lang)
		}
		if c.bundle != "" && (a.Bundle == nil || a.Bundle.ID != c.bundle) {
			t.Errorf("%q: bundle %v, want %s", c.text, a.Bundle, c.bundle)
		}
		if a.Crisis != nil {
			t.Errorf("%q: crisis %s", c.text, a.Crisis.ID)
		}
	}
}

func TestCrisisComesFirst(t *testing.T) {
	s := full(t)
	for text, want := range map[string]string{
		"너무 힘들어서 죽고싶어요": "109",
		"죽고 싶 다":        "109",
		"wnrrh tlvdjdy": "109", // typed on the wrong layout
		"I want to die": "109",
	} {
		a, err := s.Ask(Query{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if a.Crisis == nil || a.Crisis.Phone != want {
			t.Errorf("%q: crisis %v, want %s", text, a.Crisis, want)
		}
	}
}

// No example sentence of the catalogue may be taken for an emergency unless
// it is one: a false alarm stands above the answer.
func TestOrdinarySentencesAreNoCrisis(t *testing.T) {
	p := readPack(t)
	s := New(Deps{Catalog: fixed(p)})
	alarms, all := 0, 0
	for _, svc := range p.Services {
		for _, l := range kernel.Langs {
			for _, u := range svc.Utterances[l] {
				all++
				if a, err := s.Ask(Query{Text: u}); err == nil && a.Crisis != nil {
					alarms++
					t.Logf("%s: %q", a.Crisis.ID, u)
				}
			}
		}
	}
	if alarms*200 > all {
		t.Errorf("%d of %d sentences raise an alarm, more than one in 200", alarms, all)
	}
}

func TestBadQueries(t *testing.T) {
	s := full(t)
	for name, text := range map[string]string{
		"empty": " ", "NUL": "이사\x00", "broken UTF-8": "이사\xff", "too long": strings.Repeat("가", 100_000),
	} {
		_, err := s.Ask(Query{Text: text})
		if !kernel.Is(err, kernel.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Ask(Query{Text: strings.Repeat("가", MaxQuery)}); err != nil {
		t.Errorf("the longest query: %v", err)
	}
	if a, err := s.Ask(Query{Text: "???"}); err != nil || len(a.Results) != 0 {
		t.Errorf("a query without words: %v, %v", a, err)
	}
	if a, err := s.Ask(Query{Text: "신고", Limit: 1000}); err != nil || len(a.Results) > MaxLimit {
		t.Errorf("%d results, %v", len(a.Results), err)
	}
}

func TestNewPackNewIndex(t *testing.T) {
	p := readPack(t)
	c := &turning{p}
	s := New(Deps{Catalog: c})
	if a, err := s.Ask(Query{Text: "전입신고", Limit: 1}); err != nil || ids(a) != "moving-in-report" {
		t.Fatalf("%v, %v", a, err)
	}
	c.pack.Services, c.pack.Hash = c.pack.Services[:3], "other"
	a, err := s.Ask(Query{Text: "전입신고", Limit: 1})
	if err != nil || strings.Contains(ids(a), "moving-in-report") {
		t.Errorf("a service that is gone is still found: %v, %v", ids(a), err)
	}
}

// turning is a catalogue whose pack changes.
type turning struct{ pack Pack }

func (c *turning) Pack() Pack { return c.pack }

// Changing how a sentence is written must cost little of what it finds.
func TestRewritingCostsLittle(t *testing.T) {
	s, held := heldOut(t)
	var korean []Line
	for _, l := range held {
		if l.Lang == kernel.KO {
			korean = append(korean, l)
		}
	}
	plain := s.Evaluate(korean)[0].Hit5.Part()
	for _, c := range []struct {
		name    string
		rewrite func(string) string
		loss    float64 // of hit@5
	}{
		{"without blanks", Noises[1].Rewrite, 0.03},
		{"mistyped in four words of ten", Noises[2].Rewrite, 0.05},
		{"on the wrong layout", wrongLayout, 0.02},
		{"with mistyped vowels", mistype, 0.08},
		{"as single letters", singleLetters, 0.02},
		{"shouting", func(q string) string { return q + "!!!! ㅠㅠㅠㅠ" }, 0.01},
	} {
		lines := make([]Line, len(korean))
		for i, l := range korean {
			lines[i] = l
			lines[i].Text = c.rewrite(l.Text)
		}
		got := s.Evaluate(lines)[0].Hit5.Part()
		t.Logf("%-22s hit@5 %.1f %% (plain %.1f %%)", c.name, 100*got, 100*plain)
		if plain-got > c.loss {
			t.Errorf("%s: hit@5 falls from %.3f to %.3f, more than %.2f", c.name, plain, got, c.loss)
		}
	}
}

// wrongLayout types Korean words with the English layout on. Sentences that
// hold Latin letters themselves stay.
func wrongLayout(q string) string {
	if strings.ContainsAny(strings.ToLower(q), "abcdefghijklmnopqrstuvwxyz") {
		return q
	}
	return search.Mistype(q)
}

// mistype takes look-alike vowels and tense consonants in every second word.
func mistype(q string) string {
	words := strings.Fields(q)
	swap := strings.NewReplacer("애", "에", "에", "애", "개", "게", "게", "개", "대", "데", "데", "대", "내", "네", "네", "내",
		"했", "햇", "됐", "됫", "있", "잇", "었", "엇", "았", "앗", "왜", "외", "되", "돼", "돼", "되")
	for i := range words {
		if i%2 == 0 {
			words[i] = swap.Replace(words[i])
		}
	}
	return strings.Join(words, " ")
}

// singleLetters writes every syllable as its letters.
func singleLetters(q string) string { return search.Letters(q) }

func FuzzAsk(f *testing.F) {
	s := full(f)
	for _, q := range []string{"이사", "dltk", "I moved", "\x00", "\xff", "ㅋㅋㅋ", strings.Repeat("가", 1001)} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		a, err := s.Ask(Query{Text: q})
		if err != nil && !kernel.Is(err, kernel.Invalid) {
			t.Fatal(err)
		}
		if len(a.Results) > DefaultLimit {
			t.Fatalf("%d results", len(a.Results))
		}
	})
}

func BenchmarkAsk(b *testing.B) {
	s, held := heldOut(b)
	if _, err := s.Ask(Query{Text: held[0].Text}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := s.Ask(Query{Text: held[i%len(held)].Text}); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkIndex(b *testing.B) {
	p := readPack(b)
	for b.Loop() {
		newIndex(p, nil, nil)
	}
}
