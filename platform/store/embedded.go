package store

import "io/fs"

// Embedded are the migrations of a domain that lie in a folder of its embedded
// files. It panics when there is no such folder: it is part of the program.
func Embedded(domain string, files fs.FS, folder string) Migrations {
	sub, err := fs.Sub(files, folder)
	if err != nil {
		panic(err)
	}
	return Migrations{Domain: domain, FS: sub}
}
