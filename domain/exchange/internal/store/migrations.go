// Package store holds the tables of the exchange.
package store

import (
	"embed"

	"maru/platform/store"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of the domain.
func Migrations() store.Migrations { return store.Embedded("exchange", files, "migrations") }
