package catalogue

// Words that names of services are made of: whom it is for, what it is about
// and what is given.
var (
	things = []string{"건강검진비", "교통비", "난방비", "자격증 시험비", "이사비", "돌봄 서비스", "문화 활동비", "주거 환경 개선", "안전용품", "상담 서비스", "교육비", "생활용품",
		"농기계 수리비", "종자 구입비", "장비 구입비", "예방접종비", "병원 동행", "반찬 배달", "통신비", "창업 준비금"}
	forms      = []string{"지원", "지원 사업", "바우처", "감면", "대여", "꾸러미"}
	people     = []string{"청년", "어르신", "가족", "주민", "아동", "새내기", "이웃", "한마음"}
	ministries = []string{"한빛부", "온새미로처", "가람청", "마루부", "누리청"}
	bodies     = []string{"햇살공단", "도담진흥원", "새솔재단", "한울공사", "나래센터"}
	fields     = []string{"생활안정", "주거·자립", "보육·교육", "고용·창업", "보건·의료", "행정·안전", "임신·출산", "보호·돌봄", "문화·환경", "농림축산어업"}
	kinds      = []string{"현금", "현물", "서비스", "이용권", "감면"}
	untils     = []string{"상시신청", "접수기관 별 상이", "매년 1~2월", "신청불필요"}
)

// Endings of names of bodies, and words of the form.
const (
	education  = "교육청"
	foundation = "도움재단"
	visit      = "방문 신청"
	summary    = "만들어 낸 서비스예요."
	idKey      = "서비스ID"
	nameKey    = "서비스명"
)
