package app

import (
	"runtime/debug"
)

// version is set by the build: -ldflags "-X maru/app.version=v1.2.3".
var version string

// Version tells what was built: the stamp, else the commit Go recorded.
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	commit, dirty := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "+changes"
			}
		}
	}
	if commit == "" {
		return "development"
	}
	return commit[:min(12, len(commit))] + dirty
}
