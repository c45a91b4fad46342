package rule

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Param is a dated parameter. Its numbers stand over one Den, whatever their
// day.
type Param struct {
	ID     string
	Title  kernel.Text
	Kind   string   // won int rate date month_day codes
	By     []string // keys of a table: int or text
	Den    int64
	Values []Dated // by From
	// Lo and Hi bound all its numbers.
	Lo, Hi int64
	// Keys are what a text key can be, as words, in the order of the table; for
	// a whole number nil. Size is how many keys there are.
	Keys [2][]int64
	Size [2]int
}

// Dated is a parameter's value from a day on.
type Dated struct {
	From int64 // days since 1970-01-01
	// KnownFrom is the day of promulgation where one is told; else the value
	// counts as known from of old.
	KnownFrom int64
	// Number is a single value; Table a table's, the second key fastest.
	Number int64
	Table  []int64
	Ranges []Range  // of codes, sorted, without overlaps
	Texts  []string // the same as written
	// Where it stands.
	Article, Notice string
	// Unverified: no figure was found in a notice. Where that is so of single
	// entries of a table, Marked says of which.
	Unverified bool
	Marked     []bool
}

// IsMarked tells whether the figure at a place of the table is unverified; place
// 0 is that of a single value.
func (d *Dated) IsMarked(place int) bool {
	return d.Unverified || d.Marked != nil && d.Marked[place]
}

// AnyMarked tells whether any of its figures is.
func (d *Dated) AnyMarked() bool { return d.Unverified || d.Marked != nil }

// Range are the region codes from Lo to Hi, both included.
type Range struct{ Lo, Hi int64 }

// In tells whether a code lies in one of the ranges.
func In(ranges []Range, code int64) bool {
	i := sort.Search(len(ranges), func(i int) bool { return ranges[i].Hi >= code })
	return i < len(ranges) && ranges[i].Lo <= code
}

// At is the value that holds on a day, by what was known on another
// (no bound when knownOn is 0). Before the first value's day the first holds.
func (p *Param) At(day, knownOn int64) *Dated {
	best := -1
	for i := range p.Values {
		v := &p.Values[i]
		if knownOn != 0 && v.KnownFrom > knownOn {
			continue
		}
		if best < 0 || v.From <= day {
			best = i
		}
	}
	if best < 0 {
		best = 0
	}
	return &p.Values[best]
}

// celTypes are the types of fields of records and of parameters.
var celTypes = map[string]*cel.Type{
	"won": cel.IntType, "int": cel.IntType, "rate": numType, "date": dateType, "month_day": cel.IntType, "codes": textsType, "text": cel.StringType,
}

func (p *Param) celType() *cel.Type {
	t := celTypes[p.Kind]
	for _, by := range slices.Backward(p.By) {
		key := cel.IntType
		if by == "text" {
			key = cel.StringType
		}
		t = cel.MapType(key, t)
	}
	return t
}

// paramOf reads one parameter.
func (c *compiler) paramOf(in contract.Parameter) (*Param, error) {
	p := &Param{ID: in.ID, Title: in.Title, Kind: in.Type, By: in.By, Den: 1, Size: [2]int{1, 1}}
	if celTypes[in.Type] == nil || in.Type == "text" {
		return nil, fmt.Errorf("unknown type %q: won, int, rate, date, month_day or codes", in.Type)
	}
	if len(in.By) > 2 || in.Type == "codes" && len(in.By) > 0 {
		return nil, errors.New("a table has one or two keys, and codes have none")
	}
	if len(in.Values) == 0 {
		return nil, errors.New("it has no value")
	}
	rats := make([][]*big.Rat, len(in.Values))
	for i, v := range in.Values {
		d := Dated{From: DayOf(v.From), Article: v.Article, Notice: v.Notice}
		if v.From.IsZero() {
			return nil, fmt.Errorf("value %d has no from", i+1)
		}
		if i > 0 && d.From <= p.Values[i-1].From {
			return nil, fmt.Errorf("the values from %s on stand out of order", v.From)
		}
		if d.KnownFrom = minDay; !v.KnownFrom.IsZero() {
			d.KnownFrom = DayOf(v.KnownFrom)
		}
		var err error
		if in.Type == "codes" {
			d.Texts, d.Ranges, err = codesOf(v.Value)
		} else {
			rats[i], err = c.tableOf(p, i, v.Value, 0)
		}
		if err == nil {
			err = c.marksOf(p, &d, v.Unverified)
		}
		if err != nil {
			return nil, fmt.Errorf("from %s: %w", v.From, err)
		}
		p.Values = append(p.Values, d)
	}
	return p, p.scale(rats)
}

