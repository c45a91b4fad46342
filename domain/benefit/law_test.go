package benefit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"

	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/kernel"
)

// collected are figures of law that were gathered from public material apart
// from the pack, in won, by year and number of persons.
type collected struct {
	Note         string                      `json:"note"`
	Median       map[string]map[string]int64 `json:"median_income_monthly"`
	MedianSource map[string]string           `json:"median_income_source"`
	Rate         struct {
		Livelihood json.Number `json:"livelihood"`
		Medical    json.Number `json:"medical"`
		Housing    json.Number `json:"housing"`
		Education  json.Number `json:"education"`
		Years      string      `json:"years"`
		Rounding   string      `json:"rounding"`
	} `json:"basic_livelihood_rate"`
	Threshold    map[string]map[string][]int64 `json:"basic_livelihood_threshold"`
	BasicPension map[string]json.RawMessage    `json:"basic_pension"`
	Child        struct {
		Y2025       childYear        `json:"2025"`
		Y2026       childYear        `json:"2026"`
		Schedule    map[string]int64 `json:"age_below_schedule"`
		Retroactive string           `json:"retroactive"`
	} `json:"child_allowance"`
	Parental map[string]struct {
		Age0 int64 `json:"age_0_monthly"`
		Age1 int64 `json:"age_1_monthly"`
	} `json:"parental_benefit"`
	EITC struct {
		Law        string  `json:"law"`
		IncomeYear string  `json:"income_year"`
		Single     taxStep `json:"single"`
		One        taxStep `json:"one_earner"`
		Two        taxStep `json:"dual_earner"`
		Property   struct {
			LimitBelow int64 `json:"limit_below"`
			HalfFrom   int64 `json:"half_from"`
		} `json:"property"`
	} `json:"eitc"`
}

type childYear struct {
	AgeBelow int64  `json:"age_below"`
	Monthly  int64  `json:"monthly"`
	Regional string `json:"regional_extra"`
}

type taxStep struct {
	RisesTo int64 `json:"in_to"`
	FlatTo  int64 `json:"flat_to"`
	OutTo   int64 `json:"out_to"`
	Max     int64 `json:"max"`
}

type pensionYear struct {
	Max           int64 `json:"max"`
	CoupleTotal   int64 `json:"couple_total_max"`
	LimitSingle   int64 `json:"limit_single"`
	LimitCouple   int64 `json:"limit_couple"`
	WorkDeduction int64 `json:"work_deduction"`
}

