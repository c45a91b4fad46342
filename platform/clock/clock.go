// Package clock lets code ask for the time without depending on the wall
// clock, so that tests own it.
package clock

import (
	"sync"
	"time"

	"maru/kernel"
)

// Clock tells the present instant.
type Clock interface{ Now() kernel.Time }

type system struct{}

func (system) Now() kernel.Time { return kernel.TimeOf(time.Now()) }

// System is the machine's clock.
func System() Clock { return system{} }

// Manual is a clock that moves only when told to. It is safe for concurrent
// use.
type Manual struct {
	mu  sync.Mutex
	now kernel.Time
}

// NewManual starts at t.
func NewManual(t kernel.Time) *Manual { return &Manual{now: t} }

// Now is the instant last set.
func (m *Manual) Now() kernel.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Advance moves the clock by d.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

// Set moves the clock to t.
func (m *Manual) Set(t kernel.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = t
}
