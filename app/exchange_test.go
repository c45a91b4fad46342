package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maru/domain/catalog/contract"
)

// TestPartnersFitTheDictionary: a name that the dictionary does not have, and a
// fact that may not be moved, stop the start.
func TestPartnersFitTheDictionary(t *testing.T) {
	facts := map[string]*contract.Fact{
		"name":       {Registry: "resident register", Sensitivity: "personal"},
		"phone":      {Registry: "self", Sensitivity: "personal"},
		"disability": {Registry: "welfare register", Sensitivity: "sensitive"},
		"income":     {Registry: "national tax", Sensitivity: "financial", Entity: "household"},
	}
	for text, want := range map[string]string{
		"sources: [{id: s, registries: [resident register]}]\npeers: [{name: p, fields: [name]}]\n": "",
		"sources: [{id: s, registries: [residents register]}]\n":                                    "residents register",
		"sources: [{id: s, registries: [self]}]\n":                                                  "self",
		"sources: [{id: s, registries: [welfare register]}]\n":                                      "welfare register",
		"peers: [{name: p, fields: [name, adress]}]\n":                                              "adress",
		"peers: [{name: p, fields: [phone]}]\n":                                                     "phone",
		"peers: [{name: p, fields: [disability]}]\n":                                                "disability",
		"peers: [{name: p, fields: [income]}]\n":                                                    "income",
	} {
		file := filepath.Join(t.TempDir(), "exchange.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := readPartners(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.fit(facts); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
