package catalog

import (
	"errors"
	"fmt"
	"io/fs"

	agency "maru/domain/agency/contract"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/strictyaml"
)

// Pack is one version of a country's data. It is read-only after loading.
type Pack struct {
	Hash       string // of all its files, hex SHA-256
	Services   map[string]*contract.Service
	Order      []string // service ids, sorted
	Facts      map[string]*contract.Fact
	FactOrder  []string // fact ids, as the dictionary lists them
	LifeEvents []contract.LifeEvent
	Crises     []contract.Crisis
	Said       contract.Said
	Quiet      []contract.Quiet
	Bundles    []contract.DataBundle
	Agencies   agency.Data
	Holidays   []Holiday
	// Benefits is what the rules of benefits share.
	Benefits contract.BenefitLaw
	Examples map[string][]Example // by service id
	// BenefitExamples are played by the domain that runs the rules.
	BenefitExamples map[string][]BenefitExample // by service id

	source   map[string]*source // by service id, for findings after loading
	benefits *source
}

// source remembers where a service stood in its file.
type source struct {
	file string
	doc  *strictyaml.Document
}

func (s *source) line(path ...string) int {
	if s == nil || s.doc == nil {
		return 0
	}
	return s.doc.Line(path...)
}

// Place is the file and line of a part of a service's definition, or with an
// empty id of the law that rules of benefits share.
func (p *Pack) Place(service string, path ...string) (file string, line int) {
	s := p.benefits
	if service != "" {
		s = p.source[service]
	}
	if s == nil {
		return "", 0
	}
	return s.file, s.line(path...)
}

// Holiday is a day on which public offices are closed beside Saturdays and
// Sundays.
type Holiday struct {
	Date kernel.Date `yaml:"date"`
	Name kernel.Text `yaml:"name"`
	Law  string      `yaml:"law"`
	// Substitute: the day stands for a holiday that fell on a rest day.
	Substitute bool `yaml:"substitute"`
	// Unverified: the day follows from the rule but was not found published.
	Unverified bool `yaml:"unverified"`
}

// ErrInvalid says that a pack has findings of severity Error.
var ErrInvalid = errors.New("the pack has errors")

// LoadPack reads a pack whose files lie at the root of fsys and checks all
// that can be told from the files alone. With errors among the findings the
// error wraps ErrInvalid; the pack is returned as far as it could be read, so
// that further checks can add their findings.
func LoadPack(fsys fs.FS) (*Pack, []Finding, error) {
	l := &loader{fsys: fsys, pack: &Pack{
		Services: map[string]*contract.Service{},
		Facts:    map[string]*contract.Fact{},
		Examples: map[string][]Example{},
		source:   map[string]*source{},

		BenefitExamples: map[string][]BenefitExample{},
	}}
	if err := l.load(); err != nil {
		return nil, l.found.sorted(), fmt.Errorf("catalog: %w", err)
	}
	found := l.found.sorted()
	if n := Errors(found); n > 0 {
		return l.pack, found, fmt.Errorf("catalog: %d findings, first %s: %w", n, first(found), ErrInvalid)
	}
	return l.pack, found, nil
}

func first(found []Finding) Finding {
	for _, f := range found {
		if f.Severity == Error {
			return f
		}
	}
	return Finding{}
}
