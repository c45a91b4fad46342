package web

import (
	"net/url"
	"strings"
)

// official tells whether the masthead of an official government site may show:
// only when the operator says so, the site is not the try-out world, and the
// public URL is https on a host under the given suffix.
func official(cfg Config) bool {
	suffix := strings.Trim(strings.ToLower(cfg.OfficialSuffix), ".")
	if !cfg.Official || cfg.Demo || suffix == "" {
		return false
	}
	u, err := url.Parse(cfg.PublicURL)
	if err != nil || u.Scheme != "https" || u.User != nil {
		return false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	return host == suffix || strings.HasSuffix(host, "."+suffix)
}
