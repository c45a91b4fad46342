package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/authz"
)

// Shorthands of the statuses that pages answer with.
const (
	ok      = http.StatusOK
	other   = http.StatusSeeOther
	wrong   = http.StatusUnprocessableEntity
	gone    = http.StatusNotFound
	clash   = http.StatusConflict
	refused = http.StatusForbidden
)

// TestEveryPage goes every way there is, in both languages; webtest holds each
// page to the page contract, and at the end none may be left out.
func TestEveryPage(t *testing.T) {
	inBoth(t, func(s *site) {
		move := s.movingIn()
		s.deskReturns(move)
		s.objects(move)
		s.grant()
		s.petition()
		s.visits()
		s.pickup()
		s.papers()
		s.timeLimit()
		s.field()
		s.together()
		s.consults()
		s.helps()
		s.helpsWithAll()
		s.discards()
		s.checks()
		s.organises()
		s.leavesBundle("person-4")
		s.bundle("person-4")
		for _, p := range s.Server.Pages() {
			if strings.HasPrefix(p.Name, "casework.") && !s.seen[p.Method+" "+p.Path] {
				s.t.Errorf("nobody has seen %s %s", p.Method, p.Path)
			}
		}
	})
}

// movingIn reports a move into somebody's household, from the first page to the
// confirmation, and gives the case.
func (s *site) movingIn() *casework.Application {
	hana, head := s.w.Resident("person-1"), s.w.Resident("person-3")
	s.has(s.get(hana, "/applications", ok), s.say("casework.mine.empty"))
	path := s.start(hana, "move")
	s.has(s.get(hana, path, ok), s.say("casework.tasks.consent_title"), s.say("casework.task.todo"))
	s.has(s.get(hana, path+"/consent", ok), s.say("casework.consent.free"))
	s.leads(s.post(hana, path+"/consent", answer("agree", "no"), other), path)
	s.post(hana, path+"/consent", answer("agree", "yes"), other)
	page := s.get(hana, path, ok)
	s.has(page, s.say("casework.tasks.agreed"), s.say("casework.task.filled"))
	s.lacks(page, s.say("casework.deadline.last"))

	q := path + "/questions/"
	page = s.post(hana, q+"moved_on", answer("moved_on-year", "2026", "moved_on-month", "13", "moved_on-day", "1"), wrong)
	s.has(page, s.say("error.date_month"))
	s.leads(s.post(hana, q+"moved_on", answer("moved_on-year", "2026", "moved_on-month", "3", "moved_on-day", "1"), other), "/applications/"+strings.TrimPrefix(path, "/applications/")+"/questions/new_region")
	page = s.get(hana, path, ok)
	s.has(page, s.say("casework.deadline.last"))
	if !strings.Contains(page.Body, `datetime="2026-03-16"`) { // the fifteenth is a Sunday
		s.t.Error("the last day is another")
	}
	s.has(s.post(hana, q+"new_region", answer("new_region", "99999"), wrong), s.say("casework.answer.region"))
	s.post(hana, q+"new_region", answer("new_region", "11110"), other)
	s.has(s.post(hana, q+"new_address", url.Values{}, wrong), s.say("casework.answer.missing.text"))
	s.post(hana, q+"new_address", answer("new_address", "새로 7"), other)
	s.has(s.get(hana, q+"movers", ok), "김하나", "김둘이", s.say("casework.relation.self"), s.say("casework.question.others"))
	s.post(hana, q+"movers", answer("movers", "person-1", "movers", "person-2", "movers-other", "김새봄\n김가을"), other)
	s.has(s.get(hana, q+"movers", ok), "김새봄")

	// What the register tells is shown; it can be agreed to, or put right.
	s.has(s.get(hana, q+"previous_address", ok), "가나로 1", s.say("casework.source.right"))
	s.post(hana, q+"previous_address", answer("confirm", "yes"), other)
	s.has(s.get(hana, q+"previous_address?edit=1", ok), s.say("casework.question.next"))
	s.post(hana, q+"previous_address", answer("previous_address", "옛길 2"), other)
	s.has(s.get(hana, path+"/check", ok), s.say("casework.check.missing"), s.say("casework.source.disputed", "registry", "people", "date", kernel.MustDate("2026-03-01")))

	s.has(s.post(hana, q+"joins", url.Values{}, wrong), s.say("casework.answer.missing.bool"))
	s.leads(s.post(hana, q+"joins", answer("joins", "true"), other), path+"/questions/head_person")
	s.has(s.get(hana, q+"head_person", ok), s.say("casework.question.other"))
	s.post(hana, q+"head_person", answer("head_person-other", head.Name), other)
	s.leads(s.post(hana, q+"phone", answer("phone", "010-1111-1111", "from", "check"), other), path+"/check")
	s.get(hana, q+"nothing", gone)
	s.get(hana, "/applications/nonsense", gone)
	s.get(head, path, gone)

	s.has(s.get(hana, path+"/check", ok), s.say("casework.check.cosigner"), "김하나, 김둘이, 김새봄, 김가을")
	s.leads(s.post(hana, path+"/submit", answer("key", "k"), other), path+"/done")
	s.has(s.get(hana, path+"/done", ok), s.say("casework.done.title.signatures"), s.say("casework.code.code"), "/confirm")
	s.has(s.get(hana, path, ok), s.say("casework.progress.sign_title"), s.say("casework.party.asked"))

	c, err := s.w.Open(s.t.Context(), hana, s.newest(hana).ID)
	if err != nil {
		s.t.Fatal(err)
	}
	var sign string
	for _, p := range c.Parties {
		if p.Status == casework.PartyAsked {
			sign = "/signatures/" + string(p.ID)
		}
	}
	s.codes(hana, head, path, sign)
	s.get(s.w.Resident("person-4"), sign, gone)
	page = s.get(head, sign, ok)
	s.has(page, hana.Name, "새로 7")
	s.lacks(page, "010-1111-1111", "옛길 2") // what a register could know of the applicant
	s.leads(s.post(head, sign, answer("agree", "no"), other), "/applications")
	s.has(s.get(hana, path, ok), s.say("casework.tasks.declined_title"))
	s.post(hana, path+"/submit", answer("key", "k2"), other)
	c, err = s.w.Open(s.t.Context(), hana, c.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, p := range c.Parties {
		if p.Status == casework.PartyAsked {
			sign = "/signatures/" + string(p.ID)
		}
	}
	s.post(head, sign, answer("agree", "yes"), other)
	s.has(s.get(head, sign, ok), s.say("casework.party.signed"))
	s.has(s.get(hana, path+"/done", ok), s.say("casework.done.title.submitted"), s.newest(hana).Number)
	s.has(s.get(hana, path, ok), s.say("casework.event.submitted"), s.say("casework.by.party"), s.say("casework.progress.withdraw"))
	s.has(s.get(hana, "/applications", ok), s.newest(hana).Number, s.say("casework.status.submitted"))
	s.leads(s.get(hana, path+"/check", other), path)
	s.leads(s.get(hana, path+"/pay", other), path)
	s.leads(s.get(hana, path+"/correct", other), path)
	s.get(hana, path+"/object", clash)
	return s.newest(hana)
}

// deskReturns asks back, gets an answer, and returns the report.
func (s *site) deskReturns(a *casework.Application) {
	hana, kim := s.w.Resident("person-1"), s.w.Official("kim", "north")
	page := s.get(kim, "/desk", ok)
	s.has(page, a.Number, s.say("casework.desk.nobody"))
	s.lacks(page, hana.Name, "새로 7") // a list is no look at a case
	for _, query := range []string{"?q=" + a.Number, "?q=새로&all=1", "?status=submitted", "?q=%00%ff", "?q=" + strings.Repeat("x", 501)} {
		s.get(kim, "/desk"+query, ok)
	}
	s.lacks(s.get(kim, "/desk?mine=1", ok), a.Number)
	s.get(kim, "/desk?status=nonsense", wrong)
	s.get(kim, "/desk?cursor=-1", gone)
	s.get(kim, "/desk?agency=south", refused)
	s.get(hana, "/desk", refused)

	path := "/desk/cases/" + string(a.ID)
	s.get(s.w.Official("lee", "south"), path, gone)
	s.has(s.get(kim, path, ok), hana.Name, "김새봄", s.say("casework.desk.logged"), s.say("casework.desk.steps"), s.say("casework.party.signed"))
	s.leads(s.post(kim, path+"/assign", answer("key", "a"), other), path)
	s.has(s.get(kim, "/desk?mine=1", ok), a.Number, s.say("casework.desk.me"))
	s.has(s.post(kim, path+"/correction", answer("key", "c"), wrong), s.say("casework.error.message_missing"))
	s.post(kim, path+"/correction", answer("key", "c", "message", "몇 층인가요?"), other)
	s.has(s.get(kim, path, ok), s.say("casework.due.paused"))

	mine := "/applications/" + string(a.ID)
	s.has(s.get(hana, mine, ok), s.say("casework.progress.correct_title"), "몇 층인가요?", s.say("casework.progress.paused"))
	s.has(s.get(hana, mine+"/correct", ok), "몇 층인가요?")
	s.has(s.post(hana, mine+"/correct", answer("key", "m"), wrong), s.say("casework.error.message_missing"))
	s.get(hana, mine+"/questions/new_address", clash) // only files are added now
	s.leads(s.post(hana, mine+"/correct", answer("key", "m", "message", "3층이에요."), other), mine)

	page = s.post(kim, path+"/decision", answer("key", "d", "decision", "returned", "law", "주소법 제16조"), wrong)
	s.has(page, s.say("casework.error.reason_missing"), "3층이에요.")
	if !strings.Contains(page.Body, `value="returned" checked`) && !strings.Contains(page.Body, `checked value="returned"`) {
		s.t.Error("what was chosen is lost")
	}
	s.has(s.post(kim, path+"/decision", answer("key", "d", "reason", "이유"), wrong), s.say("casework.error.decision_missing"))
	s.leads(s.post(kim, path+"/decision", answer("key", "d", "decision", "returned", "reason", "없는 주소예요."), other), path)
	s.has(s.get(kim, path, ok), s.say("casework.decision.returned"))
	s.has(s.post(kim, path+"/decision", answer("key", "d2", "decision", "accepted", "reason", "앗"), clash), s.say("casework.error.status"))
	s.get(kim, "/desk?status=decided", ok)
	s.leads(s.get(hana, mine+"/done", other), mine)
}

// objects against the return, and gets the report accepted.
func (s *site) objects(a *casework.Application) {
	hana, kim := s.w.Resident("person-1"), s.w.Official("kim", "north")
	mine, desk := "/applications/"+string(a.ID), "/desk/cases/"+string(a.ID)
	s.has(s.get(hana, mine, ok), "없는 주소예요.", s.say("casework.progress.object"), s.say("casework.decision.returned"))
	a = s.newest(hana)
	s.has(s.get(hana, "/documents/"+a.Document, ok), s.say("casework.document.objection"), "없는 주소예요.", "주소법 제16조", a.Document)
	s.get(s.w.Resident("person-3"), "/documents/"+a.Document, gone)
	s.has(s.get(hana, mine+"/object", ok), "없는 주소예요.")
	s.has(s.post(hana, mine+"/object", answer("key", "o"), wrong), s.say("casework.error.reason_missing"))
	s.leads(s.post(hana, mine+"/object", answer("key", "o", "reason", "살고 있어요."), other), mine)
	page := s.get(hana, mine, ok)
	s.has(page, s.say("casework.status.objection"), s.say("casework.progress.due"))
	s.lacks(page, s.say("casework.progress.withdraw"))
	s.has(s.get(kim, desk, ok), s.say("casework.decision.dismissed"), "살고 있어요.")
	s.post(kim, desk+"/decision", answer("key", "od", "decision", "accepted", "reason", "살고 있네요."), other)
	s.has(s.get(hana, "/documents/"+a.Document, ok), s.say("casework.document.revoked"))
	s.has(s.get(authz.Actor{}, "/check/"+a.Document, ok), s.say("casework.verify.revoked"))
	again := s.newest(hana)
	page = s.get(hana, "/documents/"+again.Document, ok)
	s.has(page, "김새봄")
	s.lacks(page, s.say("casework.document.revoked"))
}

// grant goes through a file, a fee and four eyes.
func (s *site) grant() {
	hana, kim, lee := s.w.Resident("person-1"), s.w.Official("kim", "interior"), s.w.Official("lee", "interior")
	path := s.start(hana, "grant")
	q := path + "/questions/"
	s.has(s.get(hana, q+"income", ok), s.say("casework.question.won"))
	page := s.post(hana, q+"income", answer("income", "천"), wrong)
	s.has(page, s.say("casework.answer.type.number"))
	if !strings.Contains(page.Body, `value="천"`) {
		s.t.Error("what was typed is lost")
	}
	s.post(hana, q+"income", answer("income", "2,000,000"), other)
	s.has(s.post(hana, q+"kind", answer("kind", "gold"), wrong), s.say("casework.answer.choose"))
	s.post(hana, q+"kind", answer("kind", "rent"), other)
	s.get(hana, q+"needs", ok)
	s.post(hana, q+"needs", answer("needs", "advice", "needs", "visit"), other)
	s.post(hana, q+"starts_on", answer("starts_on-year", "2020", "starts_on-month", "1", "starts_on-day", "1"), wrong)
	s.post(hana, q+"starts_on", answer("starts_on-year", "2026", "starts_on-month", "4", "starts_on-day", "1"), other)
	s.has(s.get(hana, q+"lease", ok), s.say("casework.file.choose"))
	s.has(s.post(hana, q+"lease", url.Values{}, wrong), s.say("casework.answer.missing.file"))
	s.send(hana, q+"lease/file", "a.png", []byte("\x89PNG\r\n\x1a\n0000"), wrong)
	s.send(hana, q+"lease/file", "", nil, wrong)
	s.leads(s.send(hana, q+"lease/file", "계약서.pdf", pdf, other), q[:len(q)-1]+"/lease")
	s.send(hana, q+"lease/file", "둘째.pdf", pdf, other)
	s.send(hana, q+"lease/file", "셋째.pdf", pdf, wrong429)
	page = s.get(hana, q+"lease", ok)
	s.has(page, "계약서.pdf", "둘째.pdf")
	c, err := s.w.Open(s.t.Context(), hana, s.newest(hana).ID)
	if err != nil {
		s.t.Fatal(err)
	}
	named := map[string]string{}
	for _, f := range c.Files {
		named[f.Name] = string(f.ID)
	}
	first, second := named["계약서.pdf"], named["둘째.pdf"]
	if p := s.get(hana, path+"/files/"+first, ok); p.Body != string(pdf) || !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") {
		s.t.Errorf("file %q, %v", p.Body, p.Header)
	}
	s.get(s.w.Resident("person-3"), path+"/files/"+first, gone)
	s.leads(s.post(hana, path+"/files/"+second+"/remove", answer("question", "lease"), other), path+"/questions/lease")
	s.leads(s.post(hana, q+"lease", url.Values{}, other), path+"/check")

	s.has(s.get(hana, path+"/check", ok), s.say("casework.check.doubt_title"), "계약서.pdf")
	s.leads(s.post(hana, path+"/submit", answer("key", "g"), other), path+"/pay")
	s.leads(s.get(hana, path+"/done", other), path+"/pay")
	s.has(s.get(hana, path, ok), s.say("casework.progress.pay_title"))
	s.has(s.get(hana, path+"/pay", ok), s.say("casework.pay.demo"))
	s.leads(s.post(hana, path+"/pay", url.Values{}, other), path+"/done")
	s.has(s.get(hana, path+"/done", ok), s.say("casework.done.title.submitted"))

	desk := "/desk/cases/" + strings.TrimPrefix(path, "/applications/")
	s.has(s.get(kim, desk, ok), s.say("casework.event.eligibility_doubt"), "계약서.pdf")
	if p := s.get(kim, desk+"/files/"+first, ok); p.Body != string(pdf) {
		s.t.Errorf("file at the desk %q", p.Body)
	}
	s.get(s.w.Official("kim", "north"), desk+"/files/"+first, gone)
	s.post(kim, desk+"/decision", answer("key", "p", "decision", "partly_granted", "reason", "반만 돼요."), other)
	page = s.get(hana, path, ok)
	s.lacks(page, "반만 돼요.", s.say("casework.decision.partly_granted"))
	s.has(s.get(kim, desk, ok), s.say("casework.desk.second_person"))
	s.has(s.get(lee, desk, ok), s.say("casework.desk.confirm"), "반만 돼요.")
	s.has(s.post(lee, desk+"/confirmation", answer("key", "s", "agree", "no"), wrong), s.say("casework.error.reason_missing"))
	s.post(lee, desk+"/confirmation", answer("key", "s", "agree", "yes"), other)
	s.has(s.get(hana, path, ok), "반만 돼요.", s.say("casework.decision.partly_granted"))
}

