package backup

import (
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"

	"maru/kernel"
	"maru/platform/crypto"
	"maru/platform/store"
)

// format is the version of the archive's form.
const format = 1

// Manifest tells what an archive holds.
type Manifest struct {
	Format  int            `json:"format"`
	Made    kernel.Time    `json:"made"`
	Engine  store.Engine   `json:"engine"` // it was taken from
	World   string         `json:"world"`  // the stamp, "" if there was none
	Keys    string         `json:"keys"`   // fingerprint of the key file, "" if none was given
	Schema  map[string]int `json:"schema"` // version by domain
	Tables  []Table        `json:"tables"` // a table comes after those it refers to
	Archive string         `json:"-"`      // SHA-256 of the manifest itself, hex, to note down elsewhere
}

// Table is one table of an archive.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	Parts   []Part   `json:"parts"`
}

// Part is one file of rows in an archive.
type Part struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // hex
}

// Rows counts the rows of all tables.
func (m Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

const (
	manifestName = "manifest.json"
	macName      = "manifest.mac"
	macContext   = "backup.manifest"
)

// broken is the error of an archive that is not as it was written.
func broken(format string, args ...any) error {
	return kernel.E(kernel.Invalid, "backup.broken", fmt.Errorf("backup: "+format, args...))
}

// parseManifest checks the manifest's form and, where keys were used, that it
// was made with the given ones.
func parseManifest(raw, mac []byte, keys *crypto.Keys) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return Manifest{}, broken("manifest: %w", err)
	}
	if m.Format != format {
		return Manifest{}, broken("format %d is unknown", m.Format)
	}
	switch {
	case m.Keys == "":
		return m, nil
	case keys == nil || keys.Fingerprint() != m.Keys:
		return Manifest{}, kernel.E(kernel.Conflict, "backup.keys", fmt.Errorf("backup: the archive belongs to the key file with fingerprint %s", m.Keys))
	case !hmac.Equal(mac, keys.MAC(macContext, raw)):
		return Manifest{}, broken("the manifest was not made with this key file")
	}
	return m, nil
}

var errNoManifest = errors.New("backup: the archive has no manifest: it was cut off")
