package app

import (
	"fmt"
	"net/http"
	"os"

	"maru/domain/catalog/contract"
	"maru/domain/exchange"
	"maru/domain/exchange/connector"
	"maru/domain/exchange/jws"
	"maru/domain/mydata"
	"maru/platform/strictyaml"
)

// partners is the operator's file of the bodies with which data is exchanged.
type partners struct {
	Sources []connector.Config `yaml:"sources"` // registers that we ask
	Peers   []peerConfig       `yaml:"peers"`   // installations that may ask us
}

type peerConfig struct {
	Name        string            `yaml:"name"`
	Keys        map[string]string `yaml:"keys"` // file of a public key (PEM), by its name
	Fields      []string          `yaml:"fields"`
	XRoadClient string            `yaml:"xroad_client"`
}

// readPartners reads the file; none is nobody.
func readPartners(file string) (partners, error) {
	var p partners
	if file == "" {
		return p, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return p, err
	}
	if _, problems := strictyaml.Into(data, nil, &p); len(problems) > 0 {
		return p, fmt.Errorf("%s:%d: %s", file, problems[0].Line, problems[0].Message)
	}
	return p, nil
}

// fit holds the names of fields and registries against the fact dictionary: a
// name that is none, such as a slip, would open or move nothing without a word,
// and what no bundle may hold no peer may ask for either.
func (p partners) fit(dictionary map[string]*contract.Fact) error {
	registries := map[string]bool{}
	for _, f := range dictionary {
		if f.Movable() {
			registries[f.Registry] = true
		}
	}
	for _, c := range p.Sources {
		for _, r := range c.Registries {
			if !registries[r] {
				return fmt.Errorf("source %q: no fact that can be moved is of a registry %q", c.ID, r)
			}
		}
	}
	for _, c := range p.Peers {
		for _, id := range c.Fields {
			switch f := dictionary[id]; {
			case f == nil:
				return fmt.Errorf("peer %q: no fact %q in the dictionary", c.Name, id)
			case !f.Movable():
				return fmt.Errorf("peer %q: nobody holds %q, or it is sensitive or the whole household's means", c.Name, id)
			}
		}
	}
	return nil
}

func (c peerConfig) peer() (exchange.Peer, error) {
	out := exchange.Peer{Name: c.Name, Keys: jws.Keys{}, Fields: c.Fields, XRoadClient: c.XRoadClient}
	if c.Name == "" || len(c.Keys) == 0 || len(c.Fields) == 0 {
		return out, fmt.Errorf("peer %q: name, keys and fields are required", c.Name)
	}
	for kid, file := range c.Keys {
		text, err := os.ReadFile(file)
		if err == nil {
			out.Keys[kid], err = connector.ParseKey(text)
		}
		if err != nil {
			return out, fmt.Errorf("peer %q, key %q: %w", c.Name, kid, err)
		}
	}
	return out, nil
}

// joinPartners adds the registers of other bodies, and those that may ask here.
func (a *App) joinPartners(provider mydata.Provider) error {
	p, err := readPartners(a.cfg.ExchangeFile)
	if err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	if err := p.fit(a.catalog.Active().Facts); err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	for _, c := range p.Sources {
		src, err := connector.Open(c)
		if err != nil {
			return fmt.Errorf("exchange: %w", err)
		}
		a.exchange.Add(src, c.Registries...)
	}
	for _, c := range p.Peers {
		peer, err := c.peer()
		if err != nil {
			return fmt.Errorf("exchange: %w", err)
		}
		a.peers = append(a.peers, peer)
	}
	a.provider = a.exchange.Provide(provider, a.peers)
	return nil
}

// serveExchange mounts the faces that other installations use.
func (a *App) serveExchange() {
	a.web.Handle("POST /exchange/v1/read", a.provider)
	a.web.Handle("GET /exchange/v1/keys", http.HandlerFunc(a.exchange.ServeKeys))
}