// petition is handed on to another office, and answered with a file asked for.
func (s *site) petition() {
	hana, kim, lee := s.w.Resident("person-3"), s.w.Official("kim", "north"), s.w.Official("lee", "south")
	path := s.start(hana, "petition")
	q := path + "/questions/"
	s.has(s.post(hana, path+"/submit", answer("key", "p"), wrong), s.say("casework.answer.missing.text"), s.say("casework.check.missing"))
	s.get(hana, q+"body", ok)
	for question, v := range map[string]string{"subject": "가로등", "content": "꺼졌어요.\n어두워요.", "body": "north"} {
		s.post(hana, q+question, answer(question, v), other)
	}
	s.has(s.get(hana, q+"content", ok), "어두워요.")
	s.post(hana, q+"evidence", url.Values{}, other) // it need not be given
	s.post(hana, path+"/submit", answer("key", "p"), other)
	desk := "/desk/cases/" + strings.TrimPrefix(path, "/applications/")
	s.has(s.post(kim, desk+"/transfer", answer("key", "t", "agency", "south"), wrong), s.say("casework.error.reason_missing"))
	s.leads(s.post(kim, desk+"/transfer", answer("key", "t", "agency", "south", "transfer-reason", "남구 일이에요."), other), "/desk")
	s.leads(s.post(kim, desk+"/transfer", answer("key", "t", "agency", "south", "transfer-reason", "남구 일이에요."), other), "/desk")
	s.get(kim, desk, gone)
	s.has(s.get(hana, path, ok), s.say("casework.event.transferred"), "남구 일이에요.")

	// A file is added to what was handed in.
	s.post(lee, desk+"/correction", answer("key", "c", "message", "사진을 주세요."), other)
	s.has(s.get(hana, path+"/correct", ok), s.say("casework.correct.files"))
	s.has(s.get(hana, q+"evidence", ok), s.say("casework.correct.back"))
	s.send(hana, q+"evidence/file", "사진.pdf", pdf, other)
	s.leads(s.post(hana, q+"evidence", url.Values{}, other), path+"/correct")
	s.get(hana, path+"/withdraw", ok)
	s.leads(s.post(hana, path+"/withdraw", answer("key", "w"), other), path)
	s.has(s.get(hana, path, ok), s.say("casework.status.withdrawn"))
	s.leads(s.get(hana, path+"/done", other), path)
}

