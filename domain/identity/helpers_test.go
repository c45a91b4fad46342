package identity

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

// asSecond tells whether a second factor is asked for.
func asSecond(err error, to **SecondFactorError) bool { return errors.As(err, to) }

// request is one of a page, for what asks for its context only.
func request(t testing.TB) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
}
