package simulate

import (
	"embed"
	"io/fs"

	"maru/platform/module"
)

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the room's words.
func Messages() fs.FS { return messages }

// Module is the room for the composition root.
func (s *Service) Module() module.Module {
	return module.Module{Name: "simulate", Messages: messages, Pages: s.pages}
}
