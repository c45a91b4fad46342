package jpegclean

import (
	"bytes"
	"encoding/binary"
)

const (
	exifName       = "Exif\x00\x00"
	orientationTag = 0x0112
	shortType      = 3
)

// turnOf reads from an Exif segment how the picture is turned (1 to 8), 1 where
// it does not say; 0 where it is no Exif segment.
func turnOf(data []byte) uint16 {
	if !bytes.HasPrefix(data, []byte(exifName)) {
		return 0
	}
	tiff := data[len(exifName):]
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == orientationTag && order.Uint16(entries[2:]) == shortType {
			if v := order.Uint16(entries[8:]); v >= 1 && v <= 8 {
				return v
			}
		}
		entries = entries[12:]
	}
	return 1
}

// orientation is an Exif segment that says how the picture is turned and
// nothing else.
func orientation(turn uint16) []byte {
	b := []byte{0xff, app1, 0, 0}
	b = append(b, exifName...)
	b = append(b, 'M', 'M', 0, 42, 0, 0, 0, 8) // big-endian, the entries follow
	b = append(b, 0, 1)                        // one of them
	b = append(b, orientationTag>>8, orientationTag&0xff, 0, shortType, 0, 0, 0, 1, byte(turn>>8), byte(turn), 0, 0)
	b = append(b, 0, 0, 0, 0) // no more
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)-2))
	return b
}
