package design

import (
	"fmt"
	"html/template"
)

// icons are our own line drawings on a 24 by 24 grid, 2 units thick.
var icons = map[string]string{
	"search":   "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20",
	"right":    "m9 5 7 7-7 7",
	"left":     "m15 5-7 7 7 7",
	"arrow":    "M4 12h15m-6-6 6 6-6 6",
	"check":    "m5 12.5 4.5 4.5L19 7.5",
	"done":     "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12.3l2.8 2.7L16 9.6",
	"warning":  "M12 4 2.8 20h18.4zM12 10v4.5m0 2.8v.2",
	"info":     "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5.5m0-9.2v.2",
	"error":    "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5V13m0 3.3v.2",
	"document": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6m-6 4h6",
	"calendar": "M4 6h16v14H4zM4 10h16M8 3v4m8-4v4",
	"clock":    "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3.5 2",
	"person":   "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 20.5c1-4 4-5.5 8-5.5s7 1.5 8 5.5",
	"people":   "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 19.5c.8-3.300 3-4.5 6.5-4.5s5.700 1.200 6.5 4.5M16 5.200a3.5 3.5 0 0 1 0 6.600M18 15.300c2 .6 3.100 2 3.600 4.200",
	"home":     "M4 11.5 12 4l8 7.5V20h-5.5v-5h-5v5H4z",
	"bell":     "M6 17v-6a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21h4",
	"lock":     "M5.5 11h13v9h-13zM8 11V8a4 4 0 0 1 8 0v3",
	"phone":    "M6 3.5h3.5l1.5 5-2.200 1.5a12 12 0 0 0 5.200 5.200l1.5-2.200 5 1.5V18c0 1.5-1.200 2.5-2.5 2.5C10.5 20 4 13.5 3.5 6 3.5 4.700 4.5 3.5 6 3.5z",
	"print":    "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
	"copy":     "M8 8h12v12H8zM16 8V4H4v12h4",
	"sound":    "M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
	"mic":      "M12 3.5a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0v-5a3 3 0 0 0-3-3ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3m-3.5 0h7",
	"plus":     "M12 5v14M5 12h14",
	"external": "M14 4h6v6M20 4l-9 9M17 14v6H4V7h6",
	"building": "M4 20.5h16M6 20V8l6-4 6 4v12M10 20v-5h4v5M9.5 10.5h.1m4.900 0h.1",
	"heart":    "M12 20S4 15 4 9.200A4.200 4.200 0 0 1 12 7.5a4.200 4.200 0 0 1 8 1.700C20 15 12 20 12 20z",
	"baby":     "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM9 11v.2m6-.2v.2M9.5 15c1.5 1.200 3.5 1.200 5 0M12 4c-1.5 1.5 0 3 1.5 2.5",
	"work":     "M3.5 8h17v11h-17zM9 8V5h6v3M3.5 13h17",
	"money":    "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM7.5 8.5l2 7 2.5-6.5 2.5 6.5 2-7M6.5 12h11",
	"chat":     "M4 5h16v11h-8l-4.5 4V16H4z",
	"globe":    "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
	"edit":     "M4 20v-4L15.5 4.5l4 4L8 20zM13 7l4 4",
	"out":      "M14 4H5v16h9M10 12h10m-4-4 4 4-4 4",
	"school":   "m2.5 9.5 9.5-5 9.5 5-9.5 5zM6.5 12v5c3 2.5 8 2.5 11 0v-5",
	"car":      "M3.5 17v-5l2-5.5h13l2 5.5v5zM3.5 12h17M5 17v2.5m14-2.5v2.5M7 14.5h1m8 0h1",
	"shield":   "m12 3 8 3v6c0 5-3.5 7.800-8 9.5C7.5 19.800 4 17 4 12V6zM8.5 12l2.5 2.5 4.5-5",
}

// Icon draws an icon that only decorates: the words beside it say the same.
func Icon(name string) (template.HTML, error) {
	d, ok := icons[name]
	if !ok {
		return "", fmt.Errorf("design: no icon %q", name)
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><path d="` + d + `"/></svg>`), nil
}

// IconNames lists the icons.
func IconNames() []string {
	out := make([]string, 0, len(icons))
	for n := range icons {
		out = append(out, n)
	}
	return out
}
