package sms

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"maru/kernel"
)

var key = []byte("a key of the test alone")

func message() Message {
	return Message{ID: "01960000-0000-7000-8000-000000000001", To: "+821012345678", Text: "새 소식", Lang: kernel.KO, At: 1_764_000_000_000_000}
}

func TestSend(t *testing.T) {
	status := http.StatusAccepted
	var seen *http.Request
	var body []byte
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
	}))
	defer srv.Close()
	g, err := New(srv.URL+"/send", key)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	if want := `{"id":"01960000-0000-7000-8000-000000000001","to":"+821012345678","text":"새 소식","lang":"ko"}`; string(body) != want {
		t.Errorf("body %s", body)
	}
	// Made with: printf '1764000000.%s' "$BODY" | openssl dgst -sha256 -hmac "$KEY"
	if got := seen.Header.Get("Maru-Signature"); got != "t=1764000000,v1=0187aabe786892d0cb9e2f6cde24a26d7db156d823e2dfcf7aa69210ab382b52" {
		t.Errorf("signature %s", got)
	}
	if seen.Method != http.MethodPost || seen.Header.Get("Idempotency-Key") != string(message().ID) || seen.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %v", seen.Method, seen.Header)
	}
	for code, gone := range map[int]bool{404: false, 410: true, 422: true, 302: false, 400: false, 401: false, 403: false, 429: false, 500: false, 503: false} {
		status = code
		seen = nil
		if err := g.Send(t.Context(), message()); err == nil || errors.Is(err, ErrRefused) != gone || strings.Contains(err.Error(), "1234") {
			t.Errorf("%d: %v", code, err)
		}
		if seen == nil || seen.URL.Path != "/send" {
			t.Errorf("%d was followed", code)
		}
	}
	srv.Close()
	if err := g.Send(t.Context(), message()); err == nil || errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "/send") {
		t.Errorf("nobody there: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.Send(ctx, message()); err == nil {
		t.Error("sent after the end")
	}
}

func TestNew(t *testing.T) {
	for _, a := range []string{"", "http://gateway.example/send", "ftp://localhost", "localhost:1"} {
		if _, err := New(a, key); err == nil {
			t.Errorf("%q is taken", a)
		}
	}
	if _, err := New("https://gateway.example/send", key[:8]); err == nil {
		t.Error("a short key is taken")
	}
}

func TestFits(t *testing.T) {
	for text, want := range map[string]bool{
		strings.Repeat("가", 45): true, strings.Repeat("가", 45) + ".": false, strings.Repeat("가", 40) + strings.Repeat("a", 10): true,
		strings.Repeat("a", 160): true, strings.Repeat("a", 161): false, strings.Repeat("[", 80): true, strings.Repeat("[", 81): false,
		"가\U0001F600": false, "": true,
	} {
		if Fits(text) != want {
			t.Errorf("%q: %t", text, !want)
		}
	}
}

func TestMobile(t *testing.T) {
	for in, want := range map[string]string{
		"010-1234-5678": "+821012345678", "01012345678": "+821012345678", " 010 1234 5678 ": "+821012345678", "+82 10-1234-5678": "+821012345678",
		"+82 (0)10 1234 5678": "+821012345678", "011-234-5678": "+82112345678", "019-1234-5678": "+821912345678",
		"": "", "02-1234-5678": "", "0101234567": "", "010-1234-56789": "", "1588-0000": "", "+1 212 555 0100": "", "+8201": "", "010-1234-567a": "", "012-345-6789": "",
		"０１０-1234-5678": "", "060-123-4567": "", "010-1234-5678\r\nX": "", "+82821012345678": "", "++821012345678": "",
	} {
		got, err := Mobile(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
}
