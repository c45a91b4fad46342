package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"maru/domain/benefit/gov24"
	"maru/domain/benefit/gov24/catalogue"
	"maru/domain/benefit/imported"
	"maru/domain/catalog"
	"maru/platform/address"
)

// importPack is what imported programmes are read and decided with.
type importPack struct{ *catalog.Service }

func (p importPack) Base() imported.Base {
	active := p.Active()
	return imported.Base{Hash: active.Hash, Source: benefitSource(active), Provinces: active.Agencies.Provinces}
}

// sampleServices is how many services the try-out's catalogue has, those for
// firms and organisations included, and from which seed.
const (
	sampleServices = 900
	sampleSeed     = 24
)

// importedCatalogue makes the room that keeps the public catalogue.
func (a *App) importedCatalogue() (*imported.Service, error) {
	d := imported.Deps{DB: a.db, Clock: a.clock, Log: a.log, Texts: a.texts, Pack: importPack{a.catalog}}
	client, err := gov24Client(a.cfg)
	if err != nil {
		return nil, err
	}
	if client != nil {
		d.Live, d.Origin = client.Fetch, hostOf(a.cfg.Gov24URL)
	}
	if a.cfg.demo {
		d.Sample = func() (gov24.Catalogue, error) {
			pages, err := catalogue.Make(sampleSeed, sampleServices, sampleServices, a.catalog.Active().Agencies.Provinces)
			if err != nil {
				return gov24.Catalogue{}, err
			}
			return pages.Read()
		}
	}
	return imported.New(d), nil
}

// maxKey bounds the key file, in bytes.
const maxKey = 4 << 10

// gov24Client reads the live catalogue; nil without a key file. The key stands
// in a file so that neither command line nor environment shows it.
func gov24Client(cfg Config) (*gov24.Client, error) {
	if cfg.Gov24KeyFile == "" {
		return nil, nil
	}
	key, err := keyOf(cfg.Gov24KeyFile, "the key of the public data portal")
	if err != nil {
		return nil, err
	}
	base := cfg.Gov24URL
	if base == "" {
		base = gov24.BaseURL
	}
	if !address.Safe(base) {
		return nil, errors.New("the address of the public data portal: only https, so that the key is not sent in the open")
	}
	return gov24.NewClient(base, key)
}

// keyOf reads a key that nobody else can read.
func keyOf(file, what string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s: others can read %s: chmod 600", what, file)
	}
	if info.Size() > maxKey {
		return "", fmt.Errorf("%s: %s is too large for a key", what, file)
	}
	key, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	return strings.TrimSpace(string(key)), nil
}

// hostOf is where a live catalogue comes from, for the list of versions.
func hostOf(base string) string {
	if base == "" {
		base = gov24.BaseURL
	}
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Host
}

// keepImported looks after the imported catalogue until ctx ends.
func (a *App) keepImported(ctx context.Context) (wait func()) {
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.imported.Run(ctx)
	}()
	return func() { stop(); <-done }
}
