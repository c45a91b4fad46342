package said

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"maru/kernel"
)

// The cases are microsoft/Recognizers-Text's (MIT); they are read where they
// lie and are no part of this project.
const casesDir = "../../../shared/data/everyday-language/"

type specCase struct {
	Input   string
	Context struct{ ReferenceDateTime string }
	Results []struct {
		Text, TypeName string
		Resolution     json.RawMessage
	}
}

func specs(t *testing.T, model string) []specCase {
	t.Helper()
	dir := casesDir
	if d := os.Getenv("MARU_SHARED"); d != "" {
		dir = d
	}
	name := filepath.Join(dir, "recognizers-ko-"+model+".json.gz")
	f, err := os.Open(name)
	if err != nil {
		t.Skipf("%s is absent", name)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var out []specCase
	if err := json.Unmarshal(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// fewest holds a share of cases: less is a loss.
func fewest(t *testing.T, what string, right, of int, least float64) {
	t.Helper()
	t.Logf("%s: %d of %d", what, right, of)
	if of == 0 || float64(right) < least*float64(of) {
		t.Errorf("%s: %d of %d, at least %.0f %% were right once", what, right, of, 100*least)
	}
}

// TestRecognizersAge takes the cases that give an age in years or months with
// 살, 세 or 개월; "십 년" of a legend is a duration here.
func TestRecognizersAge(t *testing.T) {
	right, of := 0, 0
	for _, c := range specs(t, "AgeModel") {
		for _, r := range c.Results {
			if !strings.ContainsAny(r.Text, "살세") && !strings.Contains(r.Text, "개월") {
				continue
			}
			var want struct{ Value string }
			if err := json.Unmarshal(r.Resolution, &want); err != nil {
				t.Fatal(err)
			}
			of++
			if hasMeasure(c.Input, today, func(m Measure) bool {
				return (m.Kind == Age || m.Kind == Duration && strings.Contains(r.Text, "개월")) && strconv.FormatFloat(m.Value, 'f', -1, 64) == want.Value
			}) {
				right++
			} else {
				t.Logf("missed %q in %q", r.Text, c.Input)
			}
		}
	}
	fewest(t, "ages", right, of, 0.8)
}

// TestRecognizersMoney takes won, dollars, euros, yen, pounds, yuan and
// francs: what is told here.
func TestRecognizersMoney(t *testing.T) {
	right, of := 0, 0
	for _, c := range specs(t, "CurrencyModel") {
		for _, r := range c.Results {
			known := false
			for _, cur := range currencies {
				known = known || strings.HasSuffix(strings.ReplaceAll(r.Text, " ", ""), strings.ReplaceAll(cur.word, " ", ""))
			}
			var want struct{ Value string }
			if err := json.Unmarshal(r.Resolution, &want); err != nil || want.Value == "" || !known {
				continue
			}
			of++
			value, _ := strconv.ParseFloat(want.Value, 64)
			if hasMeasure(c.Input, today, func(m Measure) bool { return m.Kind == Money && math.Abs(m.Value-value) < 1e-6*max(1, value) }) {
				right++
			} else {
				t.Logf("missed %q (%s) in %q", r.Text, want.Value, c.Input)
			}
		}
	}
	fewest(t, "amounts of money", right, of, 0.85)
}

// TestRecognizersDates takes the cases that consist of days alone; times of
// day and ranges are not read.
func TestRecognizersDates(t *testing.T) {
	right, of := 0, 0
	for _, c := range specs(t, "DateTimeModel") {
		at, err := kernel.ParseDate(c.Context.ReferenceDateTime[:min(10, len(c.Context.ReferenceDateTime))])
		if err != nil {
			continue
		}
		for _, r := range c.Results {
			if r.TypeName != "datetimeV2.date" || !strings.ContainsFunc(r.Text, func(c rune) bool { return c >= 0xAC00 && c <= 0xD7A3 }) {
				continue
			}
			var want struct{ Values []struct{ Value string } }
			if err := json.Unmarshal(r.Resolution, &want); err != nil {
				t.Fatal(err)
			}
			of++
			if hasMeasure(c.Input, at, func(m Measure) bool {
				for _, v := range want.Values {
					if m.Kind == Date && (m.Date.String() == v.Value || !m.Other.IsZero() && m.Other.String() == v.Value) {
						return true
					}
				}
				return false
			}) {
				right++
			} else {
				t.Logf("missed %q %v in %q at %s: %+v", r.Text, want.Values, c.Input, at, Read(Clean(c.Input), at))
			}
		}
	}
	fewest(t, "days", right, of, 0.75)
}

// TestRecognizersDurations takes years to minutes; 한 시간 is an hour.
func TestRecognizersDurations(t *testing.T) {
	seconds := map[string]float64{"year": 365 * 86400, "month": 30 * 86400, "week": 7 * 86400, "day": 86400, "hour": 3600, "minute": 60, "second": 1}
	right, of := 0, 0
	for _, c := range specs(t, "DateTimeModel") {
		for _, r := range c.Results {
			if r.TypeName != "datetimeV2.duration" || !strings.ContainsFunc(r.Text, func(c rune) bool { return c >= 0xAC00 && c <= 0xD7A3 }) {
				continue
			}
			var want struct{ Values []struct{ Value string } }
			if err := json.Unmarshal(r.Resolution, &want); err != nil {
				t.Fatal(err)
			}
			of++
			if hasMeasure(c.Input, today, func(m Measure) bool {
				for _, v := range want.Values {
					n, _ := strconv.ParseFloat(v.Value, 64)
					if m.Kind == Duration && math.Abs(m.Value*seconds[m.Unit]-n) < 1 {
						return true
					}
				}
				return false
			}) {
				right++
			} else {
				t.Logf("missed %q %v in %q: %+v", r.Text, want.Values, c.Input, Read(Clean(c.Input), today))
			}
		}
	}
	fewest(t, "durations", right, of, 0.7)
}

// TestRecognizersNumbers reads whole inputs that are one whole or decimal
// number: how numbers are put together.
func TestRecognizersNumbers(t *testing.T) {
	right, of := 0, 0
	for _, c := range specs(t, "NumberModel") {
		if len(c.Results) != 1 || strings.TrimSpace(c.Input) != c.Results[0].Text {
			continue
		}
		var want struct{ Value, Subtype string }
		if err := json.Unmarshal(c.Results[0].Resolution, &want); err != nil || want.Subtype != "integer" && want.Subtype != "decimal" || strings.HasPrefix(want.Value, "-") || strings.HasPrefix(c.Results[0].Text, ".") {
			continue
		}
		of++
		s := newScan(Clean(strings.TrimSpace(c.Input)), today)
		v, end, _, ok := s.number(0)
		n, _ := strconv.ParseFloat(want.Value, 64)
		if ok && end == len(s.r) && math.Abs(v-n) < 1e-9*max(1, n) {
			right++
		} else {
			t.Logf("missed %q: %v, read %v up to %d", c.Input, n, v, end)
		}
	}
	fewest(t, "numbers", right, of, 0.8)
}

func hasMeasure(text string, at kernel.Date, is func(Measure) bool) bool {
	for _, m := range Read(Clean(text), at) {
		if is(m) {
			return true
		}
	}
	return false
}
