package journeys

import (
	"strings"
	"testing"

	"maru/kernel"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestConversation: cards and one question; its reply finds more, and can be
// taken back; the application begins with what was said, corrected by the
// person, who signs in on the way.
func TestConversation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		how  []how
		lang kernel.Lang
		said string
		move string
	}{
		{"Korean without script", []how{withoutScript}, kernel.KO, "어제 강릉시로 이사했어요", "전입신고"},
		{"English by keyboard", []how{in(kernel.EN), byKeyboard}, kernel.EN, "I moved to Gangneung yesterday", "Moving-in report"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := visit(t, c.how...)
			v.open("/")
			if hidden := eval[bool](v, `document.querySelector("[data-speak]").hidden && document.querySelector("[id$=-speak]").hidden`); hidden != v.noScript {
				t.Errorf("the button to speak is hidden: %t", hidden)
			}
			v.write("q", map[kernel.Lang]string{kernel.KO: "돈이 필요해요", kernel.EN: "I need some help with money"}[c.lang])
			v.press(v.T("ask.find"))
			v.reads(v.T("ask.question.lead"), v.T("ask.reply.skip"))
			v.snap("talk-question")
			question := v.text("#talk-question")
			v.press(v.T("ask.reply.skip"))
			v.reads(question, v.T("ask.reply.skip"))
			if strings.Contains(eval[string](v, `location.href`), "r=") || strings.Contains(eval[string](v, `location.href`), "q=") {
				t.Error("words are in the address")
			}
			v.snap("talk-replied")
			v.press(v.T("ask.reply.undo") + " " + question)
			if got := v.text("#talk-question"); got != question {
				t.Errorf("asks %q, not %q again", got, question)
			}

			v.write("q", c.said)
			v.press(v.T("ask.find"))
			v.reads(c.move)
			v.snap("talk-cards")
			v.press(v.T("ask.start.press") + " " + c.move)
			v.press(v.T("identity.sign_in.demo_go"))
			v.signInAs("turned_65")
			v.reads(v.T("ask.start.title"), c.move, v.T("ask.start.drop"))
			v.snap("talk-understood")
			// A day that is none is asked for again; one that is left out is none.
			v.date("moved_on", "2025-02-31")
			v.pressFor(422, v.T("ask.start.go"))
			v.date("moved_on", "2025-01-02")
			v.press(v.T("ask.start.go"))
			v.reads(v.T("ask.start.taken"))
			v.snap("talk-begun")
		})
	}
}

// TestNoneOfThese: where nothing fits there are people, offices and what happens
// in life; the words are kept only if the person says so, without what tells who
// they are; and planners read what is asked for.
func TestNoneOfThese(t *testing.T) {
	t.Parallel()
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			v := visit(t, in(l), withoutScript)
			v.open("/ask")
			v.write("q", map[kernel.Lang]string{kernel.KO: "마을버스를 새로 놓아 주세요 010-1234-5678", kernel.EN: "please run a new village bus, call 010-1234-5678"}[l])
			v.press(v.T("ask.find"))
			v.press(v.T("ask.missed.press"))
			v.reads(v.T("ask.missed.person"), v.T("ask.events"), v.T("ask.missed.tell"), v.T("ask.missed.hours"))
			if strings.Contains(eval[string](v, `document.documentElement.outerHTML`), "1234-5678") {
				t.Error("the number comes back")
			}
			v.snap("none-of-these")
			v.pressFor(422, v.T("ask.missed.send"))
			v.choose("agree", "yes")
			v.press(v.T("ask.missed.send"))
			v.reads(v.T("ask.missed.kept"))

			// Who plans services reads what is missing, once enough said it.
			o := visit(t, in(l))
			o.open("/admin/roles")
			o.press(o.T("identity.sign_in.demo_go"))
			o.press(o.T("identity.demo.name.operator1"))
			o.press(o.T("app.nav.unmet"))
			o.reads(o.T("ask.unmet.title"), o.T("ask.unmet.small"))
			o.snap("unmet")
			if status, kind := o.fetches("/ask/unmet/table.csv"); status != 200 || !strings.HasPrefix(kind, "text/csv") {
				t.Errorf("the table: %d %s", status, kind)
			}

			v.write("q", map[kernel.Lang]string{kernel.KO: "마을버스", kernel.EN: "village bus"}[l])
			v.press(v.T("ask.find"))
			v.press(v.T("ask.missed.press"))
			v.pressFor(422, v.T("ask.missed.office"))
			v.pick("region", "11440")
			v.press(v.T("ask.missed.office"))
			v.reads(map[kernel.Lang]string{kernel.KO: "마포구", kernel.EN: "Mapo"}[l])
		})
	}
}

// TestSpeaking: where the browser can listen, what was said stands in the box
// and is sent by the person alone; where it cannot, there is no button.
func TestSpeaking(t *testing.T) {
	t.Parallel()
	deaf := visit(t)
	deaf.before(`delete window.webkitSpeechRecognition; delete window.SpeechRecognition;`)
	deaf.open("/ask")
	if !eval[bool](deaf, `document.querySelector("[data-speak]").hidden && document.querySelector("[id$=-speak]").hidden`) {
		t.Error("a button to speak although nobody listens")
	}
	deaf.write("q", "이사했어요")
	deaf.press(deaf.T("ask.find"))
	deaf.reads("전입신고")

	v := visit(t)
	v.before(`window.SpeechRecognition = class {
  start() { this.onresult({results: [[{transcript: "어제 "}], [{transcript: "이사했어요"}]]}); setTimeout(() => this.onend(), 0); }
  stop() {} abort() {}
};`)
	v.open("/ask")
	v.reads(v.T("ui.speak_note"))
	v.snap("speaking")
	eval[bool](v, `(document.querySelector("[data-speak]").click(), true)`)
	if said := eval[string](v, `document.getElementById("q").value`); said != "어제 이사했어요" {
		t.Errorf("heard %q", said)
	}
	v.press(v.T("ask.find"))
	v.reads("전입신고")

	refused := visit(t, in(kernel.EN))
	refused.before(`window.SpeechRecognition = class { start() { this.onerror({error: "not-allowed"}); this.onend(); } stop() {} abort() {} };`)
	refused.open("/ask")
	eval[bool](refused, `(document.querySelector("[data-speak]").click(), true)`)
	refused.reads(refused.T("ui.speak_denied"))
}

// before has a script run in every page before its own.
func (v *visitor) before(script string) {
	v.t.Helper()
	_, err := chromedp.Call(v.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	v.must(err)
}
