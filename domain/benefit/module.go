package benefit

import (
	"embed"
	"io/fs"

	internalapi "maru/domain/benefit/internal/api"
	"maru/platform/api"
	"maru/platform/module"
)

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the domain's words.
func Messages() fs.FS { return messages }

// Module is the domain for the composition root.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:       "benefit",
		Messages:   messages,
		Operations: func(a *api.API) { internalapi.Register(a, wire{s}) },
	}
}
