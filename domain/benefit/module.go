package benefit

import (
	"embed"
	"io/fs"

	internalapi "maru/domain/benefit/internal/api"
	internalweb "maru/domain/benefit/internal/web"
	"maru/platform/api"
	"maru/platform/module"
	"maru/platform/web"
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
		Pages:      func(srv *web.Server) { internalweb.Register(srv, facade{s}) },
		Operations: func(a *api.API) { internalapi.Register(a, wire{s}); internalapi.RegisterCatalogue(a, wire{s}) },
		Jobs:       s.jobs,
	}
}
