package catalog

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity tells whether a finding stops a pack from being used.
type Severity string

// The severities. Findings are read by those who edit packs and by programs,
// in English like the names in the files.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is one thing the check says about a file of a pack.
type Finding struct {
	Severity Severity `json:"severity"`
	File     string   `json:"file"`
	Line     int      `json:"line,omitempty"` // 0 when it is about the whole file
	Message  string   `json:"message"`
}

// String is the form editors and compilers use: file:line: severity: message.
func (f Finding) String() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s: %s", f.File, f.Severity, f.Message)
	}
	return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.Severity, f.Message)
}

// Errors counts the findings that stop a pack from being used.
func Errors(findings []Finding) int {
	n := 0
	for _, f := range findings {
		if f.Severity == Error {
			n++
		}
	}
	return n
}

// findings collects while a pack is read.
type findings []Finding

func (fs *findings) err(file string, line int, format string, args ...any) {
	*fs = append(*fs, Finding{Error, file, line, fmt.Sprintf(format, args...)})
}

func (fs *findings) warn(file string, line int, format string, args ...any) {
	*fs = append(*fs, Finding{Warning, file, line, fmt.Sprintf(format, args...)})
}

func (fs findings) sorted() []Finding {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return fs
}
