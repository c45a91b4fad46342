package web_test

import (
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
)

func (s *site) newerForm() {
	hana := s.w.Resident("person-1")
	path := s.start(hana, "petition")
	for question, v := range map[string]string{"subject": "가로등", "content": "꺼졌어요.", "body": "north"} {
		s.post(hana, path+"/questions/"+question, answer(question, v), other)
	}
	s.get(hana, path+"/check", ok)
	s.w.Catalog.Change("petition", func(svc *catalog.Service) {
		svc.Questions = append(svc.Questions, catalog.Question{ID: "phone", Type: "text", Title: kernel.Text{KO: "전화번호", EN: "Phone"}})
	})
	page := s.post(hana, path+"/submit", answer("key", "k"), clash)
	s.has(page, s.say("casework.error.definition_changed"), map[kernel.Lang]string{kernel.KO: "전화번호", kernel.EN: "Phone"}[s.lang], s.say("casework.check.missing"))
	s.has(s.get(hana, path+"/questions/phone", ok), s.say("casework.question.next"))
	s.post(hana, path+"/questions/phone", answer("phone", "110"), other)
	s.leads(s.post(hana, path+"/submit", answer("key", "k"), other), path+"/done")
}
