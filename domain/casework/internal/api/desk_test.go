package api_test

import (
	"fmt"
	"testing"

	"maru/domain/casework/internal/casetest"
	"maru/platform/authz"
)

// TestDeskTogether: teams, absence, hand-over, comments and views over the API.
func TestDeskTogether(t *testing.T) {
	w := casetest.SQLite(t)
	c := newClient(t, w)
	kim, lee, boss := w.Hire("kim", "north"), w.Hire("lee", "north"), w.Manager("boss", "north")
	hana := w.Resident("person-1")
	body := fmt.Sprintf(`{"name":{"ko":"팀","en":"Team"},"leads":[%q],"members":[%q]}`, kim.Account, lee.Account)

	c.do(kim, "POST", "/desk/teams", "t", body, 403)
	c.do(boss, "POST", "/desk/teams", "t", `{}`, 422)
	team := c.do(boss, "POST", "/desk/teams", "t", body, 201)
	if again := c.do(boss, "POST", "/desk/teams", "t", body, 201); again["id"] != team["id"] {
		t.Errorf("again %v", again)
	}
	if got := c.do(lee, "GET", "/desk/teams", "", "", 200); len(got["teams"].([]any)) != 1 {
		t.Errorf("teams %v", got)
	}
	c.do(hana, "GET", "/desk/teams", "", "", 403)
	c.do(kim, "PUT", "/desk/teams/"+team["id"].(string), "", fmt.Sprintf(`{"members":[%q]}`, lee.Account), 200)
	if got := c.do(boss, "GET", "/desk/colleagues", "", "", 200); len(got["colleagues"].([]any)) != 2 {
		t.Errorf("colleagues %v", got)
	}

	id := c.do(hana, "POST", "/applications", "k", petition, 201)["id"].(string)
	desk := "/desk/cases/" + id
	list := func(who authz.Actor, view string) int {
		return len(c.do(who, "GET", "/desk/views/"+view, "", "", 200)["cases"].([]any))
	}
	if list(lee, "unassigned") != 1 || list(lee, "mine") != 0 || list(kim, "team?limit=1") != 1 {
		t.Error("a new case is not in the team's queue")
	}
	c.do(kim, "GET", "/desk/views/shoe", "", "", 422)
	c.do(kim, "GET", "/desk/views/all?cursor=-", "", "", 422)
	c.do(kim, "POST", desk+"/handover", "h", fmt.Sprintf(`{"to":%q,"note":"부탁해요"}`, lee.Account), 200)
	notes := c.do(lee, "GET", "/desk/notes", "", "", 200)["notes"].([]any)
	if len(notes) != 1 || list(lee, "mine") != 1 {
		t.Errorf("notes %v", notes)
	}
	c.do(lee, "POST", "/desk/notes/"+notes[0].(map[string]any)["id"].(string)+"/seen", "", "", 200)
	c.do(lee, "POST", desk+"/handover/answer", "a", `{"answer":"decline"}`, 422)
	c.do(lee, "POST", desk+"/handover/answer", "a", `{"answer":"take_up"}`, 200)
	c.do(kim, "POST", desk+"/handover/answer", "b", `{"answer":"take_back"}`, 409)
	c.do(lee, "POST", desk+"/comments", "c", `{"text":"메모 @kim"}`, 201)
	c.do(lee, "POST", desk+"/comments", "c", `{"text":"메모 @kim"}`, 201)
	if got := c.do(kim, "GET", desk+"/comments", "", "", 200)["comments"].([]any); len(got) != 1 {
		t.Errorf("comments %v", got)
	}
	c.do(hana, "GET", desk+"/comments", "", "", 403)
	c.do(w.Hire("cho", "south"), "GET", desk+"/comments", "", "", 404)
	c.do(kim, "PUT", desk+"/follow", "", `{"on":true}`, 200)

	day := w.Today().String()
	away := c.do(lee, "POST", "/desk/absences", "w", fmt.Sprintf(`{"deputy":%q,"from":%q,"until":%q}`, kim.Account, day, day), 201)
	if list(kim, "mine") != 1 || list(lee, "mine") != 0 || len(c.do(lee, "GET", "/desk/absences", "", "", 200)["absences"].([]any)) != 1 {
		t.Error("the deputy does not act")
	}
	c.do(lee, "DELETE", "/desk/absences/"+away["id"].(string), "", "", 200)
	if got := c.do(boss, "GET", "/desk/workload", "", "", 200)["teams"].([]any); len(got) != 2 {
		t.Errorf("workload %v", got)
	}
	c.do(lee, "GET", "/desk/workload", "", "", 403)
	if got := c.do(lee, "POST", "/desk/handover", "", fmt.Sprintf(`{"to":%q}`, kim.Account), 200); got["moved"] != 1.0 {
		t.Errorf("all of it: %v", got)
	}
	c.do(boss, "DELETE", "/desk/teams/"+team["id"].(string), "", "", 200)
}
