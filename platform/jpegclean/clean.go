package jpegclean

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// ErrBroken says that the bytes are no whole JPEG file.
var ErrBroken = errors.New("jpegclean: not a whole JPEG file")

// The markers that matter here (ITU-T T.81, table B.1).
const (
	soi   = 0xd8 // the file begins
	eoi   = 0xd9 // the picture ends
	sos   = 0xda // a scan begins: its header, then coded data up to a marker
	app0  = 0xe0
	app1  = 0xe1
	app2  = 0xe2
	app14 = 0xee
	app15 = 0xef
	com   = 0xfe
)

// Clean gives the photo without what it says beside the picture, and whether
// anything was taken out. Whatever follows the picture's end goes as well.
func Clean(b []byte) (clean []byte, removed bool, err error) {
	if len(b) < 4 || b[0] != 0xff || b[1] != soi {
		return nil, false, ErrBroken
	}
	w := walker{rest: b[2:]}
	out := make([]byte, 0, len(b))
	turned, seenScan := uint16(0), false
	var body []byte // all that stays, without the file's beginning
	for {
		marker, segment, ok := w.next()
		if !ok {
			return nil, false, ErrBroken
		}
		switch {
		case marker == eoi:
			if !seenScan {
				return nil, false, ErrBroken
			}
			out = append(out, 0xff, soi)
			if turned > 1 {
				out = append(out, orientation(turned)...)
			}
			out = append(out, body...)
			return append(out, 0xff, eoi), removed || len(w.rest) > 0, nil
		case marker == app1 && turned == 0:
			turned, removed = turnOf(segment[4:]), true
		case !needed(marker, segment[4:]):
			removed = true
		default:
			body = append(body, segment...)
			if marker == sos {
				seenScan = true
				body = append(body, w.scan()...)
			}
		}
	}
}

// needed tells whether a segment belongs to the picture. Of the application's
// own segments those are the file format's name, the colour profile and how
// Adobe's programs coded the colours.
func needed(marker byte, data []byte) bool {
	switch {
	case marker == app0:
		return bytes.HasPrefix(data, []byte("JFIF\x00")) && len(data) == 14 // longer ones hold a small copy
	case marker == app2:
		return bytes.HasPrefix(data, []byte("ICC_PROFILE\x00"))
	case marker == app14:
		return bytes.HasPrefix(data, []byte("Adobe")) && len(data) == 12
	case marker >= app0 && marker <= app15, marker == com:
		return false
	}
	return true
}

// walker goes through a file's segments.
type walker struct{ rest []byte }

// next gives the next marker with its whole segment, length included. The end
// of the picture has none.
func (w *walker) next() (marker byte, segment []byte, ok bool) {
	b := w.rest
	for len(b) >= 2 && b[0] == 0xff && b[1] == 0xff {
		b = b[1:] // fill bytes may stand before a marker
	}
	if len(b) < 2 || b[0] != 0xff {
		return 0, nil, false
	}
	marker = b[1]
	if marker == eoi {
		w.rest = b[2:]
		return marker, nil, true
	}
	// Markers without a length belong into a scan, others are not JPEG.
	if len(b) < 4 || marker < 0xc0 || marker >= 0xd0 && marker <= soi {
		return 0, nil, false
	}
	n := 2 + int(binary.BigEndian.Uint16(b[2:]))
	if n < 4 || n > len(b) {
		return 0, nil, false
	}
	w.rest = b[n:]
	return marker, b[:n], true
}

// scan gives the coded data up to the next marker that is no part of it.
func (w *walker) scan() []byte {
	b := w.rest
	for i := 0; i+1 < len(b); i++ {
		if b[i] == 0xff && b[i+1] != 0 && b[i+1] != 0xff && (b[i+1] < 0xd0 || b[i+1] > 0xd7) {
			w.rest = b[i:]
			return b[:i]
		}
	}
	w.rest = nil
	return b
}
