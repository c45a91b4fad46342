package api_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
)

// TestField plans an inspection, sends a photo and the findings twice, and lists.
func TestField(t *testing.T) {
	w := casetest.SQLite(t)
	c := newClient(t, w)
	kim, park := w.Official("kim", "north"), w.Official("park", "south")
	a, err := w.Apply(t.Context(), w.Resident("person-1"), casework.Submission{Service: "petition", Key: "inspection", Answers: map[string]kernel.Value{
		"subject": kernel.TextOf("가로등"), "content": kernel.TextOf("꺼졌어요."), "body": kernel.TextOf("north")}})
	if err != nil {
		t.Fatal(err)
	}
	path := "/desk/cases/" + string(a.ID)
	c.do(kim, "POST", path+"/assign", "a", "", 200)
	plan := `{"day":"` + w.Today().String() + `","address":"새로 7","checks":["등"]}`
	c.do(park, "POST", path+"/inspections", "v", plan, 404)
	c.do(kim, "POST", path+"/inspections", "w", `{"day":"2001-01-01","checks":[]}`, 422)
	v := c.do(kim, "POST", path+"/inspections", "v", plan, 201)
	if again := c.do(kim, "POST", path+"/inspections", "v", plan, 201); again["id"] != v["id"] {
		t.Errorf("planned twice: %v", again)
	}
	inspection := "/desk/inspections/" + v["id"].(string)
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	c.do(kim, "POST", inspection+"/photos", "p", "no photo", 422)
	p := c.do(kim, "POST", inspection+"/photos?caption=x", "p", picture.String(), 201)
	if again := c.do(kim, "POST", inspection+"/photos?caption=x", "p", picture.String(), 201); again["id"] != p["id"] {
		t.Errorf("sent twice: %v", again)
	}
	if l := c.do(kim, "GET", "/desk/inspections", "", "", 200)["inspections"].([]any); len(l) != 1 {
		t.Errorf("to make: %v", l)
	}
	record := `{"result":"differs","done":[0],"notes":"꺼졌어요.","position":{"latitude":37.5,"longitude":127,"accuracy":5,"at":"2026-03-02T01:00:00Z"}}`
	c.do(kim, "POST", inspection+"/record", "e", `{"result":"fine","done":[]}`, 422)
	c.do(kim, "POST", inspection+"/record", "e", record, 200)
	c.do(kim, "POST", inspection+"/record", "e", record, 200)
	c.do(kim, "POST", inspection+"/record", "f", record, 409)
	c.do(park, "GET", path+"/inspections", "", "", 404)
	l := c.do(kim, "GET", path+"/inspections", "", "", 200)["inspections"].([]any)
	if len(l) != 1 || len(l[0].(map[string]any)["photos"].([]any)) != 1 || l[0].(map[string]any)["findings"] == nil {
		t.Errorf("%v", l)
	}
}
