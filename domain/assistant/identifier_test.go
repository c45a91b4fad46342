package assistant_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"maru/domain/assistant"
	"maru/kernel"
)

var today = kernel.MustDate("2026-11-22")

func TestIdentifierIn(t *testing.T) {
	for text, want := range map[string]string{
		"내 번호는 900101-1234567 이에요":          assistant.ResidentNumber,
		"9001011234567":                     assistant.ResidentNumber,
		"９００１０１－１２３４５６７":                    assistant.ResidentNumber,
		"900101 - 1234567":                  assistant.ResidentNumber,
		"900101\u200b-\u200b1234567":        assistant.ResidentNumber,
		"9 0 0 1 0 1 1 2 3 4 5 6 7":         assistant.ResidentNumber,
		"외국인 850615-5123456":                assistant.ResidentNumber,
		"아이 201105-3000000, 집은 5층":          assistant.ResidentNumber,
		"5 900101-1234567 3":                assistant.ResidentNumber,
		"4111 1111 1111 1111":               assistant.CardNumber,
		"카드 9410-1234-5678-9010":            assistant.CardNumber,
		"면허 11-22-333333-44":                assistant.LicenceNumber,
		"여권 M12345678":                      assistant.PassportNumber,
		"passport m123a4567.":               assistant.PassportNumber,
		"":                                  "",
		"이사한 날은 2026-11-01이고 넷이 살아요":        "",
		"2026-01-01 2026-12-31":             "",
		"전화는 010-1234-5678":                 "",
		"법인 130111-0006246":                 "", // a company's number is no person's
		"901301-1234567":                    "", // no such day
		"291101-3234567":                    "", // not born yet
		"보증금 1억 2,000만 원, 월세 550000원":       "",
		"4111 1111 1111 1112":               "", // fails its checksum
		"사업자 123-45-67890":                  "",
		"신청번호 2611-0000-0000-0000 D26-0001": "",
	} {
		if got := assistant.IdentifierIn(text, today); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestIdentifier(t *testing.T) {
	for arguments, want := range map[string]string{
		`{"utterance": "900101-1234567"}`:                                 assistant.ResidentNumber,
		`{"facts": {"a": {"b": ["x", "9001011234567"]}}}`:                 assistant.ResidentNumber,
		`{"facts": {"a": 9001011234567}}`:                                 assistant.ResidentNumber,
		`{"facts": {"900101-1234567": true}}`:                             assistant.ResidentNumber,
		`{"utterance": "\u0039\u0030\u0030\u0031\u0030\u0031-1234567"}`:   assistant.ResidentNumber,
		`{"facts": {"a": 4111111111111111}}`:                              assistant.CardNumber,
		`{"facts": {"a": 41111, "b": 11111111111}, "utterance": "이사했어요"}`: "",
		``: "",
	} {
		if got, err := assistant.Identifier([]byte(arguments), today); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", arguments, got, err, want)
		}
	}
	for _, broken := range []string{`{`, `{} {}`, strings.Repeat("[", 100) + strings.Repeat("]", 100)} {
		if _, err := assistant.Identifier([]byte(broken), today); !kernel.Is(err, kernel.Invalid) {
			t.Errorf("%.20s: %v", broken, err)
		}
	}
}

// FuzzIdentifier: nothing breaks it, and a number is found in whatever text
// stands around it.
func FuzzIdentifier(f *testing.F) {
	f.Add("이사했어요", "3층")
	f.Add("[[[[", "\xff")
	f.Fuzz(func(t *testing.T, before, after string) {
		_ = assistant.IdentifierIn(before+after, today)
		text := before + " 번호 900101-1234567 님 " + after
		if assistant.IdentifierIn(text, today) == "" {
			t.Errorf("not found in %q", text)
		}
		b, err := json.Marshal(map[string]any{"x": text})
		if err != nil {
			t.Fatal(err)
		}
		if kind, err := assistant.Identifier(b, today); kind == "" || err != nil {
			t.Errorf("not found in %s: %v", b, err)
		}
	})
}

// TestIdentifierInLongRuns: as many digits as a call may carry are looked through
// once, not once for each of them.
func TestIdentifierInLongRuns(t *testing.T) {
	begin := time.Now()
	for _, s := range []string{strings.Repeat("9-", 1<<14), strings.Repeat("4", 1<<15), strings.Repeat("9", 1<<15), strings.Repeat("31 ", 1<<13)} {
		if kind := assistant.IdentifierIn(s, today); kind != "" {
			t.Errorf("%.10s…: %s", s, kind)
		}
		if kind := assistant.IdentifierIn(s+"a 900101-1234567", today); kind != assistant.ResidentNumber {
			t.Errorf("%.10s… and a number: %q", s, kind)
		}
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}
