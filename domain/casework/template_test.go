package casework_test

import (
	"strings"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
)

func TestTemplates(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim, park := w.Official("kim", "north"), w.Official("park", "south")
		for field, bad := range map[string]casework.Template{
			"title":   {Body: "안녕하세요."},
			"body":    {Title: "인사", Body: "안녕하세요, {이름} 님."},
			"service": {Title: "인사", Body: "안녕하세요.", Service: "nothing"},
		} {
			_, err := w.SaveTemplate(t.Context(), kim, bad)
			if !kernel.Is(err, kernel.Invalid) || !strings.Contains(err.Error(), field) {
				t.Errorf("%s: %v", field, err)
			}
		}
		_, err := w.SaveTemplate(t.Context(), w.Resident("person-1"), casework.Template{Title: "나", Body: "나"})
		wantKind(t, err, kernel.Forbidden)
		one, err := w.SaveTemplate(t.Context(), kim, casework.Template{Title: "고침", Body: "{name} 님, {service} {number}번을 {agency}에서 {due}까지 처리해요.", Service: "petition"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.SaveTemplate(t.Context(), kim, casework.Template{Title: "인사", Body: "안녕하세요."}); err != nil {
			t.Fatal(err)
		}
		for service, want := range map[string]int{"": 2, "petition": 2, "move": 1} {
			if l, err := w.Templates(t.Context(), kim, "", service); err != nil || len(l) != want {
				t.Errorf("for %q: %d, %v", service, len(l), err)
			}
		}
		if l, err := w.Templates(t.Context(), park, "", ""); err != nil || len(l) != 0 {
			t.Errorf("another agency sees %d, %v", len(l), err)
		}
		_, err = w.Template(t.Context(), park, one.ID)
		wantKind(t, err, kernel.NotFound)
		wantKind(t, w.DeleteTemplate(t.Context(), park, one.ID), kernel.NotFound)

		a := submitted(t, w)
		got := w.Fill(one, look(t, w, a), kernel.KO)
		if strings.Contains(got, "{") || !strings.Contains(got, a.Number) {
			t.Errorf("filled %q", got)
		}

		stale := *one
		one.Body = "고쳤어요."
		if one, err = w.SaveTemplate(t.Context(), kim, *one); err != nil || one.Rev != 2 {
			t.Fatalf("%+v, %v", one, err)
		}
		_, err = w.SaveTemplate(t.Context(), kim, stale)
		wantError(t, err, kernel.Conflict, "casework.error.template_changed")
		if err := w.DeleteTemplate(t.Context(), kim, one.ID); err != nil {
			t.Fatal(err)
		}
		_, err = w.Template(t.Context(), kim, one.ID)
		wantKind(t, err, kernel.NotFound)
	})
}
