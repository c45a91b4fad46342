package web_test

import (
	"net/url"
	"strings"

	"maru/platform/authz"
)

// codes hands a code on, renews it, and opens the request with it.
func (s *site) codes(applicant, signer authz.Actor, path, sign string) {
	code := func() string {
		all, err := s.w.Codes(s.t.Context(), applicant, s.newest(applicant).ID)
		if err != nil || len(all) != 1 {
			s.t.Fatalf("%v, %v", all, err)
		}
		for _, c := range all {
			s.has(s.get(applicant, path, ok), c.Code, s.say("casework.code.renew"))
			return c.Code
		}
		return ""
	}
	old := code()
	s.w.Clock.Advance(1e9)
	s.leads(s.post(applicant, path+"/parties/"+strings.TrimPrefix(sign, "/signatures/")+"/code", answer("key", "c1"), other), path)
	s.has(s.get(signer, "/applications", ok), s.say("casework.code.link"))
	s.has(s.get(signer, "/confirm", ok), s.say("casework.code.lead"))
	s.has(s.post(signer, "/confirm", url.Values{}, wrong), s.say("casework.error.code_missing"))
	s.has(s.post(signer, "/confirm", answer("code", old), wrong), s.say("casework.error.code_wrong"), s.say("casework.code.name_note"))
	s.leads(s.post(signer, "/confirm", answer("code", code()), other), sign)
	s.has(s.get(signer, sign, ok), s.say("casework.signature.means.cosigner"), s.say("casework.signature.only"))
}
