package identity

import (
	"sync"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
)

const (
	// cacheTime is how long this copy of the program trusts what it read. It
	// bounds how late a revocation on another copy is felt here.
	cacheTime = 5 * time.Second
	cacheSize = 10_000
)

// cache remembers who a session or token belongs to, so that a busy caller
// does not cost three queries a request.
type cache struct {
	clock clock.Clock
	mu    sync.Mutex
	m     map[string]cached
	gen   uint64 // rises with every drop
}

type cached struct {
	actor authz.Actor
	until kernel.Time
}

func newCache(c clock.Clock) *cache { return &cache{clock: c, m: map[string]cached{}} }

func (c *cache) get(hash []byte, now kernel.Time) (authz.Actor, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.m[string(hash)]
	if !ok || now >= e.until {
		return authz.Actor{}, false
	}
	return e.actor, true
}

// begin is called before reading what put will remember: a drop in between
// makes put forget it.
func (c *cache) begin() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gen
}

func (c *cache) put(gen uint64, hash []byte, a authz.Actor, now, ends kernel.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if gen != c.gen {
		return
	}
	if len(c.m) >= cacheSize {
		clear(c.m) // rare, and cheaper than keeping an order
	}
	c.m[string(hash)] = cached{a, min(now.Add(cacheTime), ends)}
}

// drop forgets everything about an account: something about it changed.
func (c *cache) drop(account kernel.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gen++
	for k, e := range c.m {
		if e.actor.Account == account {
			delete(c.m, k)
		}
	}
}
