package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// ErrUnsound is a log whose own rows and tree contradict each other: no
// recovery mends that, only a copy that is whole.
var ErrUnsound = errors.New("audit: the rows contradict the tree; restore a copy that is whole")

// Recover lets a log go on after a lawful return to an older state, such as a
// restored backup: what witnesses saw since then is lost. The old origin ends
// and is never signed again; a new one begins with the same tree, and its first
// new record says what happened, why, and how far the witnesses had seen.
// It refuses where there is no trouble, and where the log is unsound in itself
// (ErrUnsound). It returns the new origin.
func (l *Log) Recover(ctx context.Context, actor authz.Actor, reason string) (string, error) {
	if strings.TrimSpace(reason) == "" {
		return "", kernel.E(kernel.Invalid, "audit.recover.reason", nil)
	}
	found, err := l.Troubles(ctx)
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", kernel.E(kernel.Conflict, "audit.recover.none", nil)
	}
	rep, err := l.Verify(ctx)
	if err != nil {
		return "", err
	}
	if !rep.OK() {
		return "", ErrUnsound
	}
	old, err := l.signer(ctx)
	if err != nil {
		return "", err
	}
	origin := next(old.origin)
	err = l.d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(`UPDATE audit_key SET name = $1 WHERE name = $2`, currentKey+":"+old.origin, currentKey); err != nil {
			return err
		}
		sealed, err := l.newKey(tx, origin)
		if err != nil {
			return err
		}
		s, err := l.openSigner(sealed)
		if err != nil {
			return err
		}
		for _, table := range []string{"audit_trouble", "audit_witness", "audit_witnessed"} {
			if _, err := tx.Exec(`DELETE FROM ` + table); err != nil {
				return err
			}
		}
		root, err := tlog.TreeHash(rep.Size, openTree(tx, rep.Size))
		if err != nil {
			return err
		}
		if err := s.checkpoint(tx, l.now(), rep.Size, root); err != nil {
			return err
		}
		return Append(tx, l.now(), Entry{Actor: actor, Act: "audit.recover", Object: "log:" + origin, Purpose: "audit.purpose.recover",
			Detail: gap{Reason: reason, Before: old.origin, Size: rep.Size, Found: found}})
	})
	if err != nil {
		return "", fmt.Errorf("audit: recover: %w", err)
	}
	return origin, nil
}

// gap is what the first record after a recovery tells.
type gap struct {
	Reason string    `json:"reason"`
	Before string    `json:"before"` // the origin that ended
	Size   int64     `json:"size"`   // of the tree that goes on
	Found  []Trouble `json:"found"`  // with how far others had seen the old one
}

// next is the origin after one: "maru.example/log" is followed by
// "maru.example/log/2".
func next(origin string) string {
	at := strings.LastIndexByte(origin, '/')
	n := 0
	if _, err := fmt.Sscanf(origin[at+1:], "%d", &n); err == nil && at >= 0 && fmt.Sprint(n) == origin[at+1:] {
		return fmt.Sprintf("%s/%d", origin[:at], n+1)
	}
	return origin + "/2"
}
