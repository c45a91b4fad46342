package journeys

import (
	"testing"

	"maru/kernel"
	"maru/platform/clock"
)

// today is where the try-out stands: in Seoul.
func today() kernel.Date { return clock.System().Now().DateIn(kernel.Seoul) }

// moving is the report of somebody's household that moved to Jongno.
func moving(who string) job {
	return job{
		says:    kernel.Text{KO: "지난주에 이사했는데 주소를 옮기고 싶어요", EN: "I moved last week and want to change my address"},
		service: "moving-in-report", title: kernel.Text{KO: "전입신고", EN: "Moving-in report"}, who: who,
		answers: answers{
			"moved_on": today().AddDays(-6).String(), "new_region": "11110", "new_address": "세종대로 1, 101동 1001호",
			"movers": everyone{}, "joins_household": "false",
		},
	}
}

// TestMovingIn is the whole main job: in Korean and in English, without
// script, and by keyboard alone.
func TestMovingIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, who string
		how       []how
	}{
		{"ko", "moved", nil},
		{"en", "student", []how{in(kernel.EN)}},
		{"no script", "single_parent", []how{withoutScript}},
		{"keyboard", "self_employed", []how{byKeyboard}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := visit(t, c.how...)
			r := v.apply(moving(c.who))

			o := official(t, r.body, false, c.how...)
			o.openCase(r.number)
			o.take()
			o.decide("accepted", "신고한 내용을 확인했습니다.")

			v.learns(r.number)
			document := v.holds(r, "신고한 내용을 확인했습니다.")
			visit(t, c.how...).checks(document, r)
			v.watched(r)
		})
	}
}

// TestJoiningAHousehold needs the word of the person who heads it.
func TestJoiningAHousehold(t *testing.T) {
	t.Parallel()
	v := visit(t)
	j := moving("joins")
	head := castOf(t, "joins_head").Name
	j.answers["joins_household"] = "true"
	j.answers["head_person"] = typed(head)
	r := v.apply(j)
	v.reads(v.T("casework.done.title.signatures"), head)
	code := v.codes()[0]

	// A stranger learns nothing from the code.
	stranger := resident(t, "farmer")
	stranger.open("/confirm")
	stranger.write("code", code)
	stranger.pressFor(422, stranger.T("casework.code.go"))

	h := visit(t)
	h.open("/confirm")
	h.press(h.T("identity.sign_in.demo_go"))
	h.signInAs("joins_head")
	h.write("code", code)
	h.press(h.T("casework.code.go"))
	h.reads(h.T("casework.signature.title"), "세종대로 1, 101동 1001호")
	h.press(h.T("casework.signature.decline"))
	h.reads(h.T("casework.signature.declined"))

	// Declined, it is a draft again, and can be handed in once more.
	v.open(r.page)
	v.press(v.T("casework.tasks.check"))
	r = v.submit()
	h.confirms("joins_head", v.codes()[0])

	v.open(r.page)
	r.number = v.value(v.T("casework.progress.number"))
	o := official(t, r.body, false)
	o.openCase(r.number)
	o.reads(o.T("casework.party.signed"))
	o.decide("accepted", "세대주의 확인을 받았습니다.")
	v.learns(r.number)
	v.holds(r, "세대주의 확인을 받았습니다.")
}
