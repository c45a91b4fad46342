package column

import "maru/domain/benefit/rule"

// shape is what a vector has a row for.
type shape uint8

const (
	scalar    shape = iota // one number for the run
	household              // a row a household
	person                 // a row a person
	pair                   // a row for each two persons of a household, in either order
)

// Steps that rules have no word for.
const (
	opUp    = rule.Op(128 + iota) // of households as of their members
	opRow                         // of persons as of the pairs in which they stand first
	opCol                         // of persons as of the pairs in which they stand second
	opHead                        // of persons as of the households they head
	opCut                         // whether a number lies below the cut of the run (package-made, see cut.go)
	opSumIf                       // the sum of Args[1] over the members for whom Args[0] holds
)

// step is one vector to compute.
type step struct {
	op    rule.Op
	shape shape
	truth bool // two bitmaps; else numbers
	args  []ref
	k     int64
	expr  *rule.Expr   // the node it comes from, for what stands in it alone
	chain []*rule.Expr // of opCut: the comparison, then what leads down to the number
}

// ref names a step's vector, or for truths its opposite. vars are the variables
// that its rows are of, in the place where it is used.
type ref struct {
	step int32
	neg  bool
	vars uint8
}

func (r ref) not() ref {
	r.neg = !r.neg
	return r
}
