package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// settleWait bounds for how long the writer waits for readers who still
	// look into the log, so that it can begin again from its start.
	settleWait = 25 * time.Millisecond
	// writerWait is how long the writer waits for another program's lock.
	writerWait = 10 * time.Second
)

// tend looks after the log when a commit is done: it wakes the copier whenever
// the log has grown by a step.
func (w *writer) tend() {
	e, err := checkpoint(context.Background(), w.conn, "NOOP")
	if err != nil {
		w.copier.note(err)
		return
	}
	if e.pages < w.pages || w.due == 0 { // the log has begun again, or this is the first look
		w.due = w.copier.step
	}
	w.pages = e.pages
	if e.pages < w.due {
		return
	}
	w.due = e.pages + w.copier.step
	if e.pages < w.copier.limit {
		w.copier.grown()
		return
	}
	// The copier does not keep up. Whoever writes waits for it, and for the
	// rest.
	w.copier.copying.Lock()
	defer w.copier.copying.Unlock()
	w.copier.note(w.finish("RESTART"))
}

// settle copies what is left and sees that the log begins again, unless the
// copier is at work again already.
func (w *writer) settle() {
	if w.copier.copying.TryLock() {
		defer w.copier.copying.Unlock()
		w.copier.note(w.finish("RESTART"))
	}
}

// finish runs a checkpoint on the writer's own connection, so that nobody can
// write meanwhile. When readers hold on to the log for longer than a moment it
// goes on growing, and the next checkpoint tries again.
func (w *writer) finish(mode string) error {
	ctx := context.Background()
	if _, err := w.conn.ExecContext(ctx, busyTimeout(settleWait)); err != nil {
		return err
	}
	_, err := checkpoint(ctx, w.conn, mode)
	_, back := w.conn.ExecContext(ctx, busyTimeout(writerWait))
	return errors.Join(err, back)
}

// busyTimeout is a script because SQLite obeys this pragma when it is prepared:
// a kept statement would do nothing the second time.
func busyTimeout(d time.Duration) string {
	return fmt.Sprintf("PRAGMA busy_timeout(%d);", d.Milliseconds())
}
