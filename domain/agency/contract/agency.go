package contract

import "maru/kernel"

// Data is everything a pack says about regions and bodies.
type Data struct {
	Provinces []Province
	Types     []Type
	Rules     []NameRule
	Bodies    []Body
}

// Type is a kind of body. Per tells how one is found for a place: "nation"
// (the service names it), "province" or "region" (made by rule for each), or
// "covers" (each listed body says what it covers).
type Type struct {
	ID    string      `yaml:"id"`
	Per   string      `yaml:"per"`
	Title kernel.Text `yaml:"title"`
}

// The values of Type.Per.
const (
	PerNation   = "nation"
	PerProvince = "province"
	PerRegion   = "region"
	PerCovers   = "covers"
)

// NameRule names the bodies of a type made by rule; {region} stands for the
// region's full local name.
type NameRule struct {
	Type string `yaml:"type"`
	KO   string `yaml:"ko"`
	EN   string `yaml:"en"`
}

// Body is one listed body. It exists From..Until, both days included; zero
// dates are open ends. After its end its Successor is in charge.
type Body struct {
	ID        string          `yaml:"id"`
	Type      string          `yaml:"type"`
	Name      kernel.Text     `yaml:"name"`
	Phone     string          `yaml:"phone"`
	From      kernel.Date     `yaml:"from"`
	Until     kernel.Date     `yaml:"until"`
	Successor string          `yaml:"successor"`
	Covers    []kernel.Region `yaml:"covers"` // province or region codes
	// Line is where the pack says so.
	Line int `yaml:"-"`
}

// Province is a province-level region with the regions in it.
type Province struct {
	Code  kernel.Region `yaml:"code"`
	Name  kernel.Text   `yaml:"name"`
	From  kernel.Date   `yaml:"from"`
	Until kernel.Date   `yaml:"until"`
	// Successor is the province that its regions went to.
	Successor kernel.Region `yaml:"successor"`
	// Former are codes and names the same province had before; its regions
	// then had the same last three digits.
	Former  []Former `yaml:"former"`
	Regions []Region `yaml:"regions"`
	Line    int      `yaml:"-"`
}

// Former is an earlier code of a province, used up to and including Until.
type Former struct {
	Code  kernel.Region `yaml:"code"`
	Name  kernel.Text   `yaml:"name"`
	Until kernel.Date   `yaml:"until"`
}

// Region is a city, county or district. City is the code of the city that a
// district without its own government belongs to; such a city itself is no
// region to choose (Districts).
type Region struct {
	Code      kernel.Region `yaml:"code"`
	KO        string        `yaml:"ko"`
	EN        string        `yaml:"en"`
	City      kernel.Region `yaml:"city"`
	Districts bool          `yaml:"districts"`
	From      kernel.Date   `yaml:"from"`
	Until     kernel.Date   `yaml:"until"`
	// DistrictsFrom: the city has districts only from this day.
	DistrictsFrom kernel.Date `yaml:"districts_from"`
	// Successors are the regions that took over; the first one is where
	// an old code leads when nothing else is known.
	Successors []kernel.Region `yaml:"successors"`
	Line       int             `yaml:"-"`
}
