package journeys

import (
	"testing"

	"maru/kernel"
)

// TestPublicPages opens what needs no account, in both languages.
func TestPublicPages(t *testing.T) {
	t.Parallel()
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			v := visit(t, in(l))
			for _, path := range []string{"/help", "/privacy", "/accessibility", "/_ui", "/ask", "/check", "/sign-in", "/register", "/demo/sign-in"} {
				v.open(path)
			}

			v.open("/services")
			v.write("q", map[kernel.Lang]string{kernel.KO: "연금", kernel.EN: "pension"}[l])
			v.press(v.T("catalog.services.go"))
			v.press(map[kernel.Lang]string{kernel.KO: "기초연금", kernel.EN: "Basic pension"}[l])
			v.open("/services/general-petition")
			v.press(v.T("catalog.service.agency_more"))
			v.open("/services/resident-card-reissue")
			v.reads(v.T("catalog.service.directions"))
			v.open("/life-events")
			v.press(map[kernel.Lang]string{kernel.KO: "이사", kernel.EN: "Moving"}[l])

			// Somebody in need hears first where help is.
			v.open("/")
			v.write("q", map[kernel.Lang]string{kernel.KO: "죽고 싶어요", kernel.EN: "I want to die"}[l])
			v.press(v.T("ask.find"))
			if v.text("[role=alert]") == "" {
				t.Errorf("no word of help: %s", v.text("main"))
			}
			v.open("/")
			v.write("q", "ㅋㅋ ㅎㅎ qwzx")
			v.press(v.T("ask.find"))
		})
	}
}

// TestLanguageSwitch keeps the page.
func TestLanguageSwitch(t *testing.T) {
	t.Parallel()
	v := visit(t)
	v.open("/services/moving-in-report")
	v.lang = kernel.EN
	v.press("English")
	v.reads("Moving-in report")
	v.lang = kernel.KO
	v.press("한국어")
	v.reads("전입신고")
}

// TestErrorPages say what happened and what to do.
func TestErrorPages(t *testing.T) {
	t.Parallel()
	for _, l := range kernel.Langs {
		v := visit(t, in(l))
		for _, path := range []string{"/nowhere", "/services/none", "/life-events/none", "/agencies/none"} {
			v.openFor(404, path)
			v.reads(v.T("error.not_found.title"))
		}
		v.openFor(422, "/check/nonsense")
	}
	v := resident(t, "pregnant")
	for _, path := range []string{"/desk", "/admin/roles", "/counter/proofing"} {
		v.openFor(403, path)
		v.reads(v.T("error.forbidden.title"))
	}
	for _, path := range []string{"/applications/nonsense", "/applications/0199a0c4-8f00-7000-8000-000000000000", "/documents/D26-0000-0000-0000", "/notices/nonsense"} {
		v.openFor(404, path)
	}
}
