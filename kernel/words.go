package kernel

// Money is an amount of won. Korea's currency has no smaller unit in use.
type Money int64

// Lang is a language in which Maru speaks, as a BCP 47 base tag.
type Lang string

// The languages of the pages. Easy Korean is a text variant, not a language
// of its own: its tag is used for service texts only.
const (
	KO     Lang = "ko"
	EN     Lang = "en"
	KOEasy Lang = "ko-easy"
)

// Langs are the languages in which every page exists, the default first.
var Langs = [...]Lang{KO, EN}

// ParseLang reads "ko", "en" or a tag that begins so ("en-GB"); anything else
// is Korean, the default.
func ParseLang(s string) Lang {
	if len(s) >= 2 && (s[0]|0x20) == 'e' && (s[1]|0x20) == 'n' && (len(s) == 2 || s[2] == '-' || s[2] == '_') {
		return EN
	}
	return KO
}

// Text is one text in every language of the pages.
type Text struct {
	KO string `yaml:"ko" json:"ko"`
	EN string `yaml:"en" json:"en"`
}

// In is the text in l; an absent English text falls back to Korean.
func (t Text) In(l Lang) string {
	if l == EN && t.EN != "" {
		return t.EN
	}
	return t.KO
}

// IsZero tells whether there is no text at all.
func (t Text) IsZero() bool { return t.KO == "" && t.EN == "" }

// Region is a code of the standard administrative-district table: two digits
// for a province-level body, five for a city, county or district, "00000" for
// the whole country.
type Region string

// Nationwide is the whole country.
const Nationwide Region = "00000"

// Province is the two-digit code of the province-level body.
func (r Region) Province() Region {
	if len(r) < 2 {
		return r
	}
	return r[:2]
}
