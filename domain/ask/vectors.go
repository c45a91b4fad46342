package ask

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"

	"maru/platform/wordvec"
)

// ownVectors are the word vectors of the Korean pack, as `maru ask train`
// makes them from its text.
//
//go:embed vectors.bin
var ownVectors []byte

// Vectors reads word vectors: of a file, or with an empty name those inside
// the program.
func Vectors(name string) (*wordvec.Model, error) {
	b := ownVectors
	if name != "" {
		var err error
		if b, err = os.ReadFile(name); err != nil {
			return nil, fmt.Errorf("ask: word vectors: %w", err)
		}
	}
	m, err := wordvec.Read(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("ask: word vectors %s: %w", name, err)
	}
	return m, nil
}
