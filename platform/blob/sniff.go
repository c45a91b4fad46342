package blob

import (
	"bytes"
	"slices"
)

// fileType is a kind of file that may be uploaded.
type fileType struct {
	short  string // in Limits
	media  string
	ending string
	magic  []byte // how the content begins
}

var fileTypes = []fileType{
	{"pdf", "application/pdf", ".pdf", []byte("%PDF-")},
	{"png", "image/png", ".png", []byte("\x89PNG\r\n\x1a\n")},
	{"jpeg", "image/jpeg", ".jpg", []byte("\xff\xd8\xff")},
}

// sniff tells what head begins, if it is one of allowed.
func sniff(head []byte, allowed []string) (fileType, bool) {
	for _, t := range fileTypes {
		if bytes.HasPrefix(head, t.magic) {
			return t, len(allowed) == 0 || slices.Contains(allowed, t.short)
		}
	}
	return fileType{}, false
}
