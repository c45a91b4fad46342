package population

// Size is how much room something takes in a file, over all its blocks.
type Size struct {
	Name      string // a fact; "members", "pseudonyms" or "birthdays" for the rest
	Household bool
	Bytes     int64
	// Blocks in which the column is constant, dense or sparse.
	Constant, Dense, Sparse int
}

// Sizes are what each column takes, and the rest. Together with the header they
// are the file.
func (v *View) Sizes() []Size {
	s := v.base.schema
	persons, households := s.width()
	out := make([]Size, persons+households, persons+households+3)
	for i := range s.persons {
		out[i].Name = s.persons[i].fact.ID
	}
	for i := range s.households {
		out[persons+i] = Size{Name: s.households[i].fact.ID, Household: true}
	}
	var members, ids, days int64
	for _, b := range v.base.blocks {
		for i := range b.persons {
			out[i].add(&b.persons[i])
		}
		for i := range b.facts {
			out[persons+i].add(&b.facts[i])
		}
		members += int64(align(len(b.starts)))
		ids += int64(len(b.ids))
		days += int64(align(len(b.days)))
	}
	return append(out, Size{Name: "members", Bytes: members}, Size{Name: "pseudonyms", Bytes: ids + int64(len(v.base.index.bytes))}, Size{Name: "birthdays", Bytes: days})
}

func (z *Size) add(c *column) {
	z.Bytes += int64(c.bytes)
	switch c.kind {
	case constant:
		z.Constant++
	case dense:
		z.Dense++
	default:
		z.Sparse++
	}
}
