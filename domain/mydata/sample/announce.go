package sample

import (
	"maru/domain/mydata/contract"
	"maru/platform/events"
	"maru/platform/store"
)

// Announce has the registers tell of changes on the bus. It is called before
// anything changes.
func (r *Registry) Announce(b *events.Bus) { r.bus = b }

// announce tells in tx that something about some people changed.
func (r *Registry) announce(tx *store.Tx, what string, people ...string) error {
	if r.bus == nil {
		return nil
	}
	for _, id := range people {
		if err := r.bus.Publish(tx, contract.Changed, contract.Change{Person: id, What: what}); err != nil {
			return err
		}
	}
	return nil
}

// together adds everybody who is registered where the person is; nobody for "".
func (s *state) together(person string, into map[string]bool) error {
	if person == "" {
		return nil
	}
	home, err := s.home(person)
	if err != nil {
		return err
	}
	members, err := s.members(home)
	for _, id := range members {
		into[id] = true
	}
	return err
}
