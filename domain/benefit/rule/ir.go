package rule

import "maru/kernel"

// Type is the type of a value. Every value is held in an int64: a whole number
// over the node's Den, 0 or 1, the days since 1970-01-01, the number of a word
// (Law.Word), a region's code, or a mask.
type Type uint8

// The types.
const (
	Bool Type = iota
	Num
	Date
	Word // a member of an enum
	Code // a region's code as a number
	Set  // a mask of the programmes that rules ask for (Law.SetBit)
)

// Op is what a node does.
type Op uint8

// The operations. A node is unknown when an operand is, except where the
// comment says otherwise; which facts are then missing is told by
// package closure in the words of the law's evaluation rules.
const (
	OpConst      Op = iota // K
	OpStatic               // what depends on the run alone: Run.Static[K]
	OpDate                 // the run's date; only below a static
	OpParam                // parameter K, one number; only below a static
	OpFact                 // fact K of person Var[0]
	OpHousehold            // fact K of the household
	OpCall                 // definition K of the persons Var
	OpNot                  //
	OpAnd                  // of two or more; false if any is false
	OpOr                   // of two or more; true if any is true
	OpEq                   // any two of one type
	OpLess                 // a < b
	OpLessEq               // a <= b
	OpAdd                  // of two, both with the node's Den
	OpSub                  //
	OpMul                  // a times b, over the product of their Dens
	OpScale                // a times K: over another Den, the same number or a part of it
	OpFloor                // a over Args[0].Den, rounded down
	OpMin                  //
	OpMax                  //
	OpIf                   // Args: condition, then, else; with an unknown condition known where both branches are known and equal
	OpGiven                // Args: a fact, what stands in for it while it is unknown
	OpAny                  // of the members as Var[0]: Args[0]; true if any is true
	OpSum                  // of the members as Var[0]: Args[0]
	OpIn                   // the word or number a is one of List
	OpHas                  // the set a has bit K
	OpStarts               // the code a lies in one of the ranges of parameter K
	OpTable                // parameter K at the keys Args (whole numbers from 1, or words)
	OpIsHead               // Var[0] is the head
	OpSame                 // Var[0] and Var[1] are the same person
	OpYears                // completed years from a to b
	OpMonths               // calendar months from the month of a to that of b
	OpFullMonths           // completed months from a to b
	OpDays                 // days from a to b
	OpYear                 // the year of a
	OpAddMonths            // day a and b months
	OpInYear               // the day Args[1] (month*100+day) in year Args[0]
	OpAt                   // parameter K at the date a
)

// Head stands in Expr.Var for the head of the household.
const Head = -1

// Expr is a node. Nodes are shared: two with the same meaning are the same
// pointer, and ID counts them from 0. A node never changes.
type Expr struct {
	ID   int
	Op   Op
	Type Type
	Den  int64 // of a Num: what the int64 is over; 1 for whole numbers
	Args []*Expr
	K    int64
	Var  []int   // persons: a variable's number, or Head
	List []int64 // of OpIn, sorted
	// Vars is the set of variables that are free in the node: bit v for
	// variable v. 0: it is the same for the whole household.
	Vars uint8
	// Static: it depends on the run alone, not on any fact.
	Static bool
	// Lo and Hi are bounds of the int64, both included.
	Lo, Hi int64
	// Words are what a Word can be, sorted; nil when it is not known.
	Words []int64
}

// Def is a definition: a formula, or a condition, the verdict or the amount of
// a programme. Its persons are the variables 0 to Persons-1 of its body.
type Def struct {
	Name    string
	Title   kernel.Text // of a formula
	Persons int         // 0, 1 or 2
	Body    *Expr
	// Params are the numbers of the parameters that it rests on, with those of
	// the definitions it calls; AnyDay those whose value on other days than the
	// run's counts.
	Params []int
	AnyDay []int
	// Rests says which unverified figures a value of it rests on; nil where that
	// can be none.
	Rests *Rests
	// Calls are the definitions it calls, directly or not.
	Calls []int
}

// MaxMembers is how many members a household may have.
const MaxMembers = 50

// MaxVars is how many persons a definition may speak of at once, those of its
// own loops included.
const MaxVars = 2
