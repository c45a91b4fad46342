package editor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"maru/domain/catalog"
	"maru/domain/catalog/contract"
)

// Report is what the check says about a service's files on top of a version.
type Report struct {
	Findings []Finding
	Errors   int // of them
	Examples []Example
	Service  *contract.Service // nil when service.yaml cannot be read
	Pack     string            // hash of the version that would come of it
}

// Finding is one of catalog's. File is the name in the service's folder, or
// the path in the pack for what the change broke elsewhere.
type Finding struct {
	catalog.Finding
	Elsewhere bool
}

// Example is a situation of examples.yaml and whether what came of it is what
// it says.
type Example struct {
	Name   string
	Line   int
	Failed []string // what came out otherwise
}

// Of are the findings about one file.
func (r *Report) Of(file string) []Finding {
	var out []Finding
	for _, f := range r.Findings {
		if f.File == file && !f.Elsewhere {
			out = append(out, f)
		}
	}
	return out
}

// Check checks a draft as `maru check` would.
func (s *Service) Check(ctx context.Context, w *Work) (*Report, error) {
	archive, err := s.archive(ctx, w.On)
	if err != nil {
		return nil, err
	}
	report, _, err := s.check(w.On, archive, w.Service, w.Files)
	return report, err
}

// check reads the version with other files for one service. The archive is
// given for storing it, when the report has no errors.
func (s *Service) check(hash string, archive []byte, service string, files map[string]string) (*Report, []byte, error) {
	changed, err := catalog.Replace(archive, service, files)
	if err != nil {
		return nil, nil, err
	}
	key := hash + service + catalog.Digest(files)
	if r, ok := get(s, &s.reports, key); ok {
		return r, changed, nil
	}
	s.one.Lock()
	defer s.one.Unlock()
	if r, ok := get(s, &s.reports, key); ok {
		return r, changed, nil
	}
	pack, found, err := catalog.CheckArchive(changed, s.deps.Hooks)
	if err != nil && !errors.Is(err, catalog.ErrInvalid) {
		return nil, nil, fmt.Errorf("catalog: check draft: %w", err)
	}
	r := &Report{Pack: pack.Hash, Service: pack.Services[service]}
	dir := "services/" + service + "/"
	var known map[string]bool
	for _, f := range found {
		name, mine := strings.CutPrefix(f.File, dir)
		if mine {
			f.File = name
		} else {
			if f.Severity != catalog.Error {
				continue
			}
			if known == nil {
				if known, err = s.errorsOf(hash, archive); err != nil {
					return nil, nil, err
				}
			}
			if known[f.String()] {
				continue // it was wrong before
			}
		}
		if f.Severity == catalog.Error {
			r.Errors++
		}
		r.Findings = append(r.Findings, Finding{f, !mine})
	}
	r.examples(pack.Examples[service])
	put(s, &s.reports, key, r, 24)
	return r, changed, nil
}

// errorsOf are the errors that a stored version has by itself.
func (s *Service) errorsOf(hash string, archive []byte) (map[string]bool, error) {
	if known, ok := get(s, &s.errors, hash); ok {
		return known, nil
	}
	_, found, err := catalog.CheckArchive(archive, s.deps.Hooks)
	if err != nil && !errors.Is(err, catalog.ErrInvalid) {
		return nil, err
	}
	known := map[string]bool{}
	for _, f := range found {
		if f.Severity == catalog.Error {
			known[f.String()] = true
		}
	}
	put(s, &s.errors, hash, known, 4)
	return known, nil
}

func (r *Report) examples(list []catalog.Example) {
	for _, e := range list {
		x := Example{Name: e.Name, Line: e.Line}
		prefix := fmt.Sprintf("example %q: ", e.Name)
		for _, f := range r.Of("examples.yaml") {
			if m, ok := strings.CutPrefix(f.Message, prefix); ok && f.Line == e.Line {
				x.Failed = append(x.Failed, m)
			}
		}
		r.Examples = append(r.Examples, x)
	}
}
