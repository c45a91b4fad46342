package sweep

import "maru/kernel"

// Counts are the differences of a programme, in persons: of a programme of
// households, the members of each.
type Counts struct {
	Newly         int64 `json:"newly_entitled"`
	Lost          int64 `json:"lost"`           // entitled before, and known not to be now
	BecameUnknown int64 `json:"became_unknown"` // yes or no before
	RuledOut      int64 `json:"ruled_out"`      // unknown before, and known not to be entitled now
	OtherAmount   int64 `json:"amount_changed"` // entitled as before, to another amount
	Gone          int64 `json:"gone"`           // entitled before, and in the population no more
}

func (c *Counts) fields() [6]*int64 {
	return [...]*int64{&c.Newly, &c.Lost, &c.BecameUnknown, &c.RuledOut, &c.OtherAmount, &c.Gone}
}

// Add adds differences up.
func (c *Counts) Add(o Counts) {
	from := o.fields()
	for i, v := range c.fields() {
		*v += *from[i]
	}
}

// programmeCounts are those of a programme by its place in the run.
type programmeCounts struct {
	programme int
	Counts
}

// Why a programme was computed, or not.
type Why string

// The reasons.
const (
	WhyFirst   Why = "first run"               // the last run did not know it
	WhyMeaning Why = "law or date"             // its meaning is another
	WhyFacts   Why = "facts"                   // blocks whose facts, or whose people, are others
	WhyNothing Why = "carried over, unchanged" // nothing was computed
)

// Report is what a run came to.
type Report struct {
	Run        int         `json:"run"`
	ID         string      `json:"id"`
	Date       kernel.Date `json:"date"`
	Population string      `json:"population"`
	Law        string      `json:"law"`
	Persons    int         `json:"persons"`
	Households int         `json:"households"`
	// First: there was nothing to compare with.
	First bool `json:"first"`
	// Unchanged: law, date and population are those of the last run, whose results
	// stay as they are.
	Unchanged bool `json:"unchanged"`
	// Resumed is how many blocks an interrupted run had done before.
	Resumed int `json:"resumed_blocks"`
	Blocks  int `json:"blocks"`
	// Abandoned: an interrupted run of other inputs was given up.
	Abandoned  bool              `json:"abandoned_other_run"`
	Programmes []ProgrammeReport `json:"programmes"`
	// Dropped are programmes of the last run that are in the law no more.
	Dropped []string `json:"dropped,omitempty"`
	Bytes   int64    `json:"bytes"` // of the results file
}

// ProgrammeReport is what a programme came to. Entitled, unknown and amounts are
// counted by its unit; the differences by persons.
type ProgrammeReport struct {
	ID            string `json:"id"`
	Unit          string `json:"unit"`
	Entitled      int64  `json:"entitled"`
	Unknown       int64  `json:"unknown"`
	Amount        int64  `json:"amount"`         // of all together, in won
	AmountUnknown int64  `json:"amount_unknown"` // entitled to an amount that is not known
	Counts
	// Computed and Carried are blocks.
	Computed int `json:"computed_blocks"`
	Carried  int `json:"carried_blocks"`
	Why      Why `json:"why"`
}
