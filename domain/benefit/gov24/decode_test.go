package gov24_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"maru/domain/benefit/gov24"
	"maru/domain/benefit/gov24/catalogue"
)

func TestDecode(t *testing.T) {
	const page = `{"page":1,"perPage":2,"totalCount":2,"currentCount":2,"matchCount":2,"data":[
		{"서비스ID":"A1","서비스명":"가","JA0101":"Y","JA0102":null,"JA0110":19,"JA0111":"34","JA0328":" ","JA0999":"Y"},
		{"서비스ID":105,"JA0201":"N","JA0110":null}]}`
	for _, text := range []string{page, "\xef\xbb\xbf" + page, `[{"서비스ID":"A1","서비스명":"가","JA0101":"Y","JA0110":19,"JA0111":34,"JA0999":"y"}] [{"서비스ID":"105"}]`} {
		rows, err := gov24.Decode[gov24.Conditions](strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		a, b := rows[0], rows[1]
		if len(rows) != 2 || a.ID != "A1" || a.Name != "가" || !slices.Equal(a.Codes, []string{"JA0101"}) || a.AgeFrom != 19 || a.AgeTo != 34 || !slices.Equal(a.Strange, []string{"JA0999"}) {
			t.Errorf("%+v", a)
		}
		if b.ID != "105" || len(b.Codes) != 0 || b.AgeFrom != -1 || b.AgeTo != -1 {
			t.Errorf("%+v", b)
		}
	}
	for text, want := range map[string]string{
		`{"code":-401,"msg":"key"}`: "-401",
		`{"data":[{"JA0110":"x"}]}`: "no whole number",
		`{"data":[{"JA0110":-1}]}`:  "no age",
		`<html>`:                    "no JSON",
		`3`:                         "no page",
		`[[]]`:                      "gov24",
	} {
		if _, err := gov24.Decode[gov24.Conditions](strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestReadFiles(t *testing.T) {
	p, err := catalogue.Make(1, 30, 10, provinces(t))
	if err != nil {
		t.Fatal(err)
	}
	dir := fstest.MapFS{
		"serviceList_1.json": {Data: p.List[0]}, "serviceList_2.json": {Data: slices.Concat(p.List[1], p.List[2])},
		"supportConditions.json": {Data: slices.Concat(p.Conditions...)},
	}
	c, err := gov24.ReadFiles(dir)
	if err != nil || len(c.Services) != 30 || len(c.Conditions) != 30 || len(c.Details) != 0 {
		t.Fatalf("%v: %d services, %d rows", err, len(c.Services), len(c.Conditions))
	}
	delete(dir, "supportConditions.json")
	if _, err := gov24.ReadFiles(dir); err == nil || !strings.Contains(err.Error(), "supportConditions") {
		t.Error(err)
	}
}

// FuzzImport: whatever a file holds, reading ends in rows or an error, and what
// is imported has rules with conditions.
func FuzzImport(f *testing.F) {
	p, err := catalogue.Make(2, 5, 5, provinces(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.List[0], p.Conditions[0])
	f.Add([]byte(`[{"서비스ID":"A1","서비스명":"가","사용자구분":"개인","소관기관유형":"시군구","소관기관명":"경기도 이천시","조회수":"1,2"}]`), []byte(`[{"서비스ID":"A1","JA0110":"0","JA0111":1000,"JA0201":"Y","JA0203":1}]`))
	f.Add([]byte(`null`), []byte(`[null]`))
	where, words := provinces(f), texts(f)
	f.Fuzz(func(t *testing.T, list, conditions []byte) {
		services, err := gov24.Decode[gov24.Service](bytes.NewReader(list))
		if err != nil {
			return
		}
		rows, err := gov24.Decode[gov24.Conditions](bytes.NewReader(conditions))
		if err != nil {
			return
		}
		out, report := gov24.Import(gov24.Catalogue{Services: services, Conditions: rows}, where, words)
		left := 0
		for _, ids := range report.LeftOut {
			left += len(ids)
		}
		if len(out)+left != len(services) {
			t.Errorf("%d of %d: %+v", len(out), len(services), report)
		}
		for _, p := range out {
			if len(p.Benefit.Conditions) == 0 {
				t.Errorf("%s has no condition", p.ID)
			}
		}
	})
}
