package blob

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"maru/kernel"
)

// Serve answers a request with the file, as an attachment that the browser
// neither shows in our pages nor runs. Whether the person may have it is the
// caller's to decide. Once the first byte is out, an error can only break the
// answer off: the length announced tells the client that something is missing.
func (s *Store) Serve(w http.ResponseWriter, r *http.Request, id kernel.ID) error {
	m, body, err := s.Open(r.Context(), id)
	if err != nil {
		return err
	}
	defer body.Close() //nolint:errcheck // it was only read
	// The first chunk is read before the head goes out, so that a damaged file
	// still gets an error page.
	first := make([]byte, min(m.Size, chunkSize))
	if _, err := io.ReadFull(body, first); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", m.Type)
	h.Set("Content-Length", strconv.FormatInt(m.Size, 10))
	h.Set("Content-Disposition", disposition(m.Name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-store")
	if r.Method == http.MethodHead {
		return nil
	}
	if _, err := w.Write(first); err != nil {
		return nil // the client went away
	}
	if _, err := io.Copy(w, body); err != nil && kernel.KindOf(err) == kernel.Internal && r.Context().Err() == nil {
		panic(http.ErrAbortHandler) // break off instead of ending as if whole
	}
	return nil
}

// disposition names the file for saving (RFC 6266): in ASCII for old clients
// and in UTF-8 (RFC 8187, once 5987) for all others.
func disposition(name string) string {
	var ascii, utf strings.Builder
	for _, r := range name {
		if r >= 0x20 && r < 0x7f && r != '"' && r != '\\' && r != '%' {
			ascii.WriteRune(r)
		} else {
			ascii.WriteByte('_')
		}
	}
	const hex = "0123456789ABCDEF"
	for _, c := range []byte(name) {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			utf.WriteByte(c)
		} else {
			utf.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return `attachment; filename="` + ascii.String() + `"; filename*=UTF-8''` + utf.String()
}