// discards a draft, and begins one for a certificate that a rule grants.
func (s *site) discards() {
	hana := s.w.Resident("person-1")
	path := s.start(hana, "copy")
	s.has(s.get(hana, path+"/withdraw", ok), s.say("casework.withdraw.draft_title"))
	s.leads(s.post(hana, path+"/withdraw", url.Values{}, other), "/applications")
	s.get(hana, path, gone)

	path = s.start(hana, "copy")
	s.post(hana, path+"/consent", answer("agree", "yes"), other)
	// A date that a register told is agreed to as it stands.
	s.has(s.get(hana, path+"/questions/birth_date", ok), s.say("casework.source.right"))
	s.post(hana, path+"/questions/birth_date", answer("confirm", "yes"), other)
	s.post(hana, path+"/questions/number_back", answer("number_back", "false"), other)
	s.has(s.post(hana, path+"/questions/copies", answer("copies", "11"), wrong), s.say("casework.answer.range", "min", int64(1), "max", int64(10)))
	s.post(hana, path+"/questions/copies", answer("copies", "1"), other)
	s.leads(s.post(hana, path+"/submit", answer("key", "auto"), other), path+"/done")
	s.has(s.get(hana, path+"/done", ok), s.say("casework.done.title.decided"))
	reason := map[kernel.Lang]string{kernel.KO: "주민등록표로 확인되어", kernel.EN: "The register settles everything."}[s.lang]
	s.has(s.get(hana, path, ok), reason, s.say("casework.by.rule"))
	s.has(s.get(hana, "/documents/"+s.newest(hana).Document, ok), reason, s.say("casework.document.by_rule"), "1990")
}

