package sweep

import (
	"context"
	"errors"

	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/kernel"
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrFormat: the results file is none, is damaged, or of another version.
	ErrFormat = errors.New("sweep: not a readable results file")
	// ErrBusy: another sweep works on these results.
	ErrBusy = errors.New("sweep: another sweep is at work on these results")
	// ErrOthers: the results are those of other people.
	ErrOthers = errors.New("sweep: these are the results of other people")
	// ErrProgramme: a named programme is not in the law, or the results hold
	// programmes that were not named.
	ErrProgramme = errors.New("sweep: not these programmes")
)

// State is what a programme decides for one person.
type State uint8

// The states. Unknown is not no.
const (
	Absent   State = iota // not in the population, or the programme not in the last run
	No                    //
	Unknown               // facts are missing
	Entitled              //
)

// String is the state in a word, for reports.
func (s State) String() string {
	switch s {
	case No:
		return "no"
	case Unknown:
		return "unknown"
	case Entitled:
		return "yes"
	}
	return "absent"
}

// Amount is what somebody entitled gets, in won, where it is known.
type Amount struct {
	Won   int64
	Known bool
}

// Change is one person's difference in one programme. Amounts are those of the
// states Entitled.
type Change struct {
	Person               population.ID
	Programme            string
	Was, Now             State
	WasAmount, NowAmount Amount
}

// Run names a run to listeners.
type Run struct {
	// ID is the same however often the run is interrupted and goes on.
	ID         string
	Number     int // counts the runs of a results file from 1
	Date       kernel.Date
	Population string // the number of the population's file
	Law        string // the hash of the law
}

// Listener hears of differences. It is called by one goroutine, with the
// differences of one block in one or more calls, once the block is on disk; after
// those who left the population. After a crash a block that was told may be told
// again: a listener does the same once when it hears the same twice (Run.ID,
// Change.Person and Change.Programme name it). An error stops the run, which
// tells this block again when it goes on.
type Listener interface {
	Changed(ctx context.Context, run Run, changes []Change) error
}

// Progress is how far a run has come.
type Progress struct {
	Done, Persons int  // persons
	Writing       bool // all is decided; the results file is being written
}

// Options say what a run does.
type Options struct {
	Law *rule.Law
	// LawHash names the law for the record.
	LawHash string
	Date    kernel.Date
	// Programmes are those to decide; nil, all of the law.
	Programmes []string
	// Results is the file of the results. Files of its name with .run and .lock
	// behind it stand beside it.
	Results string
	// Workers is how many blocks are computed at once; 0, one for each processor.
	Workers int
	// TellFirst takes everybody for newly entitled who is entitled to a programme
	// that the last run did not know.
	TellFirst bool
	Listener  Listener       // nil: nobody is told
	Progress  func(Progress) // nil: nobody watches
}
