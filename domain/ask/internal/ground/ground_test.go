package ground

import (
	"slices"
	"strings"
	"testing"

	"maru/kernel"
)

const birth = `출생신고. 태어난 아이를 나라에 등록해요. 아이 이름이 올라가고 주민등록번호가 나와요.
혼인한 부모는 아빠나 엄마가 신고해요. 혼인하지 않았으면 엄마가 신고해요.
출생증명서와 신고하는 사람의 신분증이 필요해요.
수수료가 없어요. 처리에는 3일이 걸려요.
태어난 날을 넣어 한 달 안에 신고해요. 늦으면 과태료를 5만 원까지 낼 수 있어요.
시청·구청·읍·면사무소에서 신고할 수 있어요. 전화 1899-2732에 물어보세요.`

const birthEN = `Birth registration. Register your newborn child. The name is entered and the child gets a resident number.
Married parents, either of them. If the parents are not married, the mother reports.
You need the birth certificate and an identity card.
There is no fee. The office takes 3 days.
Report within one month, the day of birth included. If you are late, you may have to pay a fine of up to 50,000 won.
You can report at a city, district, town or township office. Call 1899-2732.`

const pension = `기초연금. 65세가 넘은 분에게 나라가 매달 주는 돈이에요.
2026년에는 혼자면 월 247만 원, 부부면 월 395만 2천 원이에요.
2026년에는 한 사람이 한 달에 34만 9,700원까지 받아요. 부부가 모두 받으면 각각 20퍼센트를 줄여요.
30일 안에 결정해요. 조사가 오래 걸리면 60일까지 늘 수 있어요.
결정을 안 날부터 90일 안에 이의신청을 할 수 있어요.`

func passages() Passages {
	return Passages{"c1": NewPassage(birth), "c2": NewPassage(pension), "e1": NewPassage(birthEN)}
}

func TestPasses(t *testing.T) {
	p := passages()
	for _, c := range []struct{ source, text string }{
		{"c1", "아이가 태어나면 태어난 날을 넣어 한 달 안에 출생신고를 해요."},
		{"c1", "태어난 날을 넣어 1개월 안에 신고해요 [link_1]."},
		{"c1", "혼인한 부모는 아빠나 엄마가 신고해요."},
		{"c1", "출생증명서와 신고하는 사람의 신분증이 필요해요."},
		{"c1", "수수료가 없어요."},
		{"c1", "늦으면 과태료를 50,000원까지 낼 수 있어요."},
		{"c1", "늦으면 과태료를 오만 원까지 낼 수 있어요."},
		{"c1", "처리에는 사흘, 3일이 걸려요."},
		{"c1", "시청이나 구청, 읍·면사무소에서 신고할 수 있어요."},
		{"c1", "전화 1899-2732에 물어보세요."},
		{"c2", "결정을 안 날부터 90일 안에 이의신청을 할 수 있어요."},
		{"c2", "조사가 오래 걸리면 결정이 60일까지 늘 수 있어요."},
		{"c2", "부부가 모두 받으면 각각 20%를 줄여요."},
		{"e1", "Register the birth of your newborn child within one month."},
		{"e1", "Report within a month, the day of birth included."},
		{"e1", "You need the birth certificate and an identity card [link_2]."},
		{"e1", "There is no fee."},
		{"e1", "If you are late, you may have to pay a fine of up to fifty thousand won."},
		{"e1", "You can report at a city, district, town or township office."},
		{"e1", "The office takes three days."},
	} {
		lang := kernel.KO
		if c.source[0] == 'e' {
			lang = kernel.EN
		}
		if r := p.Check(Sentence{c.text, []string{c.source}}, lang, 2); r != Passes {
			t.Errorf("%q: %s; claims %v", c.text, r, claims(c.text))
		}
	}
}

