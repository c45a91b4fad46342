// Package setting is what a person chooses about alerts, and the quiet hours
// counted from it.
package setting

import (
	"slices"
	"time"

	"maru/kernel"
)

// Setting is what a person chose. Muted are the topics that they do not want: a
// topic that comes later is wanted until they say otherwise.
type Setting struct {
	Muted []string `json:"muted,omitempty"`
	// Quiet hours from From until before To, in hours of the day in Seoul; none
	// where both are the same.
	From int `json:"from"`
	To   int `json:"to"`
	// Lost asks to hear of what is lost, Likely of what somebody may be entitled
	// to but should have checked.
	Lost   bool `json:"lost"`
	Likely bool `json:"likely"`
}

// Default is what the form offers at first.
func Default() Setting { return Setting{From: 21, To: 8, Lost: true, Likely: true} }

// Status is the setting with where alerts stand.
type Status struct {
	Setting
	On bool
	// Waiting: no consent stands, so that nobody looks.
	Waiting bool
	// Looked is the day of the last look, zero before the first.
	Looked kernel.Date
}

// Topic is a group of programmes.
type Topic struct {
	ID         string
	Title      kernel.Text
	Programmes []string
}

// Wants tells whether the person wants to hear of a programme: one of its topics
// is not muted. A programme in no topic is wanted.
func (s Setting) Wants(topics []Topic, programme string) bool {
	in := false
	for _, t := range topics {
		if !slices.Contains(t.Programmes, programme) {
			continue
		}
		if !slices.Contains(s.Muted, t.ID) {
			return true
		}
		in = true
	}
	return !in
}

// dayHour is when a message goes out that waited for its day.
const dayHour = 9

// SendAt is when a message made now may go out: at once, after the quiet hours,
// and on the next day where one went out today already. Seoul keeps no summer
// time, so that an hour of the day is an hour.
func (s Setting) SendAt(now, lastSent kernel.Time) kernel.Time {
	t := now.Std().In(kernel.Seoul)
	if !lastSent.IsZero() && lastSent.DateIn(kernel.Seoul) == now.DateIn(kernel.Seoul) {
		t = hour(t, 1, dayHour)
	}
	if s.quiet(t.Hour()) {
		days := 0
		if t.Hour() >= s.To {
			days = 1
		}
		t = hour(t, days, s.To)
	}
	return kernel.TimeOf(t)
}

// hour is an hour of the day, some days after t.
func hour(t time.Time, days, h int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, h, 0, 0, 0, t.Location())
}

// quiet tells whether an hour of the day is quiet.
func (s Setting) quiet(h int) bool {
	if s.From <= s.To {
		return s.From <= h && h < s.To
	}
	return h >= s.From || h < s.To
}
