// Package once makes an act that comes twice under one key happen once: the key
// and what was asked for are remembered in the act's own transaction.
package once

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"

	"maru/kernel"
	"maru/platform/crypto"
	"maru/platform/store"
)

const maxKey = 255 // bytes

// Keys are those of one room. Its table ROOM_key has the columns account, key,
// hash, at and one for what was made; the room forgets old rows itself. It words
// ROOM.error.key and ROOM.error.key_reused.
type Keys struct {
	Room string
	Made string // the column
	Keys *crypto.Keys
}

// Take tells what was made under a key, "" where nothing was: then id is
// remembered. An empty key is none. The same key for something else is a
// Conflict. What was asked for is kept as a keyed hash only.
func (k Keys) Take(tx *store.Tx, account kernel.ID, key string, what any, id kernel.ID, at kernel.Time) (prior kernel.ID, err error) {
	if key == "" {
		return "", nil
	}
	if len(key) > maxKey {
		return "", kernel.E(kernel.Invalid, "", nil).Field("Idempotency-Key", k.Room+".error.key", nil)
	}
	b, err := json.Marshal(what)
	if err != nil {
		return "", err
	}
	hash, was := hex.EncodeToString(k.Keys.MAC(k.Room+".key", b)), ""
	err = tx.QueryRow(`SELECT hash, `+k.Made+` FROM `+k.Room+`_key WHERE account = $1 AND key = $2`, account, key).Scan(&was, &prior)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = tx.Exec(`INSERT INTO `+k.Room+`_key (account, key, hash, `+k.Made+`, at) VALUES ($1, $2, $3, $4, $5)`, account, key, hash, id, at)
		return "", err
	case err != nil:
		return "", err
	case was != hash:
		return "", kernel.E(kernel.Conflict, k.Room+".error.key_reused", nil)
	}
	return prior, nil
}