func TestRefuses(t *testing.T) {
	p := passages()
	for _, c := range []struct {
		rule         Rule
		source, text string
	}{
		{Shape, "c1", " "},
		{Shape, "c1", "[link_1]"},
		{Shape, "c1", strings.Repeat("출생신고를 해요 ", 40)},
		{Characters, "c1", "출생신고를 해요 <script>alert(1)</script>"},
		{Characters, "c1", "출생신고를 **꼭** 해요"},
		{Characters, "c1", "출생신고\u200b를 한 달 안에 해요"},
		{Characters, "c1", "출생신고를 \u202e달 한\u202c 안에 해요"},
		{Characters, "c1", "출생신고를 한 달 안에 해요 ① "},
		{Characters, "c1", "출생신고를 ３０일 안에 해요"},
		{Characters, "e1", "Rеport within one month"}, // a Cyrillic e
		{Characters, "c1", "[출생신고](주소)를 해요"},
		{Language, "c1", "Report the birth within one month."},
		{Language, "e1", "Report 출생신고 within one month."},
		{Source, "", "출생신고를 한 달 안에 해요."},
		{Source, "c9", "출생신고를 한 달 안에 해요."},
		{Link, "c1", "출생신고를 해요 [link_3]"},
		{Link, "c1", "출생신고를 해요 [link_0]"},
		{Link, "c1", "출생신고는 gov-help.kr 에서 해요"},
		{Link, "c1", "출생신고는 www 정부 닷컴에서 해요"},
		{Link, "e1", "Report the birth at example.com now"},
		{Link, "e1", "Report the birth at example dot com"},
		{Number, "c1", "태어난 날을 넣어 두 달 안에 신고해요."},
		{Number, "c1", "태어난 날을 넣어 석 달 안에 신고해요."},
		{Number, "c1", "태어난 날을 넣어 보름 안에 신고해요."},
		{Number, "c1", "늦으면 과태료를 10만 원까지 낼 수 있어요."},
		{Number, "c1", "늦으면 과태료를 십만 원까지 낼 수 있어요."},
		{Number, "c1", "수수료가 5만 원이에요."}, // that is the fine
		{Number, "c1", "전화 1899-9999에 물어보세요."},
		{Number, "c1", "내일까지 신고해요."},
		{Number, "c1", "과태료는 무료예요."},
		{Number, "c2", "부부가 모두 받으면 각각 30퍼센트를 줄여요."},
		{Number, "c2", "부부가 모두 받으면 각각 절반을 줄여요."},
		{Number, "c2", "수수료가 없어요."},
		{Number, "c2", "2027년에는 혼자면 월 247만 원이에요."},
		{Number, "e1", "Report within two months, the day of birth included."},
		{Number, "e1", "If you are late, you may have to pay a fine of up to one hundred thousand won."},
		{Number, "e1", "Report by tomorrow, the day of birth included."},
		{Number, "e1", "Report in May, the day of birth included."},
		{Number, "e1", "You pay half the fine."},
		{Verdict, "c2", "65세가 넘은 분이니 받을 수 있어요."},
		{Verdict, "c2", "기초연금 대상이에요."},
		{Verdict, "c2", "이의신청이 승인돼요."},
		{Verdict, "c2", "65세가 넘어서 자격이 돼요."},
		{Verdict, "c2", "한 달에 34만 9,700원까지 받아요."},
		{Verdict, "c2", "기초연금을 못 받는다고 보면 돼요, 탈락이에요."},
		{Verdict, "e1", "You are entitled to it."},
		{Verdict, "e1", "You will receive a resident number."},
		{Verdict, "e1", "Your registration is approved."},
		{Act, "c1", "출생신고를 접수했어요."},
		{Act, "c1", "제가 출생신고를 해요."},
		{Act, "c1", "출생신고를 대신 해 드릴까요."},
		{Act, "e1", "I registered your newborn child."},
		{Act, "e1", "The birth has been reported."},
		{Secret, "c1", "출생신고에 비밀번호를 적으세요."},
		{Secret, "c1", "신고하려면 앱을 설치하세요."},
		{Secret, "c1", "900101-1234567 아이를 등록해요."},
		{Secret, "e1", "Report the birth with your password."},
		{Support, "c1", "오늘의 운세는 맑고 기분이 좋은 날씨예요."},
		{Support, "c1", "정부는 국민을 속여요."},
		{Support, "e1", "The mayor is a terrible person and should resign."},
		{Denial, "c1", "출생신고를 하지 않아도 과태료를 내지 않아요."},
		{Denial, "c1", "출생증명서와 신분증이 필요 없어요."},
		{Denial, "e1", "Do not report the birth within one month."},
		{Denial, "e1", "You need not the birth certificate and an identity card."},
	} {
		lang := kernel.KO
		if strings.HasPrefix(c.source, "e") {
			lang = kernel.EN
		}
		var sources []string
		if c.source != "" {
			sources = []string{c.source}
		}
		got := p.Check(Sentence{c.text, sources}, lang, 2)
		if got == Passes {
			t.Errorf("%q passes, want %s; claims %v", c.text, c.rule, claims(c.text))
		} else if got != c.rule && c.rule != Support && c.rule != Number && c.rule != Denial {
			t.Errorf("%q: %s, want %s; claims %v", c.text, got, c.rule, claims(c.text))
		}
	}
}

func TestClaims(t *testing.T) {
	for text, want := range map[string]claim{
		"34만 9,700원":               {"349700", "won"},
		"395만 2천 원":                {"3952000", "won"},
		"3억 5천만원":                  {"350000000", "won"},
		"₩50,000":                  {"50000", "won"},
		"삼십만 원":                    {"300000", "won"},
		"오만 원":                     {"50000", "won"},
		"이십 퍼센트":                   {"20", "percent"},
		"20%":                      {"20", "percent"},
		"한 달":                      {"1", "month"},
		"석 달":                      {"3", "month"},
		"삼개월":                      {"3", "month"},
		"열흘":                       {"10", "day"},
		"14일":                      {"14", "day"},
		"예순다섯 살":                   {"65", "age"},
		"65세":                      {"65", "age"},
		"만 65세":                    {"65", "age"},
		"five days":                {"5", "day"},
		"twenty-one days":          {"21", "day"},
		"a week":                   {"1", "week"},
		"one hundred thousand won": {"100000", "won"},
		"1.5 million won":          {"1500000", "won"},
		"1899-2732":                {"18992732", "number"},
		"in May":                   {"5", "of the year"},
		"무료":                       {"0", "won"},
		"free":                     {"0", "won"},
		"두 배":                      {"2", "fold"},
		"일년":                       {"1", "year"},
	} {
		if got := claims(text); !slices.Contains(got, want) && text != "일 년" {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"이사를 하면 신고해요", "구조와 사회", "일을 구하는 사람", "세대주가 신고해요", "한국에 사는 사람", "you can report it", "a person"} {
		if got := claims(text); len(got) > 0 {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("태어난 날을 넣어 한 달 안에 신고해요 [link_1].", "c1")
	f.Add("999999999999999999999999999999만억조원 \xff", "c1")
	p := passages()
	f.Fuzz(func(t *testing.T, text, source string) {
		if p.Check(Sentence{text, []string{source}}, kernel.KO, 2) == Passes && (strings.ContainsAny(text, "<>\x00\n") || p[source] == nil) {
			t.Fatalf("%q passes", text)
		}
		NewPassage(text)
	})
}
