package web

import (
	"net/url"
	"strings"
)

// LocalPath is s when it is a path (with query) on this site, else "/". Every
// return path that comes from outside goes through it, so that no link of ours
// leads people elsewhere.
func LocalPath(s string) string {
	if len(s) > 2000 || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t\x00") {
		return "/"
	}
	u, err := url.Parse(s)
	if err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, "\\") {
		return "/"
	}
	return s
}
