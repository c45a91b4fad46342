package population

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// bands are ages of five years: 0 to 4, 5 to 9, ..., 95 to 99, 100 and over.
const bands = 21

// The sexes of a table.
const (
	male   = 0
	female = 1
)

// cells are persons by sex and age band.
type cells [2][bands]int

func (c *cells) sum() (n int) {
	for _, s := range c {
		for _, x := range s {
			n += x
		}
	}
	return n
}

// Marginals are how many persons live in each region, by sex and age.
type Marginals struct {
	// Source says where they come from.
	Source  string
	regions []region
}

type region struct {
	code  int64
	cells cells
}

// Persons is how many there are in all.
func (m *Marginals) Persons() (n int) {
	for i := range m.regions {
		n += m.regions[i].cells.sum()
	}
	return n
}

// MarginalsOf reads the table of a file, nil where no file is named.
func MarginalsOf(path string) (*Marginals, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return ReadMarginals(f, filepath.Base(path))
}

// ReadMarginals reads a table with the columns code (10 digits), sex (m, f),
// age_from (0, 5, ..., 100), residents and level, of which the rows of level
// sigungu count. Columns may stand in any order, and others beside them.
func ReadMarginals(r io.Reader, source string) (*Marginals, error) {
	t := csv.NewReader(r)
	at, err := columnsOf(t, "code", "sex", "age_from", "residents", "level")
	if err != nil {
		return nil, err
	}
	m, places, seen := &Marginals{Source: source}, map[int64]int{}, map[[3]int64]bool{}
	for {
		row, err := t.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("population: residents: %w", err)
		}
		if row[at[4]] != "sigungu" {
			continue
		}
		line, _ := t.FieldPos(0)
		code, err1 := strconv.ParseInt(row[at[0]], 10, 64)
		age, err2 := strconv.Atoi(row[at[2]])
		n, err3 := strconv.Atoi(row[at[3]])
		sex := slices.Index([]string{"m", "f"}, row[at[1]])
		if errors.Join(err1, err2, err3) != nil || len(row[at[0]]) != 10 || code < 0 || sex < 0 || age < 0 || age > 100 || age%5 != 0 || n < 0 || n > 1<<31 {
			return nil, fmt.Errorf("population: residents: line %d cannot be read", line)
		}
		code /= 100_000
		if seen[[3]int64{code, int64(sex), int64(age)}] {
			return nil, fmt.Errorf("population: residents: line %d stands twice", line)
		}
		seen[[3]int64{code, int64(sex), int64(age)}] = true
		if _, known := places[code]; !known {
			places[code] = len(m.regions)
			m.regions = append(m.regions, region{code: code})
		}
		m.regions[places[code]].cells[sex][age/5] = n
	}
	if m.Persons() == 0 {
		return nil, errors.New("population: residents: there is nobody in the table")
	}
	return m, nil
}

// columnsOf reads the first line of a table: where the named columns stand.
func columnsOf(t *csv.Reader, names ...string) ([]int, error) {
	head, err := t.Read()
	if err != nil {
		return nil, fmt.Errorf("population: the table has no first line: %w", err)
	}
	at := make([]int, len(names))
	for i, name := range names {
		if at[i] = slices.Index(head, name); at[i] < 0 {
			return nil, fmt.Errorf("population: the table has no column %s", name)
		}
	}
	return at, nil
}

// ReadSingles reads the share of households of one person from a table with the
// columns year and size1_pct: that of the last year.
func ReadSingles(r io.Reader) (share float64, err error) {
	t := csv.NewReader(r)
	at, err := columnsOf(t, "year", "size1_pct")
	if err != nil {
		return 0, err
	}
	last := ""
	for {
		row, err := t.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, fmt.Errorf("population: household sizes: %w", err)
		}
		if pct, err := strconv.ParseFloat(row[at[1]], 64); err == nil && pct > 0 && pct < 100 && row[at[0]] > last {
			last, share = row[at[0]], pct/100
		}
	}
	if last == "" {
		return 0, errors.New("population: household sizes: no year with a share of single persons")
	}
	return share, nil
}

// MadeUp are marginals invented for tries where no table is at hand: 28 regions
// of four kinds, about a million persons. They are nobody's statistics.
func MadeUp() *Marginals {
	kinds := []struct {
		codes   []int64
		persons int
		shares  [bands]int // of 10,000
	}{
		{[]int64{11110, 11215, 11350, 11500, 11680}, 60_000, [bands]int{210, 280, 350, 390, 600, 850, 830, 720, 760, 730, 800, 740, 730, 640, 470, 370, 290, 160, 62, 15, 3}},
		{[]int64{26230, 27260, 28177, 29140, 30170, 41111, 41281, 41461, 41590}, 50_000, [bands]int{270, 390, 480, 470, 530, 620, 660, 650, 800, 790, 870, 810, 760, 650, 440, 340, 270, 138, 48, 11, 3}},
		{[]int64{43111, 44131, 47111, 48121, 51110, 52111}, 30_000, [bands]int{250, 380, 480, 470, 500, 520, 530, 560, 720, 760, 860, 850, 880, 790, 530, 420, 300, 146, 42, 10, 2}},
		{[]int64{43730, 44790, 46770, 46830, 47750, 48720, 51770, 52770}, 8_750, [bands]int{130, 200, 270, 280, 300, 320, 310, 350, 450, 520, 720, 900, 1150, 1220, 960, 830, 660, 330, 83, 15, 2}},
	}
	m := &Marginals{Source: "made-up shares by age and kind of region, no statistics"}
	for _, k := range kinds {
		for _, code := range k.codes {
			r := region{code: code}
			for b, share := range k.shares {
				n := k.persons * share / 10_000
				// Women outlive men.
				men := n * (52 - max(0, b-12)*4) / 100
				r.cells[male][b], r.cells[female][b] = men, n-men
			}
			m.regions = append(m.regions, r)
		}
	}
	return m
}

// scaled are marginals of so many persons in all: in the order of regions and
// cells every cell gets what is due up to and with it, less what the others got.
func (m *Marginals) scaled(persons int) []region {
	total := m.Persons()
	out := slices.Clone(m.regions)
	if persons == total {
		return out
	}
	sum, given := 0, 0
	for i := range out {
		for s := range 2 {
			for b := range bands {
				sum += m.regions[i].cells[s][b]
				due := (sum*persons + total/2) / total // below 2^63 up to 3 thousand million persons
				out[i].cells[s][b] = due - given
				given = due
			}
		}
	}
	return out
}
