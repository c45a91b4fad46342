package redact

import (
	"regexp"
	"slices"
	"strings"
)

// surnames are the family names that nearly everybody in Korea has.
const surnames = `(?:남궁|황보|제갈|선우|사공|서문|독고|김|이|박|최|정|강|조|윤|장|임|한|오|서|신|권|황|안|송|전|홍|유|고|문|양|손|배|백|허|남|심|노|하|곽|성|차|주|우|구|나|민|진|지|엄|채|원|천|방|공|현|함|변|염|여|추|도|소|석|선|설|마|길|연|위|표|명|기|반|왕|금|옥|육|인|맹|제|모|탁|국|어|은|편|용|예|봉|경)`

// copula ends a sentence that says who somebody is.
const copula = `(?:입니다|이에요|예요|에요|이예요|이라고|라고|이고|인데요?|이며|이라|이요|임다|임|이올시다|여요|이여유|이유|구요|고요)`

var koreanNames = []*regexp.Regexp{
	// Marked as a name.
	regexp.MustCompile(`(?:이름|성명|성함|예금주|본명|실명)(?:\s?(?:은|는|이|가|:|=|\()+)\s?([가-힣]{2,5}?)(?:` + copula + `|[\s,.)(/]|$)`),
	regexp.MustCompile(`(?:^|[\s,])([가-힣]{2,4})(?:이라고|라고)\s?(?:합니다|해요|하는데|불러|부르|하며|하고)`),
	regexp.MustCompile(`(?:이름|성명|성함)(?:\s?(?:은|는|이|가|:|=|\()+)\s?([A-Za-z]+(?:[\s\-][A-Za-z]+){0,3})`),
}

// said are whole names where somebody says who they are, or is spoken of with a
// title.
var said = []*regexp.Regexp{
	regexp.MustCompile(`(?:^|[\s,.!?])(?:저는|나는|난|전|저|제가|내가|본인은)\s([가-힣]{2,5}?)` + copula),
	regexp.MustCompile(`(?:^|[\s,.!?(])(` + surnames + `[가-힣]{2})\s?(?:씨|님|군|양|선생님|할머니|할아버지|어르신)(?:[\s,.!?은는이가을를의께도와과랑한에]|$)`),
	regexp.MustCompile(`(?:아들|딸|남편|아내|어머니|아버지|엄마|아빠|동생|형|누나|언니|오빠|친구|할머니|할아버지|며느리|사위)(?:인|\s)\s?(` + surnames + `[가-힣]{2})(?:이랑|랑|이가|이는|이|가|은|는|을|를|의|[\s,.!?]|$)`),
}

var englishNames = []*regexp.Regexp{
	regexp.MustCompile(`(?i:\b(?:my|his|her|their|the|our\s\w+'s|\w+'s)\s(?:full\s)?name\s?(?:is|:|=)|\bnamed|\bi\sam\scalled|\bi'm\scalled|\bcall\sme|\bname\s?:)\s+([A-Za-z][A-Za-z'\-]+(?:\s[A-Z][A-Za-z'\-]+){0,3})`),
	regexp.MustCompile(`\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s([A-Z][A-Za-z'\-]+(?:\s[A-Z][A-Za-z'\-]+){0,2})`),
	regexp.MustCompile(`\b(?:I am|I'm|I’m|This is|this is|i am|i'm)\s([A-Z][a-z]+(?:[\s\-][A-Z][a-z]+){1,3})`),
}

// family are given names after a word for a relative, in English.
var family = regexp.MustCompile(`\b[Mm]y\s(?:son|daughter|husband|wife|mother|father|mom|dad|brother|sister|friend)\s([A-Z][a-z]+(?:[\s\-][A-Z][a-z]+){0,2})`)

// names finds names that their company marks as such.
func names(text string) [][]int {
	var out [][]int
	add := func(m []int) { out = append(out, []int{m[2], m[3]}) }
	for _, re := range koreanNames {
		for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
			if word := text[m[2]:m[3]]; !slices.Contains(ordinary, word) && !slices.Contains(noNames, word) && !endsLikeWord(word) {
				add(m)
			}
		}
	}
	for _, re := range said {
		for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
			if person(text[m[2]:m[3]]) {
				add(m)
			}
		}
	}
	for _, re := range append(slices.Clone(englishNames), family) {
		for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
			words := strings.FieldsFunc(text[m[2]:m[3]], func(r rune) bool { return r == ' ' || r == '-' })
			if !slices.Contains(nations, strings.ToLower(words[0])) {
				add(m)
			}
		}
	}
	slices.SortFunc(out, func(a, b []int) int { return a[0] - b[0] })
	return out
}

var whole = regexp.MustCompile(`^` + surnames + `[가-힣]{1,2}$`)

// person tells whether a word is a whole name: a family name with a given one
// of two syllables, and no word of the language.
func person(s string) bool {
	n := len([]rune(s))
	return n >= 3 && n <= 4 && whole.MatchString(s) && !slices.Contains(ordinary, s) && !endsLikeWord(s)
}

// endsLikeWord tells words for people that begin with a syllable that is a
// family name too.
func endsLikeWord(s string) bool {
	for _, e := range endings {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}

var endings = strings.Fields("인 생 자 부모 무원 주부 살 세 직 원 가족 사람 상태 예정 중 학생 대생 년생 환자 노인 부부 여성 남성 장애 급여 대상 업자 혼 민 군인 농 어민 상인 국적 세대 가구")

// noNames follow the mark of a name and are none.
var noNames = strings.Fields("무엇 뭐 뭔지 뭔가 몰라 모르 어떻게 같은 다른 틀려 틀렸 바꾸 바꿀 바뀌 개명 없어 없는 있는 있어 아직 정했 지었 길어 너무 맞는 맞아 잘못 변경 하나 도로")

// ordinary are words that look like whole names.
var ordinary = strings.Fields("임신부 공무원 장애인 한부모 이혼남 이혼녀 구직자 고령자 노동자 전업주 주부 백수 유학생 고등학 대학생 이주민 이민자 신용불 임산부 정규직 차상위 기초수 지체장 양육자 소상공 방문자 외국인 내국인 한국인 중국인 고객 고객님 선생 선생님 기사님 주무관 담당자 지원자 신청자 보호자 미혼모 미혼부 조부모 손자녀 실업자 무주택 세입자 임차인 임대인 집주인 남편 아내 성인 노인 청년 청소년 여자 남자 신혼부 예비군 현역병 전역자 제대군 이직자 은퇴자 연금자 우울증 치매 고아 독거노 기러기 나라 우리 지금 이번 어제 오늘 내일 사장 하나 이사 전세 월세 정말 진짜 조금 서울 부산 인천 대전 제주 경기 전입 이름 안녕 고맙 강아지 이모부 고모부 어머니 아버지 도우미 지체 한국 이제 성년 전학생 신입생 복학생 휴학생 전문직 자영업 프리 알바 원주민 주민 시민 국민 서민 농민 어민 이재민 난민 전기세 수도세 연금 복지 민원 하자 이상 이하 조건 상담 상담사 주인 지인 군인")

// nations follow "I am" with a capital and are no names.
var nations = strings.Fields("korean american chinese japanese vietnamese british canadian french german indian filipino thai russian mongolian uzbek nepali indonesian australian south north a an the not moving living single married pregnant unemployed disabled retired looking trying just still also very going from in on at muslim christian buddhist catholic english spanish african asian european permanent currently registered applying here now is was")
