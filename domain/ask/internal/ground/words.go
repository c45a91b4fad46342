package ground

import (
	"regexp"
	"strings"
)

// carriesNothing are English words that no source needs to hold.
var carriesNothing = set(`a an the and or but of to in on at by for from with as is are was be been it its this that these those you your i we they he she if when then so there here do does
 can may might must should will would have has had not no also too very more most any all each which who whom whose what where how than into about within after before up out`)

// joins are Korean words that only join others.
var joins = set(`그리고 또는 때 때는 경우 경우에는 후에 뒤에 전에 하면 해요 하세요 돼요 있어요 이에요 예요 그 이 내 먼저 위해 대해 통해 따라 여기에서 여기서 하려면 때에 할 수 것이`)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// address is anything that leads somewhere: an address, a domain, a way to
// spell one.
var address = regexp.MustCompile(`(?i)https?|www|://|[\p{L}\d]\.\p{L}{2,}|닷컴|닷넷|점\s?컴|\bdot\s?(?:com|net|org|kr|go)\b|골뱅이|큐알|\bqr\b|\burl\b|javascript`)

// denial are words that turn a sentence round.
var denial = regexp.MustCompile(`(?i)않|없|못|(?:^|\s)안\s|말고|마세요|마십|아니|아닌|아닙|아녜|필요\s?없|\b(?:not|no|never|without|cannot|unless|nobody|none|neither|nor|stop)\b|n['’]t\b`)

func denies(text string) bool { return denial.MatchString(text) }

// verdict says who gets something or what will be decided. Whether somebody is
// entitled is said by the rules of benefits alone, with their reasons.
var verdict = regexp.MustCompile(`(?i)받을\s?수|받으실\s?수|받게\s?(?:돼|되|됩|될)|받아요|받습니다|받으세요|받으시|받는다|드려요|드립니다|드릴게|자격이?\s?(?:있|없|돼|되|됩|충분)|자격\s?요?건[^.]*(?:충족|맞)|충족(?:해|하|됩|돼)|대상(?:이에요|입니다|이세요|이십|자예요|자입|이\s?(?:맞|되|돼|됩|아)|자로)|해당(?:해요|합니다|하세요|하십|돼요|되세요|됩|하시)|승인|확정|보장|당첨|합격|탈락|거절|거부|반려|허가(?:됐|되|돼|됩|났)|통과|선정(?:됐|되|돼|됩)|지급(?:돼|되|됩|받|해|합|할|될)|입금|들어(?:와요|옵니다|갈|올)|수급자(?:예|입|이|로)|당연히|무조건|틀림없|확실(?:히|해|합)|축하|면제(?:돼|되|됩|해|받)|공짜로|` +
	`eligib|entitl|qualif|approv|guarant|\bgranted?\b|reject|refus|denied|congrat|\b(?:will|can|could|shall|should|may|must|get to|able to)\s(?:\w+\s)?(?:get|receive|claim|collect|obtain|have it|be paid|be given)\b|\byou(?:'ll|'re| are| will)?\s(?:get|receive|owed|paid|due|given)\b|\bpays? you\b|\bdeserve|\baccepted\b|\bexempt|certainly|definitely|no doubt|surely|for sure`)

// act claims that something was done, or will be without the person.
var act = regexp.MustCompile(`(?i)(?:신청|접수|제출|신고|처리|등록|예약|결제|납부|취소|전송|발송|발급|변경|삭제|조회|확인|저장)(?:을|를)?\s?(?:했|하였|됐|되었|완료|마쳤|끝냈|해\s?(?:드|두었|놨|놓|줄|주|뒀)|대신|할게|하겠|했습)|대신\s?(?:신청|접수|제출|신고|처리|해)|보냈|보내\s?드|(?:^|\s)(?:제가|저는|나는|저의|시스템|프롬프트|지시)|` +
	`\bI(?:'ve|'ll|'m| have| will| am| can| did| just)?\b|\b(?:has|have) been\b|\b(?:is|are|was|were) (?:paid|done|booked|changed|recorded|confirmed|closed)\b|\bwe(?:'ve| have|'ll| will)\b|\b(?:submitted|sent|booked|registered you|processed|filed|cancelled|deleted|completed)\b|\bsystem prompt|\binstructions?\b|\bprompt\b`)

// secret asks for what no office asks for, or leads around the offices.
var secret = regexp.MustCompile(`(?i)비밀번호|비번|패스워드|인증\s?번호|보안\s?카드|카드\s?번호|씨브이씨|주민(?:등록)?\s?번호를?\s?(?:입력|적|알려|말해|보내|써)|계좌\s?번호를?\s?(?:입력|말해|보내)|카톡|카카오톡|텔레그램|문자로|앱을?\s?(?:설치|깔|받)|설치하|다운로드|다운받|링크|송금|이체|수고비|급행료|뇌물|브로커|대행|선입금|수수료를\s?(?:먼저|보내)|속이|위조|허위|거짓|숨기|` +
	`password|passcode|\bpin\b|\botp\b|\bcvv\b|card number|verification code|telegram|whatsapp|kakaotalk|download|install|click|\blinks?\b|wire\s|transfer|bribe|broker|\bagent fee|upfront|gift\s?card|bitcoin|crypto|forge|fake|conceal|\bhide\b|\blie\b`)

// forbidden is the rule that the words of a sentence break by themselves.
func forbidden(text string) Rule {
	switch {
	case verdict.MatchString(text):
		return Verdict
	case secret.MatchString(text):
		return Secret
	case act.MatchString(text):
		return Act
	}
	return Passes
}
