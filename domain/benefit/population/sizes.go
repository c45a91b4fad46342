package population

import (
	"errors"
	"os"

	"maru/domain/benefit/internal/mapped"
	"maru/domain/benefit/rule"
)

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

// SizesOf is View.Sizes of a file that nobody opens: it reads where columns lie
// and no fact of anybody. law is one that knows the file's facts. The error is
// ErrFormat, ErrDictionary or that of the file system.
func SizesOf(path string, law *rule.Law) ([]Size, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	h, number, err := readHeader(f, info.Size())
	if err != nil {
		return nil, err
	}
	schema, err := schemaOf(h.Facts, h.Programmes, law)
	if err != nil {
		return nil, err
	}
	b, release, err := mapped.Map(f, info.Size())
	if err != nil {
		return nil, err
	}
	s := &Snapshot{path: path}
	if err := s.read(b, schema, h, number); err != nil {
		return nil, errors.Join(err, release())
	}
	return s.View().Sizes(), release()
}
