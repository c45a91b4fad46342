package api

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"maru/kernel"
)

// langOf is the language the caller asks for: ?lang=, else the best of
// Accept-Language (RFC 9110 section 12.5.4), else Korean.
func langOf(r *http.Request) kernel.Lang {
	if q := r.URL.RawQuery; q != "" && strings.Contains(q, "lang=") {
		if v, err := url.ParseQuery(q); err == nil && v.Get("lang") != "" {
			return kernel.ParseLang(v.Get("lang"))
		}
	}
	return acceptLang(r.Header.Get("Accept-Language"))
}

// acceptLang is the language of ours with the highest weight; the earlier one
// on a tie; Korean when none is named.
func acceptLang(h string) kernel.Lang {
	best, weight := kernel.KO, 0.0
	for h != "" {
		var item string
		item, h, _ = strings.Cut(h, ",")
		tag, params, _ := strings.Cut(item, ";")
		tag = strings.ToLower(strings.TrimSpace(tag))
		primary, _, _ := strings.Cut(tag, "-")
		l := kernel.Lang(primary)
		if l != kernel.KO && l != kernel.EN {
			continue
		}
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			f, err := strconv.ParseFloat(v, 64)
			if err != nil {
				continue
			}
			q = f
		}
		if q > weight {
			best, weight = l, q
		}
	}
	return best
}
