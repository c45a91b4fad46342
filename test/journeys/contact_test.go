package journeys

import (
	"regexp"
	"strings"
	"testing"

	"maru/kernel"
)

// TestContacts: somebody has news told by e-mail and text message, reads in the
// try-out's outbox what would have come, and removes the address again, which is
// told of safety all the same. In Korean without script.
func TestContacts(t *testing.T) {
	t.Parallel()
	sixDigits := regexp.MustCompile(`\b\d{6}\b`)
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			to, number := "journey.contact."+string(l)+"@example.kr", map[kernel.Lang]string{kernel.KO: "010-5550-0101", kernel.EN: "010-5550-0102"}[l]
			how := []how{in(l)}
			if l == kernel.KO {
				how = append(how, withoutScript)
			}
			v := visit(t, how...)
			v.open("/register")
			v.write("login", "journey.contact."+string(l))
			v.write("name", "여정주민")
			v.write("password", password)
			v.press(v.T("identity.register.go"))
			v.open("/account")
			v.press(v.T("identity.account.contacts"))
			v.open("/notices")
			v.press(v.T("notice.elsewhere"))
			v.reads(v.T("notice.contact.lead"), v.T("notice.contact.know_safety"))
			v.snap("contacts-none")
			v.write("mail", "주민@example.kr")
			v.pressFor(422, v.T("notice.contact.send_mail"))
			v.reads(v.T("notice.contact.wrong.mail"))
			v.write("mail", to)
			v.press(v.T("notice.contact.send_mail"))
			v.reads(v.T("notice.contact.sent"), v.T("notice.contact.is_waiting"))
			v.write("text", number)
			v.press(v.T("notice.contact.send_text"))
			v.snap("contacts-waiting")

			// What would have come stands in the outbox.
			came := func(to string) string {
				t.Helper()
				v.open("/demo/outbox")
				v.until(to)
				return eval[string](v, `[...document.querySelectorAll("article.outgoing")].filter(a => a.querySelector("h2").textContent === `+quote(to)+`).map(a => [...a.querySelectorAll("p")].map(p => p.textContent).join("\n"))[0]`)
			}
			code := sixDigits.FindString(came(to))
			text := sixDigits.FindString(came("+82" + strings.ReplaceAll(number, "-", "")[1:]))
			v.snap("outbox")
			v.open("/account/contact")
			wrong := "000000"
			if code == wrong {
				wrong = "000001"
			}
			v.write("code_mail", wrong)
			v.pressFor(422, v.T("notice.contact.prove"))
			v.reads(v.T("notice.contact.wrong_code"))
			v.snap("contacts-wrong-code")
			v.write("code_mail", code)
			v.press(v.T("notice.contact.prove"))
			v.reads(v.T("notice.contact.added"), v.T("notice.contact.topics"))
			v.write("code_text", text)
			v.press(v.T("notice.contact.prove"))
			v.snap("contacts-proven")
			v.choose("topics_mail", "reminders")
			v.choose("lang_mail", string(kernel.EN))
			v.press(v.T("notice.contact.choose"))
			v.reads(v.T("notice.contact.chosen"))

			v.press(v.T("notice.contact.remove"))
			v.reads(v.T("notice.contact.removed"), v.T("notice.contact.left"), "jo•••@example.kr")
			v.snap("contacts-left")
			if got := came(to); !strings.Contains(got, v.T("notice.out.subject.removed")) && !strings.Contains(got, "This address was removed") {
				t.Errorf("of being removed it reads %q", got)
			}
			if l == kernel.KO {
				return
			}
			v.open("/notices")
			v.reads(v.T("notice.title.contact_removed"), v.T("notice.title.contact_added"))
			v.press(v.T("notice.title.contact_removed"))
			v.press(v.T("notice.to_contacts"))
			v.write("mail", to)
			v.press(v.T("notice.contact.send_mail"))
			v.press(v.T("notice.contact.again"))
			v.press(v.T("notice.contact.cancel"))
			v.reads(v.T("notice.contact.removed"))
		})
	}
}
