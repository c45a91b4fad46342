package web

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"maru/kernel"
	"maru/platform/clock"
)

// Rate is how often one caller may ask: Burst requests at once, refilled with
// PerMinute.
type Rate struct{ PerMinute, Burst int }

// Limits bound what one address and one account may ask of this process. They
// keep a runaway program from starving others; costly acts (signing in) have
// tighter limits of their own where they live. A Rate of zero is the default,
// a negative PerMinute switches the limit off.
type Limits struct{ IP, Account Rate }

// The defaults: many people share one address (a school, a mobile network).
var defaultLimits = Limits{IP: Rate{PerMinute: 6000, Burst: 1000}, Account: Rate{PerMinute: 1800, Burst: 300}}

func (l Limits) orDefault() Limits {
	if l.IP.PerMinute == 0 {
		l.IP = defaultLimits.IP
	}
	if l.Account.PerMinute == 0 {
		l.Account = defaultLimits.Account
	}
	return l
}

// maxBuckets bounds the memory of a limiter, at about 100 bytes each.
const maxBuckets = 100_000

// limiter is a token bucket a key.
type limiter struct {
	clock clock.Clock
	rate  Rate

	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	tokens float64
	at     kernel.Time
}

func newLimiter(c clock.Clock, r Rate) *limiter {
	return &limiter{clock: c, rate: r, buckets: map[string]bucket{}}
}

// allow takes one token of key and tells whether there was one.
func (l *limiter) allow(key string) bool {
	if l.rate.PerMinute < 0 {
		return true
	}
	now := l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.buckets) >= maxBuckets {
		l.sweep(now)
	}
	b, known := l.buckets[key]
	if !known {
		b = bucket{tokens: float64(l.rate.Burst), at: now}
	}
	b.tokens = l.refilled(b, now)
	b.at = now
	ok := b.tokens >= 1
	if ok {
		b.tokens--
	}
	l.buckets[key] = b
	return ok
}

func (l *limiter) refilled(b bucket, now kernel.Time) float64 {
	since := max(now.Sub(b.at), 0)
	return min(b.tokens+float64(l.rate.PerMinute)*float64(since)/float64(time.Minute), float64(l.rate.Burst))
}

// sweep forgets the buckets that are full again: they say nothing. When all
// are in use it forgets everything, which errs on the side of answering.
func (l *limiter) sweep(now kernel.Time) {
	for k, b := range l.buckets {
		if l.refilled(b, now) >= float64(l.rate.Burst) {
			delete(l.buckets, k)
		}
	}
	if len(l.buckets) >= maxBuckets {
		clear(l.buckets)
	}
}

// Client is where a request comes from, for the rate limits of those who have
// their own: the caller's address, seen through the trusted proxies.
func (s *Server) Client(r *http.Request) string { return clientKey(r, s.cfg.TrustedProxies) }

// AllowAccount takes one of the account's requests and tells whether there was
// one left; the API asks, pages do so by themselves.
func (s *Server) AllowAccount(account kernel.ID) bool { return s.byPerson.allow(string(account)) }

// clientKey is the caller's address, an IPv6 one by its /64 network (what one
// household gets). Behind trusted proxies it is the last address in
// X-Forwarded-For that is not one of them.
func clientKey(r *http.Request, trusted []netip.Prefix) string {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr := ap.Addr().Unmap()
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= 0 && within(trusted, addr); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(forwarded[i]))
		if err != nil {
			break
		}
		addr = next.Unmap()
	}
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

func within(ps []netip.Prefix, a netip.Addr) bool {
	for _, p := range ps {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
