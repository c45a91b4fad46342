package journeys

import (
	"path"
	"strings"
	"testing"

	"maru/kernel"
)

// births are the answers of a mother who applies for everything at once.
func births(mother string) answers {
	return answers{
		"birth-report.born_on": today().AddDays(-5).String(), "birth-report.child_name": "김예시",
		"birth-report.reporter_relation": "mother", "birth-report.in_wedlock": "false", "birth-report.mother": mother,
		"birth-report.born_time": "03:20", "birth-report.birth_region": "11110", "birth-report.birth_place": "예시병원, 종로구 예시로 1",
		"birth-report.child_sex":              "female",
		"first-encounter-voucher.birth_order": "first",
		"first-encounter-voucher.same_home":   "true",
		"first-encounter-voucher.pay_how":     "new_card",
		"parental-benefit.child_nationality":  "korean",
		"parental-benefit.care":               "home",
		"parental-benefit.holder":             mother,
		"parental-benefit.bank":               "예시은행",
		"parental-benefit.account":            "110-000-000000",
		"child-allowance.holder":              mother,
		"child-allowance.bank":                "예시은행",
		"child-allowance.account":             "110-000-000000",
	}
}

// fillBundle answers one question after another until the check page, each of
// them once.
func (v *visitor) fillBundle(given answers) map[string]bool {
	v.t.Helper()
	used := map[string]bool{}
	for range 60 {
		q := path.Base(v.page.Path)
		switch v.page.Name {
		case "casework.bundle_check":
			return used
		case "casework.bundle_question":
			if used[q] {
				v.t.Fatalf("asks %s twice: %s", q, v.text("main"))
			}
			used[q] = true
			_, field, _ := strings.Cut(q, ".")
			v.answer(field, given[q])
		case "casework.question": // a file, which belongs to one of them
			v.answer(q, nil)
		default:
			v.t.Fatalf("among the questions stands %s (%s): %s", v.page.Path, v.page.H1, v.text("main"))
		}
	}
	v.t.Fatal("the questions never end")
	return nil
}

// TestBirthBundle hands in birth report, allowance, benefit and voucher with one
// act: by mouse, without script, and by keyboard in English.
func TestBirthBundle(t *testing.T) {
	t.Parallel()
	h, _ := ownHouse(t, nil)
	for _, c := range []struct {
		name, who string
		opts      []how
	}{
		{"by mouse", "newborn", nil},
		{"without script", "pregnant", []how{withoutScript}},
		{"by keyboard", "job_loss", []how{byKeyboard, in(kernel.EN)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := visit(t, append(c.opts, at(h))...)
			mother := castOf(t, c.who, at(h)).ID
			ko := v.lang == kernel.KO
			v.open("/")
			v.write("q", kernel.Text{KO: "아기가 태어났어요", EN: "I had a baby"}.In(v.lang))
			v.press(v.T("ask.find"))
			v.press(kernel.Text{KO: "임신과 출산", EN: "Pregnancy and birth"}.In(v.lang))
			if v.page.Name != "life.guide" {
				t.Fatalf("leads to %s (%s)", v.page.Path, v.page.H1)
			}
			v.reads(v.T("life.group.dated"), v.T("life.together.title"))

			// Without an account the last days are counted, and kept nowhere.
			v.date("day", today().AddDays(-5).String())
			v.press(v.T("life.count"))
			v.reads(v.T("life.last"))
			v.press(v.T("life.together.sign_in"))
			if v.there(pass("press", v.T("identity.sign_in.demo_go"))) {
				v.press(v.T("identity.sign_in.demo_go"))
			}
			v.signInAs(c.who)
			v.date("day", today().AddDays(-5).String())
			v.press(v.T("life.count"))
			v.reads(v.T("life.saved.day"))
			v.press(v.T("life.remind_start"))
			v.reads(v.T("life.saved.remind"))
			v.press(v.T("life.act.done") + " " + kernel.Text{KO: "아기를 건강보험에 올리기", EN: "Add the baby to your health insurance"}.In(v.lang))
			v.reads(v.T("life.saved.done"))

			v.press(v.T("life.together.go"))
			if v.page.Name != "casework.bundle_consent" {
				t.Fatalf("leads to %s (%s): %s", v.page.Path, v.page.H1, v.text("main"))
			}
			for _, s := range eval[[]string](v, `[...document.getElementsByName("service")].map(e => e.value)`) {
				v.choose("service", s)
			}
			v.press(v.T("casework.bundle.agree"))
			v.reads(v.T("casework.consent.filled"), v.T("casework.bundle.shared"))
			v.press(v.T("casework.tasks.go_on"))
			used := v.fillBundle(births(mother))
			for _, once := range []string{"child-allowance.child_name", "child-allowance.born_on", "parental-benefit.child_name", "first-encounter-voucher.child_name"} {
				if used[once] {
					t.Errorf("%s was asked again", once)
				}
			}

			// What is changed on the check page is changed everywhere.
			v.open(strings.TrimSuffix(strings.TrimPrefix(v.page.Path, "/en"), "/check") + "/questions/birth-report.child_name?from=check")
			v.write("child_name", "김새봄")
			v.press(v.T("casework.question.next"))
			if n := strings.Count(v.text("main"), "김새봄"); n != 4 {
				t.Errorf("the name stands there %d times, want 4", n)
			}
			v.press(v.T("casework.bundle.submit"))
			if v.page.Name != "casework.bundle_done" {
				t.Fatalf("handing in leads to %s (%s): %s", v.page.Path, v.page.H1, v.text("main"))
			}
			v.reads(v.T("casework.bundle.done_text"))
			v.press(kernel.Text{KO: "출생신고", EN: "Birth registration"}.In(v.lang))
			v.reads(v.T("casework.bundle.sisters"), kernel.Text{KO: "아동수당", EN: "Child allowance"}.In(v.lang))
			number, body := v.value(v.T("casework.progress.number")), v.value(v.T("casework.progress.agency"))

			// An official decides one of them, and the guide shows it.
			if ko && !v.noScript {
				o := official(t, body, false, at(h))
				o.openCase(number)
				o.take()
				o.decide("accepted", "출생증명서를 확인했습니다.")
				v.open("/life-events/birth")
				v.reads(v.T("life.state.decided"), v.T("life.state.handed_in"), v.T("life.state.done"))
			}
			v.open("/life-events/birth")
			v.press(v.T("life.act.hide") + " " + kernel.Text{KO: "아이돌봄서비스", EN: "Childcare-at-home service"}.In(v.lang))
			v.reads(v.T("life.saved.hide"))
			v.press(v.T("life.reset"))
			v.reads(v.T("life.saved.reset"))
		})
	}
}

// TestBundleTakenApart takes a service out again and goes on with it alone.
func TestBundleTakenApart(t *testing.T) {
	t.Parallel()
	h, _ := ownHouse(t, nil)
	v := resident(t, "newborn", at(h))
	v.open("/life-events/birth")
	v.press(v.T("life.together.go"))
	v.press(v.T("casework.bundle.decline"))
	v.press(v.T("casework.bundle.leave") + " " + "아동수당")
	v.reads(v.T("casework.bundle.left_done"))
	v.press(v.T("casework.tasks.go_on"))
	v.press(v.T("casework.question.later"))
	v.open("/life-events/birth")
	v.reads(v.T("life.state.draft"))
}
