package catalog

import (
	"bytes"
	"path"
	"regexp"
)

// blank is a place that only the author of a service can fill. A scaffold
// writes it with a hint, <<like this>>; no text for people needs these signs.
var blank = regexp.MustCompile(`<<([^<>\n]+)>>`)

// Blanks finds what of a file is still to be filled in. Comments are no part
// of a service and may say anything.
func Blanks(file string, data []byte) []Finding {
	var found findings
	comments := path.Ext(file) != ".md" // there # begins a heading
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if comments && bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) {
			continue
		}
		for _, m := range blank.FindAllSubmatch(line, -1) {
			found.err(file, n, "still to be filled in: %s", m[1])
		}
	}
	return found
}
