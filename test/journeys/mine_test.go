package journeys

import (
	"testing"

	"maru/kernel"
)

// asked tells whether the page has a question.
func asked(v *visitor) bool { return v.there(`document.querySelector("[name=ask]")`) }

// TestMyBenefits is somebody who signs in, agrees once, sees what registers
// already settle, answers what they do not know, and applies with a form that is
// filled in: without script, and by keyboard in English.
func TestMyBenefits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, who string
		how       []how
	}{
		{"no script", "soon_65", []how{withoutScript}},
		{"keyboard", "mokpo_67", []how{byKeyboard, in(kernel.EN)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := resident(t, c.who, c.how...)
			v.open("/")
			v.press(v.T("app.nav.benefits"))
			v.press(v.T("benefit.consent.decline")) // to the check that anybody can make
			v.press(v.T("benefit.mine.instead"))
			v.reads(v.T("benefit.consent.title"), v.T("benefit.consent.sensitive"))
			v.snap("mine-consent")
			if c.who == "soon_65" { // the other agrees to nothing sensitive
				v.choose("sensitive", "yes")
			}
			v.press(v.T("benefit.consent.agree"))
			v.reads(v.T("benefit.consent.given"))
			v.snap("mine-first")

			// An answer that is none, or more than can be, is asked for again.
			tooMuch := ""
			v.pressFor(422, v.T("benefit.page.next"))
			for told := 0; asked(v); told++ {
				if v.there(`document.querySelector("[name=answer][inputmode=numeric]")`) && tooMuch == "" {
					tooMuch = v.T("benefit.error.answer")
					v.write("answer", "99999999999999")
					v.pressFor(422, v.T("benefit.page.next"))
					v.reads(tooMuch)
				}
				if told > 80 {
					t.Fatal("the questions do not end")
				}
				if told == 1 {
					v.press(v.T("benefit.page.skip"))
					continue
				}
				answerNext(v)
			}
			v.reads(v.T("benefit.page.done"), v.T("benefit.mine.told"), v.T("benefit.mine.not_known"))
			v.snap("mine")

			// What was told can be looked at, answered anew and deleted.
			change := v.T("ui.change")
			v.press(change)
			v.reads(v.T("benefit.mine.again"))
			answerNext(v)
			v.press(change)
			v.press(v.T("benefit.mine.forget"))
			v.reads(v.T("benefit.mine.forgotten"))
			v.press(v.T("benefit.mine.withdraw"))
			v.reads(v.T("benefit.consent.service"), v.T("mydata.not_kept"))
			if c.who == "soon_65" { // and takes that part back alone
				v.reads(v.T("mydata.sensitive"))
				v.snap("mine-my-data")
				v.press(v.T("mydata.withdraw_sensitive") + " " + v.T("benefit.consent.service"))
				v.reads(v.T("mydata.withdrawn_sensitive"))
				v.open("/benefits/mine")
				v.press(v.T("benefit.mine.declined_link"))
				v.reads(v.T("benefit.consent.sensitive_free"))
				v.open("/my-data")
			}
			v.reads(v.T("mydata.declined"))
		})
	}
}

// TestMyBenefitsApply begins an application on the page of benefits and takes
// the consent back afterwards: what was told is gone with it.
func TestMyBenefitsApply(t *testing.T) {
	t.Parallel()
	v := resident(t, "single_parent")
	v.open("/benefits/mine")
	v.press(v.T("benefit.consent.agree"))
	for told := 0; asked(v) && told < 3; told++ {
		answerNext(v)
	}
	v.press(v.T("benefit.page.apply") + " 첫만남이용권")
	v.reads(v.T("casework.consent.title"))
	v.press(v.T("casework.consent.agree"))
	v.reads(v.T("casework.task.filled"))
	v.snap("mine-applied")

	v.open("/my-data")
	v.reads(v.T("benefit.consent.service"))
	v.press(v.T("mydata.withdraw") + " " + v.T("benefit.consent.service"))
	v.open("/benefits/mine")
	v.reads(v.T("benefit.consent.title"))
	v.open("/access-log")
	v.reads(v.T("benefit.purpose.mine"))
}

// TestBenefitsApply answers the check that anybody can make, applies from there,
// lets no register be asked, and finds the answers in the form all the same.
func TestBenefitsApply(t *testing.T) {
	t.Parallel()
	v := resident(t, "disability")
	v.open("/benefits")
	v.pick("members", "1")
	v.press(v.T("benefit.page.begin"))
	apply := v.T("benefit.page.apply") + " 기초연금"
	for asked(v) && !v.has(apply) {
		answerNext(v)
	}
	v.press(apply)
	v.reads(v.T("casework.consent.title"))
	v.press(v.T("casework.consent.decline"))
	v.reads(v.T("casework.task.told"))
	v.snap("mine-told")
	v.press(kernel.Text{KO: "생년월일"}.KO)
	v.reads(v.T("casework.source.told", "date", today()))
	v.snap("mine-told-question")
}

// TestMyBenefitsUnproven tells who is not known to be a person what to do.
func TestMyBenefitsUnproven(t *testing.T) {
	t.Parallel()
	v := visit(t)
	v.open("/register")
	v.write("login", "benefit.nobody")
	v.write("name", "여정주민")
	v.write("password", password)
	v.press(v.T("identity.register.go"))
	v.open("/benefits/mine")
	v.reads(v.T("benefit.mine.prove_title"))
	v.press(v.T("benefit.mine.by_hand"))
}
