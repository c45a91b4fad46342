package journeys

import (
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"maru/app"
)

// cutter is a line to a house that can be cut: at once, or so that requests
// still arrive and answers are lost.
type cutter struct {
	to      string
	listen  net.Listener
	dead    atomic.Bool // nothing gets through
	deaf    atomic.Bool // requests arrive, answers are lost
	mu      sync.Mutex
	open    map[net.Conn]bool
	arrived atomic.Int64 // bytes that arrived while answers were lost
}

// lineTo gives a house at the end of a line of its own.
func lineTo(t *testing.T, h *house) (*house, *cutter) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{to: strings.TrimPrefix(h.trial.URL, "http://"), listen: l, open: map[net.Conn]bool{}}
	go c.accept()
	t.Cleanup(func() {
		_ = l.Close()
		c.hangUp()
	})
	trial := &app.Trial{URL: "http://" + l.Addr().String(), Pages: h.trial.Pages, Texts: h.trial.Texts}
	return &house{trial: trial, log: h.log}, c
}

func (c *cutter) accept() {
	for {
		near, err := c.listen.Accept()
		if err != nil {
			return // closed
		}
		go c.join(near)
	}
}

func (c *cutter) join(near net.Conn) {
	defer near.Close() //nolint:errcheck // the line is gone either way
	if c.dead.Load() {
		return
	}
	far, err := net.Dial("tcp", c.to)
	if err != nil {
		return
	}
	defer far.Close() //nolint:errcheck // as above
	c.hold(near, far)
	done := make(chan struct{}, 2)
	go func() {
		_, _ = io.Copy(far, lost(near, func(n int) bool {
			if c.deaf.Load() {
				c.arrived.Add(int64(n))
			}
			return c.dead.Load()
		}))
		done <- struct{}{}
	}()
	go func() {
		_, _ = io.Copy(near, lost(far, func(int) bool { return c.dead.Load() || c.deaf.Load() }))
		done <- struct{}{}
	}()
	<-done
}

func (c *cutter) hold(conns ...net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range conns {
		c.open[x] = true
	}
}

// cut kills the line; only answers where deaf.
func (c *cutter) cut(deaf bool) {
	c.deaf.Store(deaf)
	c.dead.Store(!deaf)
	c.hangUp()
}

func (c *cutter) mend() {
	c.dead.Store(false)
	c.deaf.Store(false)
}

func (c *cutter) hangUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for x := range c.open {
		_ = x.Close()
		delete(c.open, x)
	}
}

// lost reads from a connection until what was read is to be lost.
func lost(from io.Reader, gone func(n int) bool) io.Reader { return &leak{from, gone} }

type leak struct {
	from io.Reader
	gone func(n int) bool
}

func (l *leak) Read(b []byte) (int, error) {
	n, err := l.from.Read(b)
	if l.gone(n) {
		return 0, io.EOF
	}
	return n, err
}
