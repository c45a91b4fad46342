package api_test

import (
	"fmt"
	"testing"

	"maru/domain/casework/internal/casetest"
)

// TestBundle applies for two services in one go.
func TestBundle(t *testing.T) {
	w := casetest.SQLite(t)
	c := newClient(t, w)
	who := w.Resident("person-1")
	c.do(who, "POST", "/bundles", "", `{"life_event":"spring","services":["move"]}`, 422)
	c.do(who, "POST", "/bundles", "", `{"life_event":"autumn","services":["move","petition"]}`, 404)
	b := c.do(who, "POST", "/bundles", "", `{"life_event":"spring","services":["move","petition"]}`, 201)
	path := fmt.Sprintf("/bundles/%s", b["id"])
	if again := c.do(who, "POST", "/bundles", "", `{"life_event":"spring","services":["move","petition"]}`, 201); again["id"] != b["id"] {
		t.Errorf("a second bundle: %v", again["id"])
	}
	c.do(w.Resident("person-3"), "GET", path, "", "", 404)
	c.do(who, "GET", "/bundles/nonsense", "", "", 404)
	c.do(who, "POST", path+"/submit", "", "", 422)
	c.do(who, "POST", path+"/submit", "k1", "", 422)
	c.do(who, "PUT", path+"/answers", "", `{"answers":{"move.moved_on":"2027-01-01"}}`, 422)
	got := c.do(who, "PUT", path+"/answers", "", `{"answers":{"move.moved_on":"2026-03-01","move.new_region":"11110","move.new_address":"새로 7",
		"move.movers":["김하나"],"move.previous_address":"옛길 1","move.joins":false,"move.phone":"010-1111-1111",
		"petition.subject":"가로등","petition.content":"꺼졌어요.","petition.body":"north"}}`, 200)
	for _, q := range got["questions"].([]any) {
		if q := q.(map[string]any); q["required"] == true && q["answered"] != true {
			t.Errorf("not answered: %v", q)
		}
	}
	done := c.do(who, "POST", path+"/submit", "k2", "", 200)
	if apps := done["applications"].([]any); done["status"] != "submitted" || len(apps) != 2 || apps[0].(map[string]any)["number"] == "" {
		t.Errorf("handed in: %v", done)
	}
	if again := c.do(who, "POST", path+"/submit", "k2", "", 200); again["status"] != "submitted" {
		t.Errorf("again: %v", again)
	}
	c.do(who, "PUT", path+"/answers", "", `{"answers":{"petition.subject":"다른"}}`, 409)
}
