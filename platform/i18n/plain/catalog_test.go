package plain_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"maru/platform/i18n"
	"maru/platform/i18n/plain"
)

func TestCatalog(t *testing.T) {
	c, err := i18n.Load(fstest.MapFS{
		"messages.ko.json": {Data: []byte(`{"a.error.name":"이름이 없어요.","a.error.x.title":"없어요","a.ok":"좋아요","a.mixed":"한글"}`)},
		"messages.en.json": {Data: []byte(`{"a.error.name":"No name","a.error.x.title":"None","a.ok":"Good","a.mixed":"Hangul 한글"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := plain.Catalog(c)
	if len(got) != 2 || !strings.HasPrefix(got[0], "a.error.name: no-action") || !strings.HasPrefix(got[1], "a.mixed: English holds Hangul") {
		t.Errorf("findings:\n%s", strings.Join(got, "\n"))
	}
}
