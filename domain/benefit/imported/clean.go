package imported

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"maru/domain/benefit/gov24"
)

// Bounds of texts, in characters. The longest of the real catalogue have a few
// thousand.
const (
	maxName = 150
	maxLine = 300
	maxLong = 6000
	// maxMarks is how many combining marks one letter may carry.
	maxMarks = 3
)

// cleaner makes texts of others fit to be shown as plain text.
type cleaner struct {
	// cut and altered count texts that were shortened, and texts from which
	// characters that steer a display were taken out.
	cut, altered int
}

// line is a text of one line.
func (c *cleaner) line(s string, most int) string {
	return c.bound(strings.Join(strings.Fields(c.printable(s)), " "), most)
}

// long is a text that may have lines of its own: no more than one empty line in
// a row is left.
func (c *cleaner) long(s string) string {
	var lines []string
	empty := true
	for line := range strings.SplitSeq(c.printable(s), "\n") {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" && empty {
			continue
		}
		empty = line == ""
		lines = append(lines, line)
	}
	return c.bound(strings.TrimSpace(strings.Join(lines, "\n")), maxLong)
}

// printable leaves out what steers a display instead of saying something:
// control characters, marks that turn the direction of writing, characters of
// no width, private ones, and marks piled up on one letter.
func (c *cleaner) printable(s string) string {
	var b strings.Builder
	marks, altered := 0, !utf8.ValidString(s)
	for _, r := range strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n") {
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			b.WriteByte('\n')
			marks = 0
		case unicode.IsSpace(r):
			b.WriteByte(' ')
			marks = 0
		case unicode.In(r, unicode.C) || r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef:
			altered = true
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks {
				altered = true
				continue
			}
			b.WriteRune(r)
		default:
			marks = 0
			b.WriteRune(r)
		}
	}
	if altered {
		c.altered++
	}
	return b.String()
}

func (c *cleaner) bound(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	c.cut++
	return strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
}

// service cleans an entry. Ids are left as they are: those that are not plain
// are refused whole by the importer. How often a page was looked at is nothing
// to keep: it would make every import differ from the one before.
func (c *cleaner) service(s gov24.Service) gov24.Service {
	for _, f := range []*string{&s.AgencyCode, &s.AgencyType, &s.Department, &s.Users, &s.Field, &s.Kind, &s.Registered, &s.Modified, &s.Agency} {
		*f = c.line(*f, maxName)
	}
	s.Name = c.line(s.Name, maxName)
	for _, f := range []*string{&s.Summary, &s.Until, &s.Reception, &s.Phone} {
		*f = c.line(*f, maxLine)
	}
	for _, f := range []*string{&s.Target, &s.Selection, &s.Content, &s.Method} {
		*f = c.long(*f)
	}
	s.Views = 0
	return s
}

func (c *cleaner) detail(d gov24.Detail) gov24.Detail {
	for _, f := range []*string{&d.Papers, &d.OfficialPapers, &d.OwnPapers, &d.Acts, &d.Rules, &d.Ordinances} {
		*f = c.long(*f)
	}
	return d
}

// clean cleans a whole catalogue and counts the addresses that lead nowhere.
func (c *cleaner) clean(in gov24.Catalogue) (out gov24.Catalogue, badLinks int) {
	out = gov24.Catalogue{Services: slices.Clone(in.Services), Details: slices.Clone(in.Details), Conditions: in.Conditions}
	for i, s := range out.Services {
		out.Services[i] = c.service(s)
		if out.Services[i].URL = officialLink(s.URL, isPortal); out.Services[i].URL == "" && strings.TrimSpace(s.URL) != "" {
			badLinks++
		}
	}
	for i, d := range out.Details {
		out.Details[i] = c.detail(d)
		if out.Details[i].Online = officialLink(d.Online, isGovernment); out.Details[i].Online == "" && strings.TrimSpace(d.Online) != "" {
			badLinks++
		}
	}
	return out, badLinks
}
