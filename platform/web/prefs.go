package web

import (
	"net/http"
	"time"
)

// Prefs is how a person wants pages to look. It lives in cookies, so that it
// works without script and without an account.
type Prefs struct {
	Size     string // "100", "122" or "156": text size in percent
	Contrast string // "standard", "high", or "auto": as the device says
}

const (
	sizeCookie     = "maru_size"
	contrastCookie = "maru_contrast"
	prefsAge       = 365 * 24 * time.Hour
)

// Sizes are the text sizes people can choose, in percent.
var Sizes = [...]string{"100", "122", "156"}

func prefsOf(r *http.Request) Prefs {
	p := Prefs{Size: Sizes[0], Contrast: "auto"}
	if c, err := r.Cookie(sizeCookie); err == nil {
		p.Size = knownSize(c.Value)
	}
	if c, err := r.Cookie(contrastCookie); err == nil && (c.Value == "high" || c.Value == "standard") {
		p.Contrast = c.Value
	}
	return p
}

func knownSize(s string) string {
	for _, k := range Sizes {
		if s == k {
			return k
		}
	}
	return Sizes[0]
}

// setPreferences takes the footer's form and returns to the page it stood on.
func (s *Server) setPreferences(w http.ResponseWriter, r *Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	if v := form.Get("size"); v != "" {
		s.SetCookie(w, sizeCookie, knownSize(v), prefsAge)
	}
	if v := form.Get("contrast"); v != "" {
		if v != "high" {
			v = "standard"
		}
		s.SetCookie(w, contrastCookie, v, prefsAge)
	}
	return s.Redirect(w, r, LocalPath(form.Get("return")))
}