// checks documents as anybody may.
func (s *site) checks() {
	number := s.newest(s.w.Resident("person-1")).Document
	nobody := authz.Actor{}
	s.get(nobody, "/check", ok)
	page := s.post(nobody, "/check", answer("number", strings.ToLower(number)), ok)
	s.has(page, s.say("casework.verify.valid"), number)
	s.lacks(page, "김하나", "1990")
	s.has(s.post(nobody, "/check", answer("number", "D26-1"), wrong), s.say("casework.error.document_number"))
	for _, last := range "0123456789ABCDEFGHJKMNPQRSTVWXY" { // one of them fits the check
		if n, fits := casework.ParseNumber("D26-0000-0000-000" + string(last)); fits {
			s.has(s.get(nobody, "/check/"+n, gone), s.say("casework.error.no_document"))
		}
	}
	s.has(s.get(nobody, "/check/"+number, ok), s.say("casework.verify.valid"))
}

// wrong429 is what too many files are answered with.
const wrong429 = http.StatusTooManyRequests

// TestVisitors: whoever is not signed in is led to the sign-in page and back.
func TestVisitors(t *testing.T) {
	s := newSite(t, kernel.KO)
	a, err := s.w.Apply(t.Context(), s.w.Resident("person-1"), casework.Submission{Service: "petition", Key: "k",
		Answers: map[string]kernel.Value{"subject": kernel.TextOf("비밀"), "content": kernel.TextOf("비밀"), "body": kernel.TextOf("north")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/applications", "/applications/" + string(a.ID), "/desk", "/desk/cases/" + string(a.ID), "/documents/x"} {
		if p := s.get(authz.Actor{}, path, other); !strings.HasPrefix(p.Location(), "/sign-in?next=") {
			t.Errorf("%s leads to %s", path, p.Location())
		}
	}
	s.post(authz.Actor{}, "/applications/"+string(a.ID)+"/withdraw", url.Values{}, other)
	if c, err := s.w.Open(t.Context(), s.w.Resident("person-1"), a.ID); err != nil || c.Status != casework.Submitted {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestNewerForm: a form that changed under the applicant says so, and shows the
// questions that are asked now.
func TestNewerForm(t *testing.T) {
	inBoth(t, func(s *site) { s.newerForm() })
}
