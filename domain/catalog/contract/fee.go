package contract

import (
	"slices"
	"strconv"
	"strings"

	"maru/kernel"
)

// MaxCount is how many of one option a question of type counts can ask for.
const MaxCount = 99

// CountOf writes a member of an answer to a question of type counts: n of the
// option.
func CountOf(option string, n int) string { return option + "*" + strconv.Itoa(n) }

// ParseCount reads what CountOf wrote; ok is false when it is none, or when
// the number is not 1 to MaxCount in plain digits.
func ParseCount(member string) (option string, n int, ok bool) {
	option, digits, found := strings.Cut(member, "*")
	n, err := strconv.Atoi(digits)
	if !found || option == "" || err != nil || n < 1 || n > MaxCount || strconv.Itoa(n) != digits {
		return "", 0, false
	}
	return option, n, true
}

// FeeLine is what one chosen option adds to the fee.
type FeeLine struct {
	Question string       `json:"question"`
	Option   string       `json:"option"`
	Count    int          `json:"count"`
	Won      kernel.Money `json:"won"` // of all together
}

// FeeFor is the fee of an application through Maru: the service's own and what
// the chosen options add, in the order of the form. Answers to questions that
// are not shown cost nothing.
func (s *Service) FeeFor(env Env) (won kernel.Money, lines []FeeLine) {
	won = s.Fee.Online
	for _, q := range s.Shown(env) {
		if !slices.Contains(s.Fee.Questions, q.ID) {
			continue
		}
		v := env.Answers[q.ID]
		chosen, isSet := v.Set()
		if !isSet && v.Known() {
			chosen = []string{v.Text()}
		}
		for i := range q.Options {
			o := &q.Options[i]
			for _, member := range chosen {
				value, n := member, 1
				if q.Type == "counts" {
					value, n, _ = ParseCount(member)
				}
				if value == o.Value && o.Won > 0 {
					lines = append(lines, FeeLine{q.ID, value, n, o.Won * kernel.Money(n)})
					won += o.Won * kernel.Money(n)
				}
			}
		}
	}
	return won, lines
}
