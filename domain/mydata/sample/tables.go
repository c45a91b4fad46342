package sample

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"maru/kernel"
)

//go:embed data/regions.tsv
var regionsTSV string

//go:embed data/ages.tsv
var agesTSV string

// bands is the number of five-year age bands, the last being 100 and over.
const bands = 21

// region is one city, county or district.
type region struct {
	code         kernel.Region
	name         string
	residents    int
	depopulation bool
}

// cell is the people of one province, sex and age band.
type cell struct {
	province  kernel.Region
	sex       byte // 'm' or 'f'
	band      int
	residents int
}

// householdShares are the shares of households of one, two, three, four and of
// five or more persons, in tenths of a percent: population census of 2023
// (Statistics Korea), the last year for which all five are published.
var householdShares = [5]int{355, 288, 190, 133, 34}

// meanHousehold is the mean size of a household of the same census, in
// hundredths of a person.
const meanHousehold = 221

var (
	regions = readRegions(regionsTSV)
	cells   = readCells(agesTSV)
)

// rows cuts a table into its fields, without comments and empty lines.
func rows(table string) [][]string {
	var out [][]string
	for line := range strings.Lines(table) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		out = append(out, strings.Split(line, "\t"))
	}
	return out
}

// count reads a number of a table that is built in; a wrong one is a mistake
// in the source, found by every test.
func count(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("sample: table: %v", err))
	}
	return n
}

func readRegions(table string) []region {
	var out []region
	for _, f := range rows(table) {
		out = append(out, region{
			code: kernel.Region(f[0]), name: f[1], residents: count(f[2]), depopulation: f[3] == "y",
		})
	}
	return out
}

func readCells(table string) []cell {
	var out []cell
	for _, f := range rows(table) {
		if len(f) != bands+2 {
			panic("sample: table of ages: wrong number of columns")
		}
		for b, n := range f[2:] {
			out = append(out, cell{province: kernel.Region(f[0]), sex: f[1][0], band: b, residents: count(n)})
		}
	}
	return out
}

// Registries are the registers of the sample world that hold facts about people,
// as the fact dictionary names them; what people tell themselves and what is
// computed is in none.
func Registries() []string {
	return []string{resident, foreigners, family, "family register, court", passport, insurance, tax, disability, careFund, education, childcare, farms,
		pensions, leases, property, finances, vehicles, welfare, drivers}
}
