package gov24

// Service is an entry of the operation serviceList, as far as it is used.
type Service struct {
	ID         string `json:"서비스ID"`
	Name       string `json:"서비스명"`
	Summary    string `json:"서비스목적요약"`
	Target     string `json:"지원대상"`
	Selection  string `json:"선정기준"`
	Content    string `json:"지원내용"`
	Method     string `json:"신청방법"`
	Until      string `json:"신청기한"` // free text
	URL        string `json:"상세조회URL"`
	AgencyCode string `json:"소관기관코드"`
	Agency     string `json:"소관기관명"`
	AgencyType string `json:"소관기관유형"`
	Department string `json:"부서명"`
	Users      string `json:"사용자구분"` // joined by usersJoin
	Field      string `json:"서비스분야"`
	Kind       string `json:"지원유형"`
	Reception  string `json:"접수기관"`
	Phone      string `json:"전화문의"`
	Views      Count  `json:"조회수"`
	Registered string `json:"등록일시"`
	Modified   string `json:"수정일시"`
}

// Detail is what the operation serviceDetail adds to an entry.
type Detail struct {
	ID             string `json:"서비스ID"`
	Papers         string `json:"구비서류"`
	OfficialPapers string `json:"공무원확인구비서류"`
	OwnPapers      string `json:"본인확인필요구비서류"`
	Online         string `json:"온라인신청사이트URL"`
	Acts           string `json:"법령"`
	Rules          string `json:"행정규칙"`
	Ordinances     string `json:"자치법규"`
}

// Keys of a row of the operation supportConditions besides its codes.
const (
	idKey   = "서비스ID"
	nameKey = "서비스명"
)

// UsersJoin joins the users of a service.
const UsersJoin = "||"

// The users of a service (사용자구분).
const (
	UserPerson       = "개인"
	UserHousehold    = "가구"
	UserBusiness     = "소상공인"
	UserOrganisation = "법인/시설/단체"
)

// The types of bodies (소관기관유형).
const (
	Municipality      = "시군구"
	ProvinceBody      = "광역시도"
	Ministry          = "중앙행정기관"
	PublicInstitution = "공공기관"
	LocalFoundation   = "지방출자_출연기관"
	LocalCorporation  = "지방공기업"
	EducationOffice   = "교육청"
)
