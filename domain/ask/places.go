package ask

import (
	"strings"
	"unicode"

	"maru/kernel"
	"maru/platform/said"
)

// gazetteer finds regions by what people call them.
type gazetteer struct {
	names map[rune][]placeName // by first letter, longer names first
}

type placeName struct {
	letters []rune
	region  kernel.Region // two digits for a province, four for a city with districts
	shared  bool          // several regions are called so: only with the province
	short   bool          // without its suffix: only before a particle of place
	english bool
}

// placeFound is a place in a text.
type placeFound struct {
	from, to int
	region   kernel.Region
	exact    bool // it is one region, not only a province or a city of several
}

// suffixes are the kinds of regions that people leave off.
const suffixes = "시군구"

// particles follow a short name that is meant as a place. Many short names are
// words too: 공주, 구리, 상주.
var particles = []string{"에서", "에 ", "에사", "으로 ", "로 이", "로 와", "로 왔", "로이사", "로 전", " 살", "살아", "살고", "사는", " 사는", " 사람", " 사시", " 쪽", "에요"}

func newGazetteer(places []Place) *gazetteer {
	g := &gazetteer{names: map[rune][]placeName{}}
	of := map[string]map[kernel.Region]bool{}
	type entry struct {
		name string
		placeName
	}
	var all []entry
	add := func(name string, n placeName) {
		name = strings.ToLower(said.Clean(strings.TrimSpace(name)))
		n.letters = []rune(name)
		if len(n.letters) < 2 || n.english && len(n.letters) < 4 {
			return
		}
		if of[name] == nil {
			of[name] = map[kernel.Region]bool{}
		}
		if !of[name][n.region] {
			of[name][n.region] = true
			all = append(all, entry{name, n})
		}
	}
	for _, p := range places {
		n := placeName{region: p.Region}
		parts := strings.Fields(p.Name.KO)
		if len(parts) == 0 {
			continue
		}
		if len(parts) == 2 { // a district of a city
			city := n
			city.region = p.Region[:min(4, len(p.Region))]
			addKorean(add, parts[0], city)
		}
		addKorean(add, parts[len(parts)-1], n)
		en := n
		en.english = true
		for _, part := range strings.FieldsFunc(p.Name.EN, func(r rune) bool { return r == ',' }) {
			add(part, en)
			if short, _, ok := strings.Cut(part, "-"); ok {
				add(short, en)
			}
			break
		}
	}
	for _, e := range all {
		e.shared = len(of[e.name]) > 1
		list := append(g.names[e.letters[0]], e.placeName)
		for i := len(list) - 1; i > 0 && len(list[i].letters) > len(list[i-1].letters); i-- {
			list[i], list[i-1] = list[i-1], list[i]
		}
		g.names[e.letters[0]] = list
	}
	return g
}

// addKorean adds a name and its short forms: 서울특별시 as 서울, 충청북도 as
// 충북, 수원시 as 수원.
func addKorean(add func(string, placeName), name string, n placeName) {
	add(name, n)
	r := []rune(name)
	short := n
	short.short = true
	switch {
	case len(n.region) > 2:
		if len(r) > 2 && strings.ContainsRune(suffixes, r[len(r)-1]) {
			add(string(r[:len(r)-1]), short)
		}
	case len(r) == 4 && r[3] == '도':
		add(string([]rune{r[0], r[2]}), short)
	case len(r) > 2:
		add(string(r[:2]), short)
		if r[len(r)-1] == '시' {
			n.short = false
			add(string(r[:2])+"시", n)
		}
	}
}

// find gives the places of a clean text. A province just before a region is
// part of it, and tells which of several of that name is meant.
func (g *gazetteer) find(clean string) []placeFound {
	var runes []rune
	var at []int
	for i, r := range clean {
		runes, at = append(runes, unicode.ToLower(r)), append(at, i)
	}
	at = append(at, len(clean))
	var out []placeFound
	ended := -9 // where the last place ended, in runes
	for i := 0; i < len(runes); {
		within := kernel.Region("")
		if len(out) > 0 && i-ended <= 2 {
			within = out[len(out)-1].region
		}
		n, end := g.at(runes, i, within)
		if n == nil {
			i++
			continue
		}
		f := placeFound{from: at[i], to: at[end], region: n.region, exact: len(n.region) == 5}
		if within != "" && strings.HasPrefix(string(n.region), string(within)) && len(n.region) > len(within) {
			f.from = out[len(out)-1].from
			out[len(out)-1] = f
		} else {
			out = append(out, f)
		}
		i, ended = end, end
	}
	return out
}

// at is the longest name that stands at i and where it ends; nil for none.
func (g *gazetteer) at(runes []rune, i int, within kernel.Region) (*placeName, int) {
	if i > 0 && (unicode.IsLetter(runes[i-1]) || unicode.IsDigit(runes[i-1])) {
		return nil, i
	}
	for k := range g.names[runes[i]] {
		n := &g.names[runes[i]][k]
		end := i + len(n.letters)
		if end > len(runes) || string(runes[i:end]) != string(n.letters) {
			continue
		}
		if n.shared && (within == "" || !strings.HasPrefix(string(n.region), string(within))) {
			continue
		}
		if n.english && end < len(runes) && (unicode.IsLetter(runes[end]) || unicode.IsDigit(runes[end])) {
			continue
		}
		if n.short && !n.followed(runes, end) {
			continue
		}
		return n, end
	}
	return nil, i
}

// followed tells whether a short name is meant as a place: a particle of place
// follows, or a longer name of a region.
func (n *placeName) followed(runes []rune, end int) bool {
	rest := string(runes[end:min(len(runes), end+12)]) + " "
	for _, p := range particles {
		if strings.HasPrefix(rest, p) {
			return true
		}
	}
	if len(n.region) > 2 || !strings.HasPrefix(rest, " ") {
		return false
	}
	word, _, _ := strings.Cut(rest[1:], " ")
	for i, r := range []rune(word) {
		if i > 0 && strings.ContainsRune(suffixes, r) {
			return true
		}
	}
	return false
}
