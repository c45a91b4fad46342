package jpegclean

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// photo is a small picture as an encoder writes it.
func photo(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 33, 17))
	for x := range 33 {
		for y := range 17 {
			m.Set(x, y, color.RGBA{uint8(x * 7), uint8(y * 15), uint8(x * y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// segment is a marker with its length and data.
func segment(marker byte, data string) []byte {
	b := []byte{0xff, marker, 0, 0}
	binary.BigEndian.PutUint16(b[2:], uint16(len(data)+2))
	return append(b, data...)
}

// after puts segments behind the file's beginning.
func after(p []byte, segments ...[]byte) []byte {
	out := bytes.Clone(p[:2])
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, p[2:]...)
}

// exif is a camera's segment: turned, and taken somewhere.
func exif(order binary.ByteOrder, turn uint16) []byte {
	b := []byte("Exif\x00\x00")
	if order == binary.LittleEndian {
		b = append(b, 'I', 'I', 42, 0)
	} else {
		b = append(b, 'M', 'M', 0, 42)
	}
	u16 := func(v uint16) { b = append(b, 0, 0); order.PutUint16(b[len(b)-2:], v) }
	u32 := func(v uint32) { b = append(b, 0, 0, 0, 0); order.PutUint32(b[len(b)-4:], v) }
	u32(8)
	u16(2)
	u16(orientationTag)
	u16(shortType)
	u32(1)
	u16(turn)
	u16(0)
	u16(0x8825) // where the position stands
	u16(4)
	u32(1)
	u32(38)
	u32(0)
	b = append(b, "GPS N 37 33 59"...)
	return segment(app1, string(b))
}

func TestClean(t *testing.T) {
	plain := photo(t)
	profile := segment(app2, "ICC_PROFILE\x00\x01\x01colours")
	jfif := segment(app0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
	cases := []struct {
		name    string
		in      []byte
		turn    uint16
		removed bool
	}{
		{"nothing to take out", plain, 0, false},
		{"profile and format stay", after(plain, jfif, profile), 0, false},
		{"little-endian", after(plain, exif(binary.LittleEndian, 6)), 6, true},
		{"big-endian", after(plain, jfif, exif(binary.BigEndian, 8), profile), 8, true},
		{"not turned", after(plain, exif(binary.BigEndian, 1)), 0, true},
		{"nonsense turn", after(plain, exif(binary.BigEndian, 99)), 0, true},
		{"xmp before exif", after(plain, segment(app1, "http://ns.adobe.com/xap/1.0/\x00<GPS/>"), exif(binary.LittleEndian, 3)), 3, true},
		{"comment", after(plain, segment(com, "GPS in a comment")), 0, true},
		{"maker's own", after(plain, segment(0xed, "Photoshop GPS"), segment(app2, "MPF\x00GPS")), 0, true},
		{"a film behind the picture", append(bytes.Clone(plain), "GPS film"...), 0, true},
		{"fill bytes", after(plain, []byte{0xff, 0xff}, segment(com, "GPS")[1:]), 0, true},
	}
	want, err := jpeg.Decode(bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out, removed, err := Clean(c.in)
			if err != nil || removed != c.removed {
				t.Fatalf("removed %v, %v", removed, err)
			}
			if bytes.Contains(out, []byte("GPS")) {
				t.Error("the position is still there")
			}
			if bytes.Contains(c.in, profile) && !bytes.Contains(out, profile) {
				t.Error("the colour profile is gone")
			}
			got, err := jpeg.Decode(bytes.NewReader(out))
			if err != nil || !bytes.Equal(got.(*image.YCbCr).Y, want.(*image.YCbCr).Y) {
				t.Errorf("another picture: %v", err)
			}
			if turn := found(t, out); turn != c.turn {
				t.Errorf("turned %d, want %d", turn, c.turn)
			}
			again, more, err := Clean(out)
			if err != nil || !bytes.Equal(again, out) || more != (c.turn > 1) {
				t.Errorf("a second time changes it: %v %v", more, err)
			}
		})
	}
}

// found is how a cleaned photo says it is turned, 0 for not at all.
func found(t *testing.T, b []byte) uint16 {
	t.Helper()
	w := walker{rest: b[2:]}
	for {
		marker, s, ok := w.next()
		switch {
		case !ok || marker == sos || marker == eoi:
			return 0
		case marker == app1:
			return turnOf(s[4:])
		}
	}
}

func TestBroken(t *testing.T) {
	p := photo(t)
	for name, b := range map[string][]byte{
		"empty": nil, "text": []byte("hello, world"), "no end": p[:len(p)-2], "half": p[:len(p)/2],
		"only ends": {0xff, soi, 0xff, eoi}, "a length past the end": after(p[:2], []byte{0xff, app1, 0xff, 0xff}),
		"a length too short": after(p[:2], []byte{0xff, app1, 0, 1, 0}),
	} {
		if out, _, err := Clean(b); err == nil {
			t.Errorf("%s: took %d bytes", name, len(out))
		}
	}
}

// FuzzClean: it never fails otherwise than by saying so, what comes out is never
// longer than needed, is clean, and stays as it is.
func FuzzClean(f *testing.F) {
	p := photo(f)
	f.Add(p)
	f.Add(after(p, exif(binary.LittleEndian, 6)))
	f.Add(after(p, exif(binary.BigEndian, 3), segment(com, "x")))
	f.Add(p[:len(p)/2])
	f.Fuzz(func(t *testing.T, b []byte) {
		out, _, err := Clean(b)
		if err != nil {
			return
		}
		if len(out) > len(b)+len(orientation(1)) {
			t.Errorf("%d bytes became %d", len(b), len(out))
		}
		w := walker{rest: out[2:]}
		for {
			marker, s, ok := w.next()
			if !ok {
				t.Fatal("what came out is broken")
			}
			if marker == eoi {
				break
			}
			if marker == sos {
				w.scan()
			}
			if marker == app1 && len(s) != len(orientation(1)) || marker == com {
				t.Errorf("marker %x of %d bytes is still there", marker, len(s))
			}
		}
		if again, _, err := Clean(out); err != nil || !bytes.Equal(again, out) {
			t.Errorf("a second time changes it: %v", err)
		}
	})
}
