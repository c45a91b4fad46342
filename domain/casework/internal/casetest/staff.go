package casetest

import (
	"context"
	"slices"
	"strings"
	"sync"

	"maru/domain/casework"
	"maru/kernel"
)

// Staff knows who works where.
type Staff struct {
	mu       sync.Mutex
	people   map[string][]casework.Official
	managers map[string][]kernel.ID
}

func (s *Staff) hire(o casework.Official, agency string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.people == nil {
		s.people = map[string][]casework.Official{}
	}
	if !slices.Contains(s.people[agency], o) {
		s.people[agency] = append(s.people[agency], o)
	}
}

func (s *Staff) appoint(m kernel.ID, agency string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.managers == nil {
		s.managers = map[string][]kernel.ID{}
	}
	s.managers[agency] = append(s.managers[agency], m)
}

func (s *Staff) fire(account kernel.ID, agency string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people[agency] = slices.DeleteFunc(slices.Clone(s.people[agency]), func(o casework.Official) bool { return o.Account == account })
}

// Officials lists who was hired and not fired, by name.
func (s *Staff) Officials(_ context.Context, agency string) ([]casework.Official, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.Clone(s.people[agency])
	slices.SortFunc(out, func(a, b casework.Official) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// Managers lists who was appointed.
func (s *Staff) Managers(_ context.Context, agency string) ([]kernel.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.managers[agency]), nil
}
