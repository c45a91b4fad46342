package kernel

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"
)

// ID names a row: a UUID (RFC 9562) in its 36-character text form, so that it
// never tells a sequence number. Version 7 sorts by the time it was made.
type ID string

// NewID returns a fresh ID stamped with t.
func NewID(t Time) ID {
	var b [16]byte
	// crypto/rand.Read never fails on the platforms Go supports.
	_, _ = rand.Read(b[6:])
	ms := uint64(t) / uint64(time.Millisecond/time.Microsecond)
	binary.BigEndian.PutUint16(b[0:2], uint16(ms>>32))
	binary.BigEndian.PutUint32(b[2:6], uint32(ms))
	return format(b, 7)
}

// RandomID returns a fresh ID that tells no time (UUID version 4). It is for
// rows that many serializable transactions read and change soon after they were
// made: on PostgreSQL transactions that touch neighbours in an index roll each
// other back, and ids of one moment are neighbours.
func RandomID() ID {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return format(b, 4)
}

func format(b [16]byte, version byte) ID {
	b[6] = b[6]&0x0f | version<<4
	b[8] = b[8]&0x3f | 0x80
	var out [36]byte
	hex.Encode(out[0:8], b[0:4])
	hex.Encode(out[9:13], b[4:6])
	hex.Encode(out[14:18], b[6:8])
	hex.Encode(out[19:23], b[8:10])
	hex.Encode(out[24:36], b[10:16])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return ID(out[:])
}

// ParseID accepts the 36-character form in lower or upper case.
func ParseID(s string) (ID, error) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return "", fmt.Errorf("kernel: %q is not an id", clip(s))
	}
	b := []byte(s)
	for i, c := range b {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'f':
		case c >= 'A' && c <= 'F':
			b[i] = c + 'a' - 'A'
		default:
			return "", fmt.Errorf("kernel: %q is not an id", clip(s))
		}
	}
	return ID(b), nil
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40]
	}
	return s
}
