// Package column computes the programmes of a law for a whole population, from
// columns of facts.
//
// It works through blocks of whole households. Within a block each node of the
// law's graph becomes one vector: of truths as two bitmaps, of numbers as an
// int64 a row with a bitmap of what is known. A vector has a row a household, a
// person, or a pair of persons of one household, by the variables that are free
// in the node. Nodes of one meaning are computed once a block, and only those
// that are asked for: amounts where somebody is entitled, a branch where its
// condition sends somebody.
//
// Words: a step is a node as this package computes it; a ref names a step,
// perhaps negated; an atom is a truth that no junction makes, whose bitmaps can
// be kept between runs (Atoms).
//
// Invariants: results equal those of package closure, row by row; they do not
// depend on the number of workers; an Engine serves any number of runs at once;
// a worker allocates nothing once it has seen its largest block.
package column

// Rows is a population in columns. Its members stand household by household,
// the head first.
type Rows interface {
	Households() int
	Persons() int
	// Start is the first person of each household, and at the end the number of
	// persons.
	Start() []uint32
	// LoadPerson fills out with a fact (by its slot) of the persons from to
	// to-1, as rules hold it: person from+i at out[i]. Bit i of known is set
	// where the fact is known; any other number may stand elsewhere. Several
	// workers load at once.
	LoadPerson(slot, from, to int, out []int64, known []uint64)
	// LoadHousehold does so for facts of households.
	LoadHousehold(slot, from, to int, out []int64, known []uint64)
}