func readCollected(t *testing.T) collected {
	t.Helper()
	const file = "../../../shared/data/kr-parameters.json"
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not here: the pack's parameters are compared with nothing", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var c collected
	dec := json.NewDecoder(f)
	dec.DisallowUnknownFields() // a figure that nobody compares
	if err := dec.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

// lawCheck compares figures with the pack's, on a day of a year.
type lawCheck struct {
	*testing.T
	engine   *Engine
	compared int
}

func (c *lawCheck) same(what string, got, want int64) {
	c.Helper()
	c.compared++
	if got != want {
		c.Errorf("%s: the pack has %d, the collected figures %d", what, got, want)
	}
}

// param compares the value that a parameter has in the middle of a year; keys
// are those of a table.
func (c *lawCheck) param(year, id string, want int64, keys ...any) {
	c.Helper()
	law := c.engine.Law()
	k := law.ParamIndex(id)
	if k < 0 {
		c.Errorf("no parameter %s", id)
		return
	}
	p := law.Params[k]
	v := p.At(rule.DayOf(kernel.MustDate(year+"-07-01")), 0)
	number := v.Number
	if len(keys) > 0 {
		at := 0
		for side, key := range keys {
			n, ok := key.(int64)
			if text, is := key.(string); is {
				n, ok = law.WordOf(text)
			}
			place := p.Place(side, n)
			if !ok || place < 0 || place >= p.Size[side] {
				c.Errorf("%s has no key %v", id, key)
				return
			}
			at = at*p.Size[side] + place
		}
		number = v.Table[at]
	}
	c.same(fmt.Sprint(id, keys, " in ", year), number, want*p.Den)
}

// decides is the result of a programme for a household in JSON.
func (c *lawCheck) decides(programme, text string) situation.Verdict {
	c.Helper()
	s, err := c.engine.Decode([]byte(text))
	if err != nil {
		c.Fatal(err)
	}
	a, err := c.engine.Evaluate(s)
	if err != nil {
		c.Fatal(err)
	}
	for _, r := range a.Results {
		if r.Programme.ID == programme {
			return r.Verdict
		}
	}
	c.Fatalf("no programme %s", programme)
	return situation.Verdict{}
}

// TestFiguresOfLaw holds the pack's parameters to figures that were collected
// apart from it.
func TestFiguresOfLaw(t *testing.T) {
	in := readCollected(t)
	c := &lawCheck{T: t, engine: koreanEngine(t)}
	for year, sizes := range in.Median {
		for n, want := range sizes {
			size, err := strconv.ParseInt(n, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			c.param(year, "median_table", want, size)
		}
	}
	c.thresholds(in)
	c.pension(in)
	for _, year := range []string{"2024", "2025"} {
		c.param(year, "child_allowance_age", in.Child.Y2025.AgeBelow)
		c.param(year, "child_allowance_won", in.Child.Y2025.Monthly)
	}
	c.param("2026", "child_allowance_age", in.Child.Y2026.AgeBelow)
	c.param("2026", "child_allowance_region_won", in.Child.Y2026.Monthly, "capital")
	for key, extra := range map[string]int64{"other": 5000, "special": 20000} {
		if !strings.HasPrefix(in.Child.Y2026.Regional, "5000-20000 ") {
			t.Errorf("other regional extras: %s", in.Child.Y2026.Regional)
		}
		c.param("2026", "child_allowance_region_won", in.Child.Y2026.Monthly+extra, key)
	}
	for year, age := range in.Child.Schedule {
		c.param(year, "child_allowance_age", age)
	}
	parental := in.Parental["2024-2026"]
	for _, year := range []string{"2024", "2025", "2026"} {
		c.param(year, "parental_won", parental.Age0, "age_0")
		c.param(year, "parental_won", parental.Age1, "age_1")
	}
	c.taxCredit(in)
	if len(in.Parental) != 1 || c.compared < 150 {
		t.Errorf("%d figures compared", c.compared)
	}
	t.Logf("%d figures compared", c.compared)
}

// thresholds: who has exactly the limit is entitled, with one won more nobody.
func (c *lawCheck) thresholds(in collected) {
	c.Helper()
	for name, rate := range map[string]json.Number{"livelihood": in.Rate.Livelihood, "medical": in.Rate.Medical, "housing": in.Rate.Housing, "education": in.Rate.Education} {
		share, err := rate.Float64()
		if err != nil {
			c.Fatal(err)
		}
		for year, limits := range in.Threshold {
			c.param(year, name+"_percent", int64(share*100+0.5))
			for i, limit := range limits[name] {
				for income, want := range map[int64]situation.Tri{limit: situation.Yes, limit + 1: situation.No} {
					got := c.decides(name+"-benefit", fmt.Sprintf(`{"date": "%s-07-01", "household": {"household_size": %d, "recognised_income_month": %d, "tenure": "owner"},
						"members": [{"id": "p1", "nationality": "citizen", "student": "high"}]}`, year, i+1, income))
					c.same(fmt.Sprintf("%s benefit of %d persons with %d in %s", name, i+1, income, year), int64(got.Eligible), int64(want))
				}
			}
		}
	}
}

func (c *lawCheck) pension(in collected) {
	c.Helper()
	for year, raw := range in.BasicPension {
		if year == "rules" {
			c.pensionRules(raw)
			continue
		}
		var y pensionYear
		dec := json.NewDecoder(strings.NewReader(string(raw)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&y); err != nil {
			c.Fatal(err)
		}
		c.param(year, "bp_standard", y.Max)
		c.param(year, "bp_limit_single", y.LimitSingle)
		c.param(year, "bp_limit_couple", y.LimitCouple)
		c.param(year, "bp_work_deduction", y.WorkDeduction)
		if y.CoupleTotal == 0 {
			continue
		}
		const person = `"birth_date": "1950-01-01", "nationality": "citizen", "public_occupational_pension": false,
			"earned_income_month": 0, "business_income_month": 0, "other_income_month": 0`
		got := c.decides("basic-pension", `{"date": "`+year+`-07-01", "household": {"property_general": 0, "property_financial": 0, "debt": 0, "luxury_vehicle_value": 0},
			"members": [{"id": "p1", "region": "11110", `+person+`}, {"id": "p2", "relation_to_head": "spouse", `+person+`}]}`)
		if got.Amount == nil {
			c.Fatalf("couple in %s: unknown for want of %v", year, got.Missing)
		}
		c.same("couple in full in "+year, *got.Amount, y.CoupleTotal)
	}
}

// pensionRules compares the figures that the collected rules tell in words.
func (c *lawCheck) pensionRules(raw json.RawMessage) {
	c.Helper()
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		c.Fatal(err)
	}
	for _, figure := range []string{"age >= 65", "x 0.7", "135M metro / 85M city / 72.5M rural", "finance - 20M", "x 4%/12", "-20% each"} {
		if !strings.Contains(text, figure) {
			c.Fatalf("the collected rules no longer say %q: %s", figure, text)
		}
	}
	for _, year := range []string{"2024", "2025", "2026"} {
		c.param(year, "bp_property_base", 135_000_000, "large")
		c.param(year, "bp_property_base", 85_000_000, "city")
		c.param(year, "bp_property_base", 72_500_000, "rural")
		c.param(year, "bp_financial_deduction", 20_000_000)
		c.rate(year, "bp_property_rate", 4, 100)
		c.rate(year, "bp_work_rate", 7, 10)
		c.rate(year, "bp_couple_rate", 80, 100)
	}
}

// rate compares a rate with num/den.
func (c *lawCheck) rate(year, id string, num, den int64) {
	c.Helper()
	law := c.engine.Law()
	k := law.ParamIndex(id)
	if k < 0 {
		c.Errorf("no parameter %s", id)
		return
	}
	p := law.Params[k]
	c.same(id+" in "+year, p.At(rule.DayOf(kernel.MustDate(year+"-07-01")), 0).Number*den, num*p.Den)
}

// taxCredit: the values for the incomes of 2024 and 2025 hold in the year after.
func (c *lawCheck) taxCredit(in collected) {
	c.Helper()
	if in.EITC.IncomeYear != "2024, 2025" {
		c.Fatalf("other income years: %s", in.EITC.IncomeYear)
	}
	for _, year := range []string{"2025", "2026"} {
		for name, step := range map[string]taxStep{"single": in.EITC.Single, "one": in.EITC.One, "two": in.EITC.Two} {
			c.param(year, "eitc_"+name+"_rises_to", step.RisesTo)
			c.param(year, "eitc_"+name+"_flat_to", step.FlatTo)
			c.param(year, "eitc_"+name+"_most", step.Max)
			c.param(year, "eitc_limit_"+name, step.OutTo)
			c.rate(year, "eitc_"+name+"_rise", step.Max, step.RisesTo)
			c.rate(year, "eitc_"+name+"_fall", step.Max, step.OutTo-step.FlatTo)
		}
		c.param(year, "eitc_property_limit", in.EITC.Property.LimitBelow)
		c.param(year, "eitc_half_from", in.EITC.Property.HalfFrom)
	}
}
