package store

import (
	"embed"
	"io/fs"

	"maru/platform/store"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of the domain.
func Migrations() store.Migrations {
	sub, err := fs.Sub(files, "migrations")
	if err != nil { // the path is a constant
		panic(err)
	}
	return store.Migrations{Domain: "notice", FS: sub}
}
