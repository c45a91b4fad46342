package editor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	cstore "maru/domain/catalog/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

type keyContext struct{}

// WithKey gives an act its idempotency key. A program that repeats a request
// asks Repeated first.
func WithKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyContext{}, key)
}

// actID is the id of an act in the draft's record: made of the key, so that a
// repeated request finds it, where there is one.
func actID(ctx context.Context, actor authz.Actor, now kernel.Time) string {
	key, _ := ctx.Value(keyContext{}).(string)
	if key == "" {
		return string(kernel.NewID(now))
	}
	sum := sha256.Sum256([]byte(string(actor.Account) + "\x00" + key))
	return "key:" + hex.EncodeToString(sum[:])
}

// Repeated tells whether the actor did an act on this draft under the key of
// ctx already.
func (s *Service) Repeated(ctx context.Context, actor authz.Actor, id kernel.ID) (bool, error) {
	if key, _ := ctx.Value(keyContext{}).(string); key == "" || actor.Account == "" {
		return false, nil
	}
	var acts []cstore.Act
	err := s.deps.DB.View(ctx, func(tx *store.Tx) (err error) {
		acts, err = cstore.Acts(tx, string(id))
		return err
	})
	want := actID(ctx, actor, 0)
	return slices.ContainsFunc(acts, func(a cstore.Act) bool { return a.ID == want }), err
}
