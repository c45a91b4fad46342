package app

import (
	"io"
	"io/fs"
	"os"
	"strings"

	"maru/domain/agency"
	"maru/domain/ask"
	"maru/domain/assistant"
	"maru/domain/assistant/mcp"
	"maru/domain/benefit"
	"maru/domain/catalog"
	"maru/pack"
	"maru/platform/clock"
)

type mcpCmd struct {
	Pack string `help:"Another pack than the embedded one." type:"existingdir" placeholder:"DIR"`
	Site string `help:"Public URL of an installation, for links to its pages: https://maru.example.go.kr. Without it there are no links." placeholder:"URL"`
}

// Run answers the assistant that started the program. It reads a pack and
// nothing else: no database, no key, no network.
func (c *mcpCmd) Run(r *run) error {
	fsys := pack.KR()
	if c.Pack != "" {
		fsys = os.DirFS(c.Pack)
	}
	s, err := assistantOver(fsys, strings.TrimSuffix(c.Site, "/"))
	if err != nil {
		return err
	}
	return mcp.New(s, mcp.Config{Version: Version(), Site: c.Site}).Run(r.ctx, os.Stdin, streamOut{r.stdout})
}

// assistantOver makes the tools over a pack alone.
func assistantOver(fsys fs.FS, site string) (*assistant.Service, error) {
	p, _, err := catalog.LoadPack(fsys)
	if err != nil {
		return nil, err
	}
	texts, err := loadTexts()
	if err != nil {
		return nil, err
	}
	engine, err := benefit.NewEngine(benefitsOf(p))
	if err != nil {
		return nil, err
	}
	directory := agency.NewDirectory(p.Agencies)
	return assistant.New(assistant.Deps{
		Catalog:  assistantPack{func() *catalog.Pack { return p }},
		Finder:   finder{ask.New(ask.Deps{Catalog: onePack{p}})},
		Benefits: verdicts{func() (*benefit.Engine, error) { return engine, nil }, texts},
		Bodies:   directoryNames{func() *agency.Directory { return directory }},
		Texts:    texts, Clock: clock.System(), Site: site,
	}), nil
}

// streamOut is a stream that stays open: it belongs to who started us.
type streamOut struct{ io.Writer }

// Close leaves the stream alone.
func (streamOut) Close() error { return nil }
