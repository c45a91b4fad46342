package web_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web/webtest"
)

// sendField sends what a form or, in JSON, a phone sends of an inspection.
func (s *site) sendField(who authz.Actor, path string, phone bool, form url.Values, photo []byte, status int) *webtest.Page {
	s.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, values := range form {
		for _, v := range values {
			if err := m.WriteField(name, v); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	if photo != nil {
		f, err := m.CreateFormFile("photo", "IMG.jpg")
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := f.Write(photo); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, s.path(path), &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	s.Actor = who
	if !phone {
		return s.held("POST", path, s.Do(r), status)
	}
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	s.Server.Handler().ServeHTTP(w, r)
	if w.Code != status || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		s.t.Errorf("the phone gets %d, want %d: %.200s", w.Code, status, w.Body)
	}
	return &webtest.Page{Status: w.Code, Header: w.Header(), Body: w.Body.String()}
}

// field plans an inspection, takes it along, records it, reads its report and gives
// another one up.
func (s *site) field() {
	hana, kim, lee := s.w.Resident("person-1"), s.w.Official("kim", "north"), s.w.Official("lee", "north")
	a, err := s.w.Apply(s.t.Context(), hana, casework.Submission{Service: "petition", Key: "field",
		Answers: map[string]kernel.Value{"subject": kernel.TextOf("가로등"), "content": kernel.TextOf("꺼졌어요."), "body": kernel.TextOf("north")}})
	if err != nil {
		s.t.Fatal(err)
	}
	base := "/desk/cases/" + string(a.ID)
	s.has(s.get(kim, base+"/field", 200), s.say("casework.field.take_first"))
	s.post(kim, base+"/assign", answer("key", "f-assign"), 303)
	day := s.w.Today().String()
	plan := answer("key", "f-plan", "day-year", day[:4], "day-month", day[5:7], "day-day", day[8:], "address", "새로 7", "checks", "")
	s.has(s.post(kim, base+"/field", plan, 422), s.say("casework.field.error.no_checks"))
	plan.Set("checks", "등\n전선")
	here := strings.TrimPrefix(s.post(kim, base+"/field", plan, 303).Location(), strings.TrimSuffix(s.path("/"), "/"))
	inspection := here[strings.LastIndex(here, "/")+1:]
	s.has(s.get(kim, "/desk/field", 200), "새로 7", a.Number)
	s.lacks(s.get(lee, "/desk/field", 200), "새로 7")

	shell := s.get(authz.Actor{}, "/desk/field/phone", 200)
	if p := shell.Header.Get("Permissions-Policy"); !strings.Contains(p, "geolocation=(self)") || !strings.Contains(p, "camera=()") {
		s.t.Errorf("the phone's page may: %s", p)
	}
	s.Actor = kim
	s.seen["POST /desk/field/{inspection}/take"] = true
	if got := s.Do(httptest.NewRequest("POST", s.path("/desk/field/"+inspection+"/take"), nil)).Body; !strings.Contains(got, "새로 7") || strings.Contains(got, "김하나") {
		s.t.Errorf("taken along: %s", got)
	}

	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		s.t.Fatal(err)
	}
	to := "/desk/field/" + inspection
	s.has(s.sendField(kim, to, false, answer("act", "photo", "photo-key", "p"), nil, 422), s.say("casework.field.error.no_photo"))
	s.has(s.sendField(kim, to, false, answer("act", "photo", "photo-key", "p"), []byte("nothing"), 422), s.say("casework.field.error.photo"))
	s.sendField(kim, to, true, answer("act", "photo", "photo-key", "p", "caption", "기둥"), photo.Bytes(), 200)
	shown := s.sendField(kim, to, false, answer("act", "photo", "photo-key", "q", "notes", "쓰던 글"), photo.Bytes(), 200)
	s.has(shown, "기둥", "쓰던 글")
	c, err := s.w.Look(s.t.Context(), kim, a.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	inspections, err := s.w.InspectionsOf(s.t.Context(), c)
	if err != nil || len(inspections[0].Photos) != 2 {
		s.t.Fatalf("%+v, %v", inspections, err)
	}
	s.post(kim, to+"/photos/"+string(inspections[0].Photos[1].ID)+"/remove", nil, 303)
	s.get(kim, here+"/photos/"+string(inspections[0].Photos[1].ID), 404)
	s.Actor = kim
	if p := s.Do(httptest.NewRequest("GET", s.path(here+"/photos/"+string(inspections[0].Photos[0].ID)), nil)); p.Header.Get("Content-Type") != "image/jpeg" {
		s.t.Errorf("the photo is %d %s", p.Status, p.Header.Get("Content-Type"))
	}
	s.seen["GET /desk/cases/{id}/field/{inspection}/photos/{photo}"] = true

	found := answer("act", "record", "key", "f-rec", "result", "", "notes", "켜져 있어요.", "done", "1",
		"latitude", "37.5", "longitude", "127", "accuracy", "8", "located", "2026-03-02T01:00:00.000Z")
	s.has(s.sendField(kim, to, false, found, nil, 422), s.say("casework.field.error.result"))
	if got := s.sendField(lee, to, true, found, nil, 409).Body; !strings.Contains(got, s.say("casework.field.error.others")) {
		s.t.Errorf("a colleague is told %s", got)
	}
	found.Set("result", "confirmed")
	s.sendField(kim, to, true, found, nil, 200)
	s.leads(s.sendField(kim, to, false, found, nil, 303), here) // the answer was lost, sent again
	s.has(s.get(kim, here, 200), s.say("casework.field.report"), "켜져 있어요.", "37.50000", s.say("casework.field.checked"), s.say("casework.field.unchecked"))
	s.has(s.get(kim, base+"?inspection="+inspection, 200), "켜져 있어요.")

	s.w.Clock.Advance(time.Minute)
	plan.Set("key", "f-plan-2")
	next := s.post(kim, base+"/field", plan, 303).Location()
	s.leads(s.post(kim, "/desk/field/"+next[strings.LastIndex(next, "/")+1:]+"/drop", nil, 303), "/desk/field")
}
