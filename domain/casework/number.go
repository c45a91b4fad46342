package casework

import (
	"crypto/rand"
	"strings"

	"maru/kernel"
)

// Numbers are for reading aloud on the telephone: digits and capital letters
// without I, L, O, U and Z, which are taken for others, in groups of four, with
// a check character so that a slip is caught before anything is looked up. The
// alphabet has 31 members, a prime, so that the check below misses nothing.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXY"

// newNumber makes "<prefix><yy>-XXXX-XXXX" with groups*4 characters, the last
// of which checks the others.
func newNumber(prefix string, now kernel.Time, groups int) string {
	n := groups * 4
	year := now.DateIn(kernel.Seoul).Year % 100
	var b strings.Builder
	b.WriteString(prefix)
	b.WriteByte(byte('0' + year/10))
	b.WriteByte(byte('0' + year%10))
	body := make([]byte, n)
	for i := range n - 1 {
		body[i] = randomChar()
	}
	body[n-1] = checkChar(b.String() + string(body[:n-1]))
	for i, c := range body {
		if i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(c)
	}
	return b.String()
}

func randomChar() byte {
	var b [1]byte
	for {
		_, _ = rand.Read(b[:]) // never fails
		if b[0] < 248 {        // the largest multiple of 31: no letter is likelier
			return alphabet[b[0]%31]
		}
	}
}

// checkChar is a weighted sum modulo 31: every single wrong character and
// every swap of neighbours changes it.
func checkChar(s string) byte {
	sum, weight := 0, 2
	for _, c := range s {
		if i := strings.IndexRune(alphabet, c); i >= 0 {
			sum += weight * i
			weight++
		}
	}
	return alphabet[sum%31]
}

// ParseNumber tidies what somebody typed (case, spaces, missing hyphens, O for
// 0) and tells whether its check character fits.
func ParseNumber(s string) (string, bool) {
	var b strings.Builder
	for _, r := range strings.ToUpper(s) {
		switch {
		case r == 'O':
			b.WriteByte('0')
		case r == 'I' || r == 'L':
			b.WriteByte('1')
		case r == 'Z':
			b.WriteByte('2')
		case strings.ContainsRune(alphabet, r):
			b.WriteRune(r)
		case r == '-' || r == ' ' || r == '\u2010' || r == '\u2013':
		default:
			return "", false
		}
		if b.Len() > 20 {
			return "", false
		}
	}
	t := b.String()
	if len(t) != 11 && len(t) != 15 || t[0] != 'M' && t[0] != 'D' {
		return "", false
	}
	if checkChar(t[:len(t)-1]) != t[len(t)-1] {
		return "", false
	}
	out := t[:3]
	for i := 3; i < len(t); i += 4 {
		out += "-" + t[i:i+4]
	}
	return out, true
}

// newSeq is a sortable key for an application: milliseconds and 20 random
// bits, so that copies of the program need no shared counter.
func newSeq(now kernel.Time) int64 {
	var r [3]byte
	_, _ = rand.Read(r[:])
	return int64(now)/1000<<20 | int64(r[0])<<12 | int64(r[1])<<4 | int64(r[2])>>4
}
