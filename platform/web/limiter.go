package web

import "maru/platform/clock"

// Limiter bounds how often callers may do something that has a rate of its own.
// It counts in this process alone and is safe for concurrent use.
type Limiter struct{ l *limiter }

// NewLimiter makes a limiter; a negative PerMinute lets everything pass.
func NewLimiter(c clock.Clock, r Rate) *Limiter { return &Limiter{newLimiter(c, r)} }

// Allow takes one of key's requests and tells whether there was one left.
func (l *Limiter) Allow(key string) bool { return l.l.allow(key) }
