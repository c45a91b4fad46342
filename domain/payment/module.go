package payment

import (
	"embed"
	"io/fs"

	"maru/domain/payment/internal/store"
	"maru/platform/module"
	pstore "maru/platform/store"
)

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the cashier's words.
func Messages() fs.FS { return messages }

// Migrations are the cashier's tables.
func Migrations() pstore.Migrations { return store.Migrations() }

// Module is the domain for the composition root.
func (s *Service) Module() module.Module {
	return module.Module{Name: "payment", Migrations: Migrations(), Messages: Messages()}
}
