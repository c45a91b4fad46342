package journeys

import (
	"strings"
	"testing"

	"maru/kernel"
)

// editorOf opens a window and signs in as the editor of a body.
func editorOf(t *testing.T, body string, opts ...how) *visitor {
	t.Helper()
	v := visit(t, opts...)
	v.open("/desk/services")
	v.press(v.T("identity.sign_in.demo_go"))
	v.be(v.T("identity.demo.name.editor", "agency", body))
	return v
}

// TestEditor changes a service in the browser: a district's editor edits a
// question and the text, the check finds a mistake, the editor mends it, looks
// at the preview and asks for approval; an editor of another district sends it
// back once and then approves; the public page shows it. Then the second one's
// own draft overlaps, and the first looks at the versions.
func TestEditor(t *testing.T) {
	t.Parallel()
	h, _ := ownHouse(t, nil)
	one := editorOf(t, "종로구청", at(h))
	two := editorOf(t, "수원시청", at(h))

	// The second one began earlier and changes the same name.
	two.open("/desk/services/moving-in-report")
	two.press(two.T("catalog.editor.service.begin"))
	other := two.page.Path
	two.press(two.T("catalog.editor.section.basics"))
	two.write("title.ko", "이사 신고")
	two.press(two.T("catalog.editor.save"))
	two.reads(two.T("catalog.editor.done.saved"))

	one.open("/desk/services")
	one.write("q", "전입")
	one.press(one.T("catalog.services.go"))
	one.press("전입신고")
	one.press(one.T("catalog.editor.service.begin"))
	draft := one.page.Path
	one.press(one.T("catalog.editor.section.basics"))
	one.write("title.ko", "전입 신고하기")
	one.write("papers.1.ko", "위임장 (대신 신고할 때)")
	one.write("papers.1.en", "Letter of authority (when somebody reports for you)")
	one.press(one.T("catalog.editor.save"))

	// A mistake is kept, and said where it is.
	one.open(draft + "/edit/questions")
	one.press("1. 언제 이사했나요?")
	one.write("title.ko", "새집에서 언제부터 살았나요?")
	one.pick("type", "enum")
	one.press(one.T("catalog.editor.save"))
	one.reads(one.T("catalog.editor.finding.needs_options", "id", "moved_on"))
	one.open(draft)
	one.reads(one.T("catalog.editor.draft.errors_text"))
	one.open(draft + "/propose")
	one.reads(one.T("catalog.editor.draft.errors_text"))
	one.open(draft + "/edit/questions/0")
	one.pick("type", "date")
	one.press(one.T("catalog.editor.save"))

	// A new question, moved up, and taken out again.
	one.open(draft + "/edit/questions")
	one.press(one.T("catalog.editor.add.questions"))
	one.write("id", "memo")
	one.pick("type", "text")
	one.write("title.ko", "더 알릴 것이 있나요?")
	one.write("title.en", "Is there anything else?")
	one.click(pass("choice", "optional", "true"))
	one.press(one.T("catalog.editor.save"))
	one.open(draft + "/edit/questions")
	x, y := one.aim(`document.querySelector("button[value='up 8']")`)
	one.goingTo(x, y)
	one.reads("8. 더 알릴 것이 있나요?")
	one.press("8. 더 알릴 것이 있나요?")
	one.press(one.T("catalog.editor.remove"))
	one.reads(one.T("catalog.editor.done.saved"))

	one.open(draft + "/edit/text-ko")
	one.write("text.ko", "## 이사했나요?\n\n새집에 들어간 뒤 14일 안에 알려 주세요.\n")
	one.press(one.T("catalog.editor.save"))
	one.reads("새집에 들어간 뒤 14일 안에 알려 주세요.")
	for _, section := range []string{"text-en", "text-easy", "rules", "rules/new", "work", "words", "examples"} {
		one.open(draft + "/edit/" + section)
	}
	one.open(draft + "/files/text.en.md")
	one.write("content", "## Have you moved?\n\nTell us within 14 days of moving in.\n")
	one.press(one.T("catalog.editor.save"))
	one.open(draft + "/files/service.yaml")

	// As residents will see it, and nothing of it kept.
	one.open(draft + "/preview")
	one.reads(one.T("catalog.editor.preview.mark"), "전입 신고하기", "위임장 (대신 신고할 때)")
	one.press(one.T("catalog.editor.preview.questions"))
	one.reads(one.T("casework.preview.mark"))
	one.write("moved_on-year", "2026")
	one.press(one.T("casework.question.next"))
	one.reads("새 주소는 어느 시·군·구인가요?")

	one.open(draft)
	one.press(one.T("catalog.editor.draft.changes"))
	one.reads("title: {ko: 전입 신고하기, en: Moving-in report}")
	propose := func() {
		one.open(draft + "/propose")
		one.write("why", "")
		one.pressFor(422, one.T("catalog.editor.propose.go"))
		one.write("why", "위임장을 가져와야 하는지 묻는 전화가 많았습니다.")
		one.press(one.T("catalog.editor.propose.go"))
		one.reads(one.T("catalog.editor.done.proposed"))
	}
	propose()
	one.press(one.T("catalog.editor.draft.withdraw"))
	propose()

	two.open(draft)
	two.press(two.T("catalog.editor.draft.review"))
	two.pressFor(422, two.T("catalog.editor.review.send_back"))
	two.write("note", "영어 글도 다시 봐 주세요.")
	two.press(two.T("catalog.editor.review.send_back"))
	one.open(draft)
	one.reads("영어 글도 다시 봐 주세요.")
	propose()
	two.open(draft + "/changes")
	two.press(two.T("catalog.editor.review.approve"))
	two.reads(two.T("catalog.editor.done.approved"))

	for _, l := range kernel.Langs {
		v := visit(t, at(h), in(l))
		v.open("/services/moving-in-report")
		if l == kernel.EN {
			v.reads("Letter of authority", "Tell us within 14 days of moving in.")
		} else {
			v.reads("전입 신고하기", "위임장 (대신 신고할 때)", "새집에 들어간 뒤 14일 안에 알려 주세요.")
		}
	}

	// Both changed the name: the second one chooses.
	two.open(other)
	two.reads(two.T("catalog.editor.moved.collides"))
	two.press(two.T("catalog.editor.moved.look"))
	two.reads("전입 신고하기", "이사 신고")
	two.pressFor(422, two.T("catalog.editor.merge.go"))
	two.choose("service.yaml.title", "theirs")
	two.press(two.T("catalog.editor.merge.go"))
	two.reads(two.T("catalog.editor.done.merged"))
	two.press(two.T("catalog.editor.draft.discard"))

	one.open("/desk/services/moving-in-report")
	one.reads("위임장을 가져와야 하는지 묻는 전화가 많았습니다.", one.T("catalog.editor.version.program"))
	one.press(one.T("catalog.editor.compare.go"))
	one.reads("전입 신고하기")
	one.open("/desk/services/moving-in-report")
	one.press(one.T("catalog.editor.service.back_to"))
	one.press(one.T("catalog.editor.draft.changes"))

	// The same in English.
	one.lang = kernel.EN
	for _, path := range []string{"/desk/services", "/desk/services/moving-in-report", one.page.Path} {
		one.open(strings.TrimPrefix(path, "/en"))
	}
	here := strings.TrimSuffix(strings.TrimPrefix(one.page.Path, "/en"), "/changes")
	for _, more := range []string{"", "/edit/basics", "/edit/questions", "/edit/questions/6", "/edit/work", "/edit/words", "/propose", "/preview", "/files/service.yaml"} {
		one.open(here + more)
	}
}
