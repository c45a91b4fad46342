package ask

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
)

// drafts remembers what began.
type drafts struct {
	service string
	answers map[string]kernel.Value
	left    []string
	err     error
}

func (d *drafts) Begin(_ context.Context, actor authz.Actor, service string, answers map[string]kernel.Value) (kernel.ID, []string, error) {
	d.service, d.answers = service, answers
	return "00000000-0000-7000-8000-00000000000a", d.left, d.err
}

// seoul are places enough to tell.
type seoul struct{}

func (seoul) Regions() []Place {
	return []Place{{"11", kernel.Text{KO: "서울특별시", EN: "Seoul"}}, {"11440", kernel.Text{KO: "마포구", EN: "Mapo-gu"}}, {"11680", kernel.Text{KO: "강남구", EN: "Gangnam-gu"}}}
}

func starting(t testing.TB) (*Service, *drafts, *clock.Manual) {
	t.Helper()
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	d := &drafts{}
	c := clock.NewManual(kernel.TimeOf(kernel.MustDate("2026-11-20").In(kernel.Seoul)))
	return New(Deps{Catalog: fixed(readPack(t)), Places: seoul{}, Clock: c, Keys: keys, Applications: d}), d, c
}

func understood(t testing.TB, s *Service, text, service string, replies ...Reply) (string, map[string]string) {
	t.Helper()
	token, err := s.Start(t.Context(), Query{Text: text}, replies, service)
	if err != nil || token == "" {
		t.Fatalf("%q: %q, %v", text, token, err)
	}
	svc, list, err := s.Started(token)
	if err != nil || svc.ID != service {
		t.Fatalf("%q: %v", text, err)
	}
	out := map[string]string{}
	for _, u := range list {
		out[u.Question] = u.Value.Text()
	}
	return token, out
}

func TestUnderstood(t *testing.T) {
	s, _, _ := starting(t)
	for _, c := range []struct {
		text, service string
		want          map[string]string
	}{
		{"2026년 11월 3일에 마포구로 이사했어요", "moving-in-report", map[string]string{"moved_on": "2026-11-03", "new_region": "11440"}},
		{"어제 이사했어요", "moving-in-report", map[string]string{"moved_on": "2026-11-19"}},
		{"I moved to Mapo-gu yesterday", "moving-in-report", map[string]string{"moved_on": "2026-11-19", "new_region": "11440"}},
		// Two places or two days: nothing is guessed.
		{"어제 강남구에서 마포구로 이사했어요", "moving-in-report", map[string]string{"moved_on": "2026-11-19"}},
		{"그저께 나와서 어제 들어왔어요", "moving-in-report", map[string]string{}},
		// A day to come is no day of a move that was.
		{"내일 이사해요", "moving-in-report", map[string]string{}},
		{"이사했어요", "moving-in-report", map[string]string{}},
	} {
		if _, got := understood(t, s, c.text, c.service); !equal(got, c.want) {
			t.Errorf("%q: %v, want %v", c.text, got, c.want)
		}
	}
}

func equal(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// TestNobodyElsesFacts: what is told of a mother answers no question about the
// applicant.
func TestNobodyElsesFacts(t *testing.T) {
	s, _, _ := starting(t)
	ix := s.index()
	for _, svc := range ix.pack.Services {
		if !svc.Online {
			continue
		}
		_, got := understood(t, s, "어머니가 임신했고 실직했고 대학생이고 이혼했어요", svc.ID)
		for i := range svc.Questions {
			q := &svc.Questions[i]
			if v, ok := got[q.ID]; ok && q.Of == "" {
				t.Errorf("%s: %s is %s, of the mother", svc.ID, q.ID, v)
			}
		}
	}
}

// TestEveryAnswerFits: whatever is understood fits its question, and no answer
// that registers confirm is among it.
func TestEveryAnswerFits(t *testing.T) {
	s, _, _ := starting(t)
	texts := []string{"저는 임신했고 2027년 3월 2일이 예정일이에요", "2026년 10월 1일에 해고됐어요", "월세 50만원 보증금 천만원에 마포구에 살아요", "혼자 애 키우는데 이혼했고 백수예요", "월급 250만원, 빚이 3천만원", "I was laid off on 1 October 2026 and pay 500,000 won rent"}
	n := 0
	for _, svc := range s.index().pack.Services {
		if !svc.Online {
			continue
		}
		for _, text := range texts {
			_, got := understood(t, s, text, svc.ID)
			for id, v := range got {
				n++
				q, ok := svc.Question(id)
				if !ok || q.Confirmed {
					t.Errorf("%s: %s=%s", svc.ID, id, v)
				}
			}
		}
	}
	if n == 0 {
		t.Error("nothing is understood anywhere")
	}
	t.Logf("%d answers", n)
}

func TestStart(t *testing.T) {
	s, d, c := starting(t)
	me := authz.Actor{Account: "00000000-0000-7000-8000-000000000001", Person: "p"}
	token, _ := understood(t, s, "어제 마포구로 이사했어요", "moving-in-report")
	if strings.Contains(token, "이사") || len(token) > maxStartToken {
		t.Fatalf("a token of %d", len(token))
	}
	// The person corrected one answer, dropped the other and invented a third.
	answers := map[string]kernel.Value{"moved_on": kernel.DateValueOf(kernel.MustDate("2026-11-18")), "phone": kernel.TextOf("010-1234-5678"), "gone": kernel.TextOf("x")}
	if _, left, err := s.Begin(t.Context(), me, token, answers); err != nil || left != 0 {
		t.Fatal(left, err)
	}
	if d.service != "moving-in-report" || len(d.answers) != 1 || d.answers["moved_on"].Text() != "2026-11-18" {
		t.Errorf("began %s with %v", d.service, d.answers)
	}
	d.left = []string{"moved_on"}
	if _, left, err := s.Begin(t.Context(), me, token, answers); err != nil || left != 1 {
		t.Errorf("again: %d %v", left, err)
	}
	for name, bad := range map[string]string{"empty": "", "none": "abc", "changed": flip(token), "cut": token[:len(token)-4], "long": strings.Repeat("A", 5000), "padded": token + "="} {
		if _, _, err := s.Begin(t.Context(), me, bad, answers); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What was sealed for something else is none.
	other, err := s.keys.Seal("assistant.handover", []byte(`{"s":"moving-in-report","e":9999999999999999,"a":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Started(string(other)); !kernel.Is(err, kernel.NotFound) {
		t.Errorf("sealed for another: %v", err)
	}
	if token, err := s.Start(t.Context(), Query{Text: "여권"}, nil, "no-such"); token != "" || !kernel.Is(err, kernel.NotFound) {
		t.Errorf("no service: %q %v", token, err)
	}
	for _, svc := range s.index().pack.Services {
		if !svc.Online {
			if token, err := s.Start(t.Context(), Query{Text: "여권"}, nil, svc.ID); token != "" || err != nil {
				t.Errorf("%s is not complete here: %q %v", svc.ID, token, err)
			}
			break
		}
	}
	if _, err := s.Start(t.Context(), Query{Text: ""}, nil, "moving-in-report"); !kernel.Is(err, kernel.Invalid) {
		t.Errorf("no words: %v", err)
	}
	c.Advance(startLife + time.Second)
	if _, _, err := s.Started(token); !kernel.Is(err, kernel.Conflict) {
		t.Errorf("after its time: %v", err)
	}
}

func flip(token string) string {
	b := []byte(token)
	if b[20] == 'A' {
		b[20] = 'B'
	} else {
		b[20] = 'A'
	}
	return string(b)
}
