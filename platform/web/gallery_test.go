package web_test

import (
	"testing"

	"maru/platform/web/webtest"
)

func TestGalleryKeepsThePageContract(t *testing.T) {
	site := webtest.New(t)
	for _, path := range []string{"/_ui", "/en/_ui"} {
		if p := site.Get(path); p.Status != 200 {
			t.Errorf("%s: %d\n%s", path, p.Status, site.Log)
		}
	}
}
