package proof

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/mod/sumdb/note"
)

// algCosignature is the kind of key that signs cosignatures with Ed25519.
const algCosignature = 4

// timestampBytes precede the signature proper.
const timestampBytes = 8

var errKey = errors.New("proof: not a witness's key")

// keyHash is how a signature line names a key (C2SP signed-note).
func keyHash(name string, key []byte) uint32 {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write([]byte("\n"))
	h.Write(key)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// cosigned is what a witness signs at a time, in seconds since 1970.
func cosigned(at int64, text []byte) []byte {
	return append([]byte("cosignature/v1\ntime "+strconv.FormatInt(at, 10)+"\n"), text...)
}

// Witness signs checkpoints as a witness.
type Witness struct {
	name string
	key  ed25519.PrivateKey
}

// NewWitness makes a signer of a name, without white space or plus, and a key
// of 32 random bytes.
func NewWitness(name string, seed []byte) (*Witness, error) {
	if !keyName(name) || len(seed) != ed25519.SeedSize {
		return nil, errKey
	}
	return &Witness{name: name, key: ed25519.NewKeyFromSeed(seed)}, nil
}

func keyName(s string) bool {
	return s != "" && !strings.ContainsRune(s, '+') && !strings.ContainsFunc(s, unicode.IsSpace)
}

func (w *Witness) public() []byte {
	return append([]byte{algCosignature}, w.key.Public().(ed25519.PublicKey)...)
}

// VerifierKey is what others check this witness's signatures with.
func (w *Witness) VerifierKey() string {
	key := w.public()
	return fmt.Sprintf("%s+%08x+%s", w.name, keyHash(w.name, key), base64.StdEncoding.EncodeToString(key))
}

// Line is the signature line of a checkpoint's text at a time, in seconds
// since 1970.
func (w *Witness) Line(text string, at int64) string {
	sig := binary.BigEndian.AppendUint32(nil, keyHash(w.name, w.public()))
	sig = binary.BigEndian.AppendUint64(sig, uint64(at))
	sig = append(sig, ed25519.Sign(w.key, cosigned(at, []byte(text)))...)
	return "\u2014 " + w.name + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
}

// witnessVerifier is a note.Verifier of cosignatures.
type witnessVerifier struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (v *witnessVerifier) Name() string    { return v.name }
func (v *witnessVerifier) KeyHash() uint32 { return v.hash }

func (v *witnessVerifier) Verify(text, sig []byte) bool {
	if len(sig) != timestampBytes+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	return at <= 1<<63-1 && ed25519.Verify(v.key, cosigned(int64(at), text), sig[timestampBytes:])
}

// NewWitnessVerifier reads a witness's key as VerifierKey writes it.
func NewWitnessVerifier(vkey string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(vkey), "+")
	hex, b64, _ := strings.Cut(rest, "+")
	id, err := strconv.ParseUint(hex, 16, 32)
	key, err64 := base64.StdEncoding.DecodeString(b64)
	if err != nil || err64 != nil || len(hex) != 8 || !keyName(name) || len(key) != 1+ed25519.PublicKeySize || key[0] != algCosignature {
		return nil, errKey
	}
	if uint32(id) != keyHash(name, key) {
		return nil, errKey
	}
	return &witnessVerifier{name: name, hash: uint32(id), key: key[1:]}, nil
}
