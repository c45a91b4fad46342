package population

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"maru/kernel"
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrAccess: basis, purpose or role is missing or is not the file's.
	ErrAccess = errors.New("population: no access")
	// ErrFormat: the file is no population, is damaged, or of another version.
	ErrFormat = errors.New("population: not a readable population file")
	// ErrDictionary: the file's facts are not those of the law.
	ErrDictionary = errors.New("population: the facts are not those of the law")
	// ErrFact: a household holds what a fact cannot be.
	ErrFact = errors.New("population: impossible fact")
	// ErrReplaced: the file was rebuilt or changed by someone else meanwhile.
	ErrReplaced = errors.New("population: the file has changed since it was opened")
)

// Access is why somebody opens a population.
type Access struct {
	Basis   string // the article of law, or the consent, that allows it
	Purpose string // what the rows are read for
	Role    string // the office or task of who reads
}

// Origin is how a population came about; it stands in the file.
type Origin struct {
	Basis   string      `json:"basis"`
	Purpose string      `json:"purpose"`
	Role    string      `json:"role"`
	Builder string      `json:"builder"` // who built it
	BuiltAt kernel.Time `json:"built_at"`
	Source  string      `json:"source"` // where the rows come from, in a sentence
}

// Opening is what is recorded before a file is read.
type Opening struct {
	Path       string
	Access     Access
	Origin     Origin
	File       string // the file's own number, in hex
	Persons    int
	Households int
}

// Recorder writes openings down, where the people concerned or their
// representatives can read them.
type Recorder interface {
	RecordOpening(ctx context.Context, o Opening) error
}

func (a Access) check(o Origin) error {
	for _, f := range [][2]string{{"basis", a.Basis}, {"purpose", a.Purpose}, {"role", a.Role}} {
		if strings.TrimSpace(f[1]) == "" {
			return fmt.Errorf("%w: it has no %s", ErrAccess, f[0])
		}
	}
	if a.Basis != o.Basis {
		return fmt.Errorf("%w: the rows were gathered under %q, not under %q", ErrAccess, o.Basis, a.Basis)
	}
	if a.Purpose != o.Purpose {
		return fmt.Errorf("%w: the rows were gathered for %q, not for %q", ErrAccess, o.Purpose, a.Purpose)
	}
	return nil
}

// Check tells whether an origin is complete. The error is ErrAccess.
func (o Origin) Check() error {
	for _, f := range [][2]string{{"basis", o.Basis}, {"purpose", o.Purpose}, {"role", o.Role}, {"builder", o.Builder}} {
		if strings.TrimSpace(f[1]) == "" {
			return fmt.Errorf("%w: the origin has no %s", ErrAccess, f[0])
		}
	}
	if o.BuiltAt.IsZero() {
		return fmt.Errorf("%w: the origin has no time", ErrAccess)
	}
	return nil
}
