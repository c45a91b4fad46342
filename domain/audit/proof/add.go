package proof

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

var errAdd = errors.New("proof: not a request to a witness")

// AddText is what a log sends to a witness: the size of the checkpoint that
// the witness signed last, how the new one follows from it, and the new one.
func AddText(old int64, path []tlog.Hash, signed string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "old %d\n", old)
	for _, h := range path {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n" + signed)
	return b.String()
}

// ParseAdd reads what AddText writes.
func ParseAdd(text string) (old int64, path []tlog.Hash, signed string, err error) {
	top, signed, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(top, "\n")
	number, numbered := strings.CutPrefix(lines[0], "old ")
	if !ok || !numbered || len(lines) > 1+maxPath {
		return 0, nil, "", errAdd
	}
	if old, ok = decimal(number); !ok {
		return 0, nil, "", errAdd
	}
	for _, line := range lines[1:] {
		h, err := hash(line)
		if err != nil {
			return 0, nil, "", errAdd
		}
		path = append(path, h)
	}
	return old, path, signed, nil
}
