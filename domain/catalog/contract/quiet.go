package contract

import (
	"strings"

	"maru/kernel"
)

// Quiet is a subject that hurts or shames whoever did not speak of it: the
// pack's quiet.yaml. A sentence or term that is marked with it leads to its
// service as any other does, and is shown only to somebody who speaks of it.
type Quiet struct {
	ID string `yaml:"id"`
	// Words say it outright: a sentence that holds one is to be marked.
	Words map[kernel.Lang][]string `yaml:"words"`
	// Also are further words by which somebody may speak of it.
	Also map[kernel.Lang][]string `yaml:"also"`
}

// CutMark takes the mark off a sentence or term: "[death debt] my father left
// debts" is marked with two subjects, "[-] the battery died" with none, because
// somebody looked at it. Without a mark marked is false.
func CutMark(line string) (text string, subjects []string, marked bool) {
	mark, rest, ok := strings.Cut(line, "]")
	if !ok || !strings.HasPrefix(mark, "[") {
		return line, nil, false
	}
	if mark = strings.TrimSpace(mark[1:]); mark != "-" {
		subjects = strings.Fields(mark)
	}
	return strings.TrimSpace(rest), subjects, true
}
