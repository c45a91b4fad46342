package journeys

import (
	"fmt"
	"testing"

	"maru/kernel"
	"maru/platform/api/apitest"
)

// calls posts to the API as somebody of the try-out.
func calls(t *testing.T, who, path, body string) map[string]any {
	t.Helper()
	caller := apitest.Over(t, town.trial.URL)
	token, _ := caller.Done("POST", "/demo/sign-in", fmt.Sprintf(`{"person":%q}`, who))["token"].(string)
	return caller.As(token).Done("POST", path, body)
}

// TestRegisters: operators define a register, an official of the body looks a
// record up and says what for, and whom it is about sees it.
func TestRegisters(t *testing.T) {
	t.Parallel()
	who := castOf(t, "turned_65_spouse")
	proposed := calls(t, "operator-1", "/registers", `{"code":"dogs","agency":"sigungu-11110","version":"1","name":{"ko":"동물등록대장","en":"Register of animals"},"basis":"동물보호법 제15조","key":"tag","person":"owner","unique":[["chip"]],
		"fields":[{"id":"tag","type":"string","title":{"ko":"등록번호","en":"Number"}},{"id":"owner","type":"string","title":{"ko":"소유자","en":"Owner"}},{"id":"name","type":"string","title":{"ko":"동물 이름","en":"Name of the animal"},"required":true},
		{"id":"chip","type":"integer","title":{"ko":"장치번호","en":"Chip"}},{"id":"vaccinated","type":"boolean","title":{"ko":"예방접종","en":"Vaccinated"}},{"id":"home","type":"object","title":{"ko":"사는 곳","en":"Home"},"fields":[{"id":"floor","type":"integer","title":{"ko":"층","en":"Floor"}}]}]}`)
	calls(t, "operator-2", "/registers/dogs/versions/1/confirmation", fmt.Sprintf(`{"hash":%q}`, proposed["hash"]))
	calls(t, "official-sigungu-11110", "/desk/registers/dogs/records?purpose=keep",
		fmt.Sprintf(`{"fields":{"tag":"11110-1","owner":%q,"name":"보리","chip":410097800000001,"vaccinated":true,"home":{"floor":3}}}`, who.ID))
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			o := official(t, map[kernel.Lang]string{kernel.KO: "종로구청", kernel.EN: "Jongno-gu Office"}[l], false, in(l), withoutScript)
			o.press(o.T("casework.desk.registers"))
			o.snap("registers")
			o.press(map[kernel.Lang]string{kernel.KO: "동물등록대장", kernel.EN: "Register of animals"}[l])
			o.snap("register")
			o.pressFor(422, o.T("registry.one.go"))
			o.write("key", "11110-9")
			o.choose("purpose", "decide")
			o.press(o.T("registry.one.go"))
			o.reads(o.T("registry.one.not_found"))
			o.write("key", "11110-1")
			o.press(o.T("registry.one.go"))
			o.reads("보리", "410097800000001", o.T("registry.value.yes"))
			o.snap("register-record")
			o.openFor(404, "/desk/registers/nothing")

			p := resident(t, "turned_65_spouse", in(l), withoutScript)
			p.openFor(403, "/desk/registers")
			p.open("/access-log")
			p.reads(p.T("registry.act.read"), p.T("registry.purpose.decide"), "동물보호법 제15조")
		})
	}
}
