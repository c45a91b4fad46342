package web_test

import (
	"testing"

	"maru/platform/i18n/plain"
	"maru/platform/web/webtest"
)

func TestMessagesArePlain(t *testing.T) {
	for _, finding := range plain.Catalog(webtest.Catalog(t)) {
		t.Error(finding)
	}
}
