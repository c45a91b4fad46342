package editor

import (
	"context"

	"maru/domain/catalog"
	"maru/kernel"
	"maru/platform/authz"
)

// FileDiff is how one file differs.
type FileDiff struct {
	File           string
	Hunks          []Hunk
	Added, Removed int // lines
}

// Diff is what a draft changes against what is in force.
func (w *Work) Diff() []FileDiff { return diffs(w.Now, w.Files) }

// Compare tells how a service differs between two versions.
func (s *Service) Compare(ctx context.Context, actor authz.Actor, service, from, to string) ([]FileDiff, error) {
	svc, err := s.service(service)
	if err != nil {
		return nil, err
	}
	if err := s.mayRead(actor, svc); err != nil {
		return nil, err
	}
	a, err := s.folder(ctx, from, service)
	if err != nil {
		return nil, err
	}
	b, err := s.folder(ctx, to, service)
	if err != nil {
		return nil, err
	}
	if len(a) == 0 || len(b) == 0 {
		return nil, kernel.E(kernel.NotFound, "catalog.no_version", nil)
	}
	return diffs(a, b), nil
}

func diffs(a, b map[string]string) []FileDiff {
	var out []FileDiff
	for _, name := range catalog.ServiceFiles() {
		if a[name] == b[name] {
			continue
		}
		lines := Lines(a[name], b[name])
		d := FileDiff{File: name, Hunks: Hunks(lines, around)}
		for _, l := range lines {
			switch l.Op {
			case Add:
				d.Added++
			case Del:
				d.Removed++
			}
		}
		out = append(out, d)
	}
	return out
}
