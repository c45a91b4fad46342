package api_test

import (
	"testing"

	"maru/domain/casework/internal/casetest"
)

// TestJoint asks another office over the API.
func TestJoint(t *testing.T) {
	w := casetest.SQLite(t)
	c := newClient(t, w)
	hana, kim, park := w.Resident("person-1"), w.Official("kim", "north"), w.Official("park", "south")
	id := c.do(hana, "POST", "/applications", "k", petition, 201)["id"].(string)
	until := w.Today().AddDays(2).String()
	c.do(kim, "POST", "/desk/cases/"+id+"/joint", "j", `{"agency":"south","ask":"어떤가요?","questions":["subject"],"until":"`+until+`"}`, 200)
	list := c.do(park, "GET", "/desk/joint", "", "", 200)["requests"].([]any)
	if len(list) != 1 {
		t.Fatalf("%v", list)
	}
	one := "/desk/joint/" + list[0].(map[string]any)["id"].(string)
	c.do(park, "POST", one+"/take", "t", "", 200)
	c.do(park, "POST", one+"/question", "q", `{"message":"어디요?"}`, 200)
	c.do(kim, "POST", one+"/reply", "r", `{"message":"여기요."}`, 200)
	c.do(kim, "POST", one+"/reminder", "m", "", 200)
	got := c.do(park, "GET", one, "", "", 200)
	if a := got["answers"].(map[string]any); len(a) != 1 || a["subject"] != "가로등" || len(got["timeline"].([]any)) != 5 {
		t.Errorf("%v", got)
	}
	c.do(kim, "GET", one, "", "", 404)
	c.do(kim, "POST", "/desk/cases/"+id+"/decision", "d", `{"decision":"replied","reason":"네"}`, 409)
	c.do(park, "POST", one+"/opinion", "a", `{"opinion":"agree","reason":"좋아요."}`, 200)
	c.do(kim, "POST", one+"/withdrawal", "w", `{"reason":"됐어요"}`, 409)
}

// TestAssist applies at the counter over the API.
func TestAssist(t *testing.T) {
	w := casetest.SQLite(t)
	c := newClient(t, w)
	kim := w.Official("kim", "north")
	begin := `{"service":"petition","name":"김하나","birth":"1990-05-04","sex":"female","region":"11110"}`
	one := "/counter/assists/" + c.do(kim, "POST", "/counter/assists", "b", begin, 200)["id"].(string)
	c.do(w.Official("lee", "north"), "GET", one, "", "", 404)
	c.do(kim, "POST", one+"/answers", "", `{"answers":{"subject":"가로등","content":"꺼졌어요","body":"north"}}`, 200)
	if made := c.do(kim, "POST", one+"/submission", "s", "", 200); made["status"] != "submitted" {
		t.Errorf("%v", made)
	}
	form := c.do(kim, "GET", one, "", "", 200)["form"].(map[string]any)
	if form["number"] == "" {
		t.Errorf("%v", form)
	}
}
