package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// TestWhole: a drawing is well-formed, says what it is, escapes what it is given
// and has no style or script of its own.
func TestWhole(t *testing.T) {
	w := Words{ID: "chart-x", Title: `<b>"A" & B`, Desc: "d", One: "one", Other: "other", Hidden: "none"}
	bars := []Bar{{Label: "<script>", One: 5, Other: 3, OneText: "5", OtherText: "3"}, {Label: "hidden", Hidden: true, One: 4242}, {Label: "nought"}}
	for name, svg := range map[string]string{"sides": Sides(w, bars), "pairs": Pairs(w, bars), "one side": Sides(w, bars[1:]), "empty": Sides(w, nil)} {
		d := xml.NewDecoder(strings.NewReader(svg))
		ids := map[string]bool{}
		for {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			e, ok := tok.(xml.StartElement)
			if !ok {
				continue
			}
			if e.Name.Local == "script" || e.Name.Local == "style" {
				t.Errorf("%s has a %s", name, e.Name.Local)
			}
			for _, a := range e.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") {
					t.Errorf("%s: attribute %s", name, a.Name.Local)
				}
				if a.Name.Local == "id" && (ids[a.Value] || !strings.HasPrefix(a.Value, "chart-x-")) {
					t.Errorf("%s: id %s", name, a.Value)
				} else if a.Name.Local == "id" {
					ids[a.Value] = true
				}
			}
		}
		if !strings.Contains(svg, `role="img"`) || !ids["chart-x-title"] || !ids["chart-x-desc"] {
			t.Errorf("%s does not say what it is", name)
		}
		if strings.Contains(svg, "4242") {
			t.Errorf("%s: a hidden number stands in it", name)
		}
	}
}

// TestLength: bars are as long as their values, and nothing is nothing.
func TestLength(t *testing.T) {
	for _, c := range []struct {
		n, most int64
		want    int
	}{{0, 10, 0}, {-4, 10, 0}, {10, 10, 80}, {5, 10, 40}, {1, 1_000_000, 2}, {5, 0, 0}} {
		if got := length(c.n, c.most, 80); got != c.want {
			t.Errorf("%d of %d is %d long, want %d", c.n, c.most, got, c.want)
		}
	}
	if got := short("Chungcheongbuk-do"); len([]rune(got)) > 15 || !strings.HasSuffix(got, "…") {
		t.Errorf("label %q", got)
	}
	if got := short("강원특별자치도"); got != "강원특별자치도" {
		t.Errorf("label %q", got)
	}
}
