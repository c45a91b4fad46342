package population

import (
	"fmt"
	"slices"

	"maru/domain/benefit/rule"
)

// Schema is the set of facts that a file holds, against a law.
type Schema struct {
	law        *rule.Law
	persons    []field
	households []field
	// bits are the programmes of the sets, by their bits in the file.
	bits []string
}

// field is one fact of a file. In the file a word is 1 and its place among the
// fact's members, a code 1 and its place in the file's table of codes; 0 is
// unknown. Everything else stands as rules hold it.
type field struct {
	fact    *rule.Fact
	members []string // of an enum, in the file's order
	// toWord is the law's word of a number in the file, fromWord the reverse
	// by the law's word less least; both of enums only.
	toWord   [256]int64
	fromWord []uint8
	least    int64
	// toBit is, of a set, the law's bit of each of the file's bits, -1 where no
	// rule asks for it; nil where they are the same.
	toBit []int
	all   uint64 // of a set: the bits it can hold, in the law's bits
}

// NewSchema holds the facts that a law's rules read, or, with all, every fact
// of the dictionary that rules could read. The error is ErrDictionary.
func NewSchema(law *rule.Law, all bool) (*Schema, error) {
	persons, households := make([]bool, len(law.Persons)), make([]bool, len(law.Households))
	for _, n := range law.Nodes {
		switch n.Op {
		case rule.OpFact:
			persons[n.K] = true
		case rule.OpHousehold:
			households[n.K] = true
		}
	}
	s := &Schema{law: law, bits: law.SetBits()}
	for _, f := range law.Persons {
		if all || persons[f.Slot] {
			s.persons = append(s.persons, field{fact: f, members: f.Members})
		}
	}
	for _, f := range law.Households {
		if all || households[f.Slot] {
			s.households = append(s.households, field{fact: f, members: f.Members})
		}
	}
	return s, s.bind()
}

// bind works out how the fields' numbers and the law's become each other.
func (s *Schema) bind() error {
	if len(s.law.Persons) > 64 || len(s.law.Households) > 64 {
		return fmt.Errorf("%w: at most 64 facts of a person and of a household are read", ErrDictionary)
	}
	for _, list := range [][]field{s.persons, s.households} {
		for i := range list {
			if err := list[i].bind(s); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *field) bind(s *Schema) error {
	switch d.fact.Type {
	case rule.Word:
		if len(d.members) > 255 {
			return fmt.Errorf("%w: %s has more than 255 members", ErrDictionary, d.fact.ID)
		}
		words := make([]int64, len(d.members))
		for i, m := range d.members {
			w, ok := s.law.WordOf(m)
			if !ok || !slices.Contains(d.fact.Members, m) {
				return fmt.Errorf("%w: %s has no member %q", ErrDictionary, d.fact.ID, m)
			}
			words[i], d.toWord[i+1] = w, w
		}
		if len(words) > 0 {
			d.least = slices.Min(words)
			d.fromWord = make([]uint8, slices.Max(words)-d.least+1)
		}
		for i, w := range words {
			d.fromWord[w-d.least] = uint8(i + 1)
		}
	case rule.Set:
		same := true
		d.toBit = make([]int, len(s.bits))
		for i, id := range s.bits {
			d.toBit[i] = s.law.SetBit(id)
			same = same && d.toBit[i] == i
		}
		if same {
			d.toBit = nil
		}
		d.all = 1<<len(s.law.SetBits()) - 1
	}
	return nil
}

// holds tells whether a number of rules can be this fact.
func (d *field) holds(v int64) bool {
	switch d.fact.Type {
	case rule.Word:
		at := v - d.least
		return at >= 0 && at < int64(len(d.fromWord)) && d.fromWord[at] != 0
	case rule.Set:
		return uint64(v)&^d.all == 0
	default:
		return v >= d.fact.Lo && v <= d.fact.Hi
	}
}

// width is how many facts of a person and of a household there are.
func (s *Schema) width() (persons, households int) { return len(s.persons), len(s.households) }

// dictionaryEntry is a fact as the file's header tells it.
type dictionaryEntry struct {
	ID        string   `json:"id"`
	Household bool     `json:"household"`
	Type      string   `json:"type"`
	Unit      string   `json:"unit,omitempty"`
	Members   []string `json:"members,omitempty"`
	Lo        int64    `json:"lo"`
	Hi        int64    `json:"hi"`
}

// typeName is a type as the header writes it.
func typeName(t rule.Type) string {
	switch t {
	case rule.Bool:
		return "bool"
	case rule.Num:
		return "int"
	case rule.Date:
		return "date"
	case rule.Word:
		return "enum"
	case rule.Code:
		return "code"
	case rule.Set:
		return "set"
	}
	return ""
}

func (s *Schema) entries() []dictionaryEntry {
	var out []dictionaryEntry
	for _, list := range [][]field{s.persons, s.households} {
		for _, d := range list {
			f := d.fact
			out = append(out, dictionaryEntry{f.ID, f.Household, typeName(f.Type), f.Unit, d.members, f.Lo, f.Hi})
		}
	}
	return out
}

// schemaOf is the schema of a file's header, against a law that must know all
// its facts by the same type, and whose rules must read no others.
func schemaOf(entries []dictionaryEntry, bits []string, law *rule.Law) (*Schema, error) {
	s := &Schema{law: law, bits: bits}
	seen := map[*rule.Fact]bool{}
	for _, e := range entries {
		what := "person"
		if e.Household {
			what = "household"
		}
		f := law.Fact(e.Household, e.ID)
		switch {
		case f == nil:
			return nil, fmt.Errorf("%w: the file holds %s of the %s, which the law does not know", ErrDictionary, e.ID, what)
		case typeName(f.Type) != e.Type || f.Unit != e.Unit:
			return nil, fmt.Errorf("%w: %s is of another type or unit in the file", ErrDictionary, e.ID)
		case e.Lo < f.Lo || e.Hi > f.Hi:
			return nil, fmt.Errorf("%w: %s has wider bounds in the file", ErrDictionary, e.ID)
		case seen[f]:
			return nil, fmt.Errorf("%w: %s stands twice in the file", ErrFormat, e.ID)
		}
		seen[f] = true
		d := field{fact: f, members: e.Members}
		if e.Household {
			s.households = append(s.households, d)
		} else {
			s.persons = append(s.persons, d)
		}
	}
	if len(bits) > 63 {
		return nil, fmt.Errorf("%w: more than 63 programmes in a set", ErrFormat)
	}
	needs, err := NewSchema(law, false)
	if err != nil {
		return nil, err
	}
	for _, list := range [][]field{needs.persons, needs.households} {
		for _, d := range list {
			if !seen[d.fact] {
				return nil, fmt.Errorf("%w: the rules read %s, which the file does not hold", ErrDictionary, d.fact.ID)
			}
		}
	}
	for _, id := range law.SetBits() {
		if !slices.Contains(bits, id) {
			return nil, fmt.Errorf("%w: the rules ask who receives %s, which the file does not say", ErrDictionary, id)
		}
	}
	return s, s.bind()
}

// changeable tells whether all that the file holds can be written back by this
// law: no programme in its sets that the law leaves out.
func (s *Schema) changeable() error {
	for _, id := range s.bits {
		if s.law.SetBit(id) < 0 {
			return fmt.Errorf("%w: the file says who receives %s, which no rule asks for, so it cannot be changed under this law", ErrDictionary, id)
		}
	}
	return nil
}