// scale writes the numbers over one Den.
func (p *Param) scale(rats [][]*big.Rat) error {
	den := big.NewInt(1)
	for _, row := range rats {
		for _, r := range row {
			den = lcm(den, r.Denom())
		}
	}
	if !den.IsInt64() || den.Int64() > 1_000_000_000 {
		return errors.New("its fractions have no common divisor of a billion or less")
	}
	p.Den = den.Int64()
	first := true
	for i, row := range rats {
		for _, r := range row {
			n := new(big.Int).Div(new(big.Int).Mul(r.Num(), den), r.Denom())
			if !n.IsInt64() {
				return errors.New("a value is too large")
			}
			x := n.Int64()
			if first || x < p.Lo {
				p.Lo = x
			}
			if first || x > p.Hi {
				p.Hi = x
			}
			first = false
			p.Values[i].Table = append(p.Values[i].Table, x)
		}
		if len(p.By) == 0 && len(row) == 1 {
			p.Values[i].Number, p.Values[i].Table = p.Values[i].Table[0], nil
		}
	}
	return nil
}

func lcm(a, b *big.Int) *big.Int {
	g := new(big.Int).GCD(nil, nil, a, b)
	return new(big.Int).Mul(a, new(big.Int).Div(b, g))
}

// tableOf flattens a value with the keys from level on; every dated value of a
// parameter has the same keys.
func (c *compiler) tableOf(p *Param, value int, v any, level int) ([]*big.Rat, error) {
	if level == len(p.By) {
		r, err := numberOf(p.Kind, v)
		if err != nil {
			return nil, err
		}
		return []*big.Rat{r}, nil
	}
	var items []any
	var keys []int64
	switch p.By[level] {
	case "int":
		list, ok := v.([]any)
		if !ok {
			return nil, errors.New("a table by whole numbers is a list")
		}
		items = list
	case "text":
		m, ok := v.(map[string]any)
		if !ok {
			return nil, errors.New("a table by texts is a map")
		}
		names := make([]string, 0, len(m))
		for k := range m {
			names = append(names, k)
		}
		slices.Sort(names)
		for _, k := range names {
			keys = append(keys, c.word(k))
			items = append(items, m[k])
		}
	default:
		return nil, fmt.Errorf("a table is by int or text, not %q", p.By[level])
	}
	if len(items) == 0 {
		return nil, errors.New("an empty table")
	}
	if p.Keys[level] == nil && p.Size[level] == 1 {
		p.Keys[level], p.Size[level] = keys, len(items)
	}
	if p.Size[level] != len(items) || !slices.Equal(p.Keys[level], keys) {
		return nil, errors.New("a table has the same keys on every day and in every row")
	}
	var out []*big.Rat
	for _, item := range items {
		row, err := c.tableOf(p, value, item, level+1)
		if err != nil {
			return nil, err
		}
		out = append(out, row...)
	}
	return out, nil
}

// marksOf reads what of a value is unverified: all, or the entries of some keys.
func (c *compiler) marksOf(p *Param, d *Dated, v any) error {
	switch v := v.(type) {
	case nil:
	case bool:
		d.Unverified = v
	case []any:
		if len(p.By) == 0 || len(v) == 0 {
			return errors.New("unverified is true or, of a table, a list of keys")
		}
		d.Marked = make([]bool, p.Size[0]*p.Size[1])
		for _, entry := range v {
			if err := c.markEntry(p, d, entry); err != nil {
				return err
			}
		}
	default:
		return errors.New("unverified is true or, of a table, a list of keys")
	}
	return nil
}

