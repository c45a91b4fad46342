package web

import (
	"strings"
	"time"
	"unicode/utf8"

	"maru/domain/casework"
	"maru/kernel"
)

// icsTime is a UTC instant as calendar files write it (RFC 5545, 3.3.5).
const icsTime = "20060102T150405Z"

// calendarFile is the booked visit as a calendar file. Its id is the
// application's, so that a moved visit replaces the one loaded before.
func calendarFile(c *casework.Case, now kernel.Time, title, place, about string) string {
	at := c.Visit.At.Std().UTC()
	lines := []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Maru//casework//EN", "METHOD:PUBLISH",
		"BEGIN:VEVENT", "UID:visit-" + string(c.ID) + "@maru",
		"DTSTAMP:" + now.Std().UTC().Format(icsTime),
		"DTSTART:" + at.Format(icsTime),
		"DTEND:" + at.Add(time.Duration(c.Visit.Minutes)*time.Minute).Format(icsTime),
		"SUMMARY:" + icsText(title), "LOCATION:" + icsText(place), "DESCRIPTION:" + icsText(about),
		"END:VEVENT", "END:VCALENDAR",
	}
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(icsFold(l))
		b.WriteString("\r\n")
	}
	return b.String()
}

// icsText escapes a text (RFC 5545, 3.3.11).
func icsText(s string) string {
	return strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\r\n", "\\n", "\n", "\\n", "\r", "\\n").Replace(s)
}

// icsFold breaks a line at 75 octets, between characters (RFC 5545, 3.1).
func icsFold(line string) string {
	var b strings.Builder
	n := 0
	for _, r := range line {
		size := utf8.RuneLen(r)
		if n+size > 75 {
			b.WriteString("\r\n ")
			n = 1
		}
		b.WriteRune(r)
		n += size
	}
	return b.String()
}
