// Package store holds the tables of mydata.
package store

import (
	"embed"

	"maru/platform/store"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of the domain, its sample registers included.
func Migrations() store.Migrations { return store.Embedded("mydata", files, "migrations") }
