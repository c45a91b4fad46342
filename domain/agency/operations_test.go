package agency_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"maru/domain/agency"
	"maru/kernel"
	"maru/platform/api/apitest"
	"maru/platform/clock"
)

func TestOperations(t *testing.T) {
	version := "1"
	now := clock.NewManual(kernel.TimeOf(day("2026-01-05").In(kernel.Seoul)))
	caller := apitest.NewAt(t, now, agency.New(agency.Deps{Packs: packs{&version}, Clock: now}).Module().Operations, nil, agency.Messages())
	ask := func(path string) (int, string) {
		code, out := caller.Do(http.MethodGet, path, "")
		return code, string(out)
	}
	tests := []struct {
		name, on, path string
		status         int
		has, hasNot    []string
	}{
		{"regions", "2026-01-05", "/regions", 200,
			[]string{`{"code":"28110","name":"중구","province":"인천광역시"}`, `"52130"`, `"41590"`}, []string{`"28125"`, `"41591"`, `"12300"`}},
		{"regions after a change", "2026-07-01", "/regions?lang=en", 200,
			[]string{`{"code":"28125","name":"Jemulpo-gu","province":"Incheon"}`, `{"code":"41591","name":"Manse-gu, Hwaseong-si","province":"Gyeonggi-do"}`},
			[]string{`"28110"`, `"41590"`, `"29200"`}},
		{"bodies of a type", "2026-01-05", "/agencies?type=ministry&lang=en", 200,
			[]string{`{"agencies":[{"id":"new","name":"New Ministry","type":"ministry","phone":"110"}]}`}, nil},
		{"bodies made by rule", "2026-01-05", "/agencies?type=sigungu", 200,
			[]string{`{"id":"sigungu-11110","name":"종로구청","type":"sigungu"}`}, []string{"new", "phone", "28125"}},
		{"every body", "2026-01-05", "/agencies", 200, []string{`"new"`, `"labour-seoul"`, `"sido-52"`, `"sigungu-11110"`}, []string{`"old"`}},
		{"no such type", "2026-01-05", "/agencies?type=guild&lang=en", 422, []string{`"field":"type"`, "no such type of body"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now.Set(kernel.TimeOf(day(tt.on).In(kernel.Seoul)))
			status, body := ask(tt.path)
			if status != tt.status || !json.Valid([]byte(body)) {
				t.Fatalf("%d %s", status, body)
			}
			for _, want := range tt.has {
				if !strings.Contains(body, want) {
					t.Errorf("no %s in %s", want, body)
				}
			}
			for _, no := range tt.hasNot {
				if strings.Contains(body, no) {
					t.Errorf("%s in %s", no, body)
				}
			}
		})
	}
}