// markEntry marks the entry of a key or of a list of keys; of a table by two keys
// the first alone marks its row.
func (c *compiler) markEntry(p *Param, d *Dated, entry any) error {
	keys, ok := entry.([]any)
	if !ok {
		keys = []any{entry}
	}
	if len(keys) == 0 || len(keys) > len(p.By) {
		return fmt.Errorf("unverified: %v has not the keys of the table", entry)
	}
	from, n := 0, p.Size[0]*p.Size[1]
	for side, key := range keys {
		at := -1
		switch key := key.(type) {
		case int:
			if p.Keys[side] == nil {
				at = key - 1
			}
		case string:
			if w, ok := c.law.wordIndex[key]; ok && p.Keys[side] != nil {
				at = slices.Index(p.Keys[side], w)
			}
		}
		if at < 0 || at >= p.Size[side] {
			return fmt.Errorf("unverified: the table has no key %v", key)
		}
		n /= p.Size[side]
		from += at * n
	}
	for i := range n {
		d.Marked[from+i] = true
	}
	return nil
}

// numberOf reads one value as an exact fraction.
func numberOf(kind string, v any) (*big.Rat, error) {
	text := ""
	switch v := v.(type) {
	case int:
		text = strconv.Itoa(v)
	case int64:
		text = strconv.FormatInt(v, 10)
	case string:
		text = v
	case time.Time: // what YAML makes of a date without quotes
		text = v.Format(time.DateOnly)
	default:
		return nil, fmt.Errorf("cannot read %v as %s", v, kind)
	}
	switch kind {
	case "date":
		d, err := kernel.ParseDate(text)
		if err != nil {
			return nil, err
		}
		return new(big.Rat).SetInt64(DayOf(d)), nil
	case "month_day":
		d, err := kernel.ParseDate("2024-" + text)
		if err != nil {
			return nil, fmt.Errorf("%q is no month and day like 06-15", text)
		}
		return new(big.Rat).SetInt64(int64(d.Month)*100 + int64(d.Day)), nil
	case "rate":
		percent := strings.HasSuffix(text, "%")
		r, ok := new(big.Rat).SetString(strings.TrimSuffix(text, "%"))
		if !ok || strings.ContainsAny(text, "eE") || len(text) > 32 {
			return nil, fmt.Errorf("%q is no rate like 4%% or 7/10", text)
		}
		if percent {
			r.Quo(r, big.NewRat(100, 1))
		}
		return r, nil
	default:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n > maxProperty || n < -maxProperty {
			return nil, fmt.Errorf("%q is no whole number up to %d", text, int64(maxProperty))
		}
		return new(big.Rat).SetInt64(n), nil
	}
}

// codesOf reads beginnings of region codes.
func codesOf(v any) ([]string, []Range, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, nil, errors.New("codes are a list of texts")
	}
	var texts []string
	for _, item := range list {
		s, ok := item.(string)
		if n, isInt := item.(int); isInt {
			s, ok = strconv.Itoa(n), true
		}
		if !ok {
			return nil, nil, fmt.Errorf("%v is no beginning of a region code", item)
		}
		texts = append(texts, s)
	}
	ranges, err := rangesOf(texts)
	return texts, ranges, err
}

// rangesOf are the five-digit codes that begin with one of the texts.
func rangesOf(texts []string) ([]Range, error) {
	var out []Range
	for _, s := range texts {
		n, err := strconv.ParseUint(s, 10, 32)
		if err != nil || len(s) > 5 {
			return nil, fmt.Errorf("%q is no beginning of a region code", s)
		}
		size := int64(1)
		for range 5 - len(s) {
			size *= 10
		}
		out = append(out, Range{int64(n) * size, (int64(n)+1)*size - 1})
	}
	slices.SortFunc(out, func(a, b Range) int { return int(a.Lo - b.Lo) })
	merged := out[:0]
	for _, r := range out {
		if k := len(merged) - 1; k >= 0 && r.Lo <= merged[k].Hi+1 {
			merged[k].Hi = max(merged[k].Hi, r.Hi)
			continue
		}
		merged = append(merged, r)
	}
	return merged, nil
}
