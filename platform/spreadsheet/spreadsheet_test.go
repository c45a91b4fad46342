package spreadsheet

import (
	"errors"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	var b strings.Builder
	w, err := New(&b, true)
	if err != nil {
		t.Fatal(err)
	}
	w.Row("이름", "n")
	w.Row(Text("=1+1"), "-3")
	w.Row(`a "b", c`, "")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if want := "\ufeff이름,n\r\n'=1+1,-3\r\n\"a \"\"b\"\", c\",\r\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	b.Reset()
	if w, err = New(&b, false); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil || b.Len() != 0 {
		t.Errorf("an empty table: %q, %v", b.String(), err)
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{"": "", "x": "x", "=x": "'=x", "+1": "'+1", "-1": "'-1", "@a": "'@a", "\ta": "'\ta", "\ra": "'\ra", "\na": "'\na", "|a": "'|a", " =x": "' =x", "＝1": "'＝1", "\u3000＋1": "'\u3000＋1", "가=": "가="} {
		if got := Text(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

type full struct{}

var errFull = errors.New("no room")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestNoRoom(t *testing.T) {
	if _, err := New(full{}, true); !errors.Is(err, errFull) {
		t.Error(err)
	}
	w, err := New(full{}, false)
	if err != nil {
		t.Fatal(err)
	}
	w.Row("x")
	if err := w.Close(); !errors.Is(err, errFull) {
		t.Error(err)
	}
}
