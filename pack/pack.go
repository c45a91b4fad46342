// Package pack carries Korea's public services as data inside the program:
// services, facts, life events, agencies, regions, holidays. It holds no
// logic; the catalogue reads it, `maru check` validates it, and --pack DIR puts
// another country's data in its place.
package pack

import (
	"embed"
	"io/fs"
)

//go:embed all:kr
var files embed.FS

// KR is the Korean pack with its files at the root.
func KR() fs.FS {
	sub, err := fs.Sub(files, "kr")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}
