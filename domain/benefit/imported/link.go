package imported

import (
	"net/url"
	"strings"
)

// maxLink bounds an address, in bytes.
const maxLink = 500

// officialLink is the first address of a field that leads to a host that is
// allowed, "" when none does. The catalogue joins several with || or blanks.
func officialLink(field string, allowed func(host string) bool) string {
	for part := range strings.FieldsSeq(strings.ReplaceAll(field, "||", " ")) {
		if len(part) > maxLink || strings.ContainsAny(part, "\\\"'<>`{}|^") || strings.ContainsFunc(part, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			continue
		}
		u, err := url.Parse(part)
		if err != nil || u.Scheme != "https" || u.User != nil || u.Opaque != "" || u.Port() != "" || !allowed(u.Host) {
			continue
		}
		return u.String()
	}
	return ""
}

// isPortal tells whether a host is that of the government's portal, where every
// service has its page.
func isPortal(host string) bool { return host == "www.gov.kr" || host == "gov.kr" }

// isGovernment tells whether a host stands below go.kr or gov.kr, whose names
// are given to bodies of the state and of local government alone.
func isGovernment(host string) bool {
	if isPortal(host) {
		return true
	}
	// Only letters, digits, dashes and dots: what reads other characters as the end
	// of a host would go elsewhere.
	if strings.ContainsFunc(host, func(r rune) bool { return r != '-' && r != '.' && (r < '0' || r > '9') && (r < 'a' || r > 'z') }) || strings.Contains(host, "xn--") || strings.HasPrefix(host, ".") || strings.Contains(host, "..") {
		return false
	}
	return strings.HasSuffix(host, ".go.kr") || strings.HasSuffix(host, ".gov.kr")
}
