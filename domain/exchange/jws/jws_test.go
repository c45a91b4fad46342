package jws_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"maru/domain/exchange/jws"
)

func keys(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]crypto.Signer{"ed": ed, "ec": ec}
}

func TestSignAndVerify(t *testing.T) {
	for kid, key := range keys(t) {
		s, err := jws.NewSigner(kid, key)
		if err != nil {
			t.Fatal(err)
		}
		known := jws.Keys{kid: key.Public()}
		msg, err := s.Sign("a+jwt", []byte(`{"n":1}`))
		if err != nil {
			t.Fatal(err)
		}
		if got, by, err := known.Verify("a+jwt", msg); err != nil || string(got) != `{"n":1}` || by != kid {
			t.Errorf("%s: %q %q %v", kid, got, by, err)
		}
		parts := strings.Split(msg, ".")
		enc := base64.RawURLEncoding.EncodeToString
		for name, bad := range map[string]string{
			"other type":     "",
			"no parts":       "abc",
			"no signature":   parts[0] + "." + parts[1] + ".",
			"changed":        parts[0] + "." + enc([]byte(`{"n":2}`)) + "." + parts[2],
			"alg none":       enc([]byte(`{"alg":"none","kid":"`+kid+`","typ":"a+jwt"}`)) + "." + parts[1] + ".",
			"alg HS256":      enc([]byte(`{"alg":"HS256","kid":"`+kid+`","typ":"a+jwt"}`)) + "." + parts[1] + "." + parts[2],
			"key of its own": enc([]byte(`{"alg":"EdDSA","kid":"`+kid+`","typ":"a+jwt","jwk":{}}`)) + "." + parts[1] + "." + parts[2],
			"unknown key":    enc([]byte(`{"alg":"EdDSA","kid":"x","typ":"a+jwt"}`)) + "." + parts[1] + "." + parts[2],
			"loose base64":   parts[0] + "." + parts[1] + "." + parts[2] + "=",
		} {
			typ := "a+jwt"
			if name == "other type" {
				typ, bad = "b+jwt", msg
			}
			if _, _, err := known.Verify(typ, bad); !errors.Is(err, jws.ErrSignature) {
				t.Errorf("%s, %s: %v", kid, name, err)
			}
		}
	}
}

// TestOtherKeyOfTheSameName: a key is what was configured, not its name.
func TestOtherKeyOfTheSameName(t *testing.T) {
	all := keys(t)
	s, err := jws.NewSigner("k", all["ed"])
	if err != nil {
		t.Fatal(err)
	}
	msg, err := s.Sign("a", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []crypto.PublicKey{all["ec"].Public(), keys(t)["ed"].Public()} {
		if _, _, err := (jws.Keys{"k": key}).Verify("a", msg); !errors.Is(err, jws.ErrSignature) {
			t.Errorf("%T believes it: %v", key, err)
		}
	}
}

func TestOtherCurvesAreNoKeys(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jws.NewSigner("k", key); err == nil {
		t.Error("P-384 is taken")
	}
}

func FuzzVerify(f *testing.F) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJFZERTQSJ9.e30.")
	known := jws.Keys{"k": key.Public()}
	f.Fuzz(func(t *testing.T, msg string) {
		if _, _, err := known.Verify("a", msg); err == nil {
			t.Errorf("believed %q", msg)
		}
	})
}
