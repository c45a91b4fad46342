package audit

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"maru/domain/audit/proof"
	"maru/kernel"
	"maru/platform/store"
)

const keyContext = "audit.key:checkpoint"

// currentKey names the key that signs; keys of origins that a recovery ended
// keep the name with the origin behind it.
const currentKey = "checkpoint"

// signer signs checkpoints and knows the verifier of its own signatures. The
// verifier is derived when the sealed key is opened, never taken from a
// column that somebody with access to the tables could replace.
type signer struct {
	origin   string
	sign     note.Signer
	verifier string
}

// signer opens the signing key, or makes it at the first start.
func (l *Log) signer(ctx context.Context) (*signer, error) {
	var sealed []byte
	err := l.d.DB.Update(ctx, func(tx *store.Tx) error {
		err := tx.QueryRow(`SELECT sealed FROM audit_key WHERE name = $1`, currentKey).Scan(&sealed)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		sealed, err = l.newKey(tx, l.d.Origin)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("audit: signing key: %w", err)
	}
	return l.openSigner(sealed)
}

// newKey makes the key that signs from now on as an origin.
func (l *Log) newKey(tx *store.Tx, origin string) (sealed []byte, err error) {
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return nil, err
	}
	if sealed, err = l.d.Keys.Seal(keyContext, []byte(vkey+"\n"+skey)); err != nil {
		return nil, err
	}
	_, err = tx.Exec(`INSERT INTO audit_key (name, verifier, sealed, at) VALUES ($1, $2, $3, $4)`, currentKey, vkey, sealed, int64(l.now()))
	return sealed, err
}

func (l *Log) openSigner(sealed []byte) (*signer, error) {
	plain, err := l.d.Keys.Open(keyContext, sealed)
	if err != nil {
		return nil, fmt.Errorf("audit: open the signing key: %w", err)
	}
	vkey, skey, _ := strings.Cut(string(plain), "\n")
	s, err := note.NewSigner(skey)
	if err != nil {
		return nil, fmt.Errorf("audit: signing key: %w", err)
	}
	return &signer{origin: s.Name(), sign: s, verifier: vkey}, nil
}

// checkpoint signs size and root and keeps them as the day's last.
func (s *signer) checkpoint(tx *store.Tx, now kernel.Time, size int64, root tlog.Hash) error {
	signed, err := note.Sign(&note.Note{Text: proof.Checkpoint{Origin: s.origin, Size: size, Root: root}.Text()}, s.sign)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO audit_checkpoint (day, size, at, note) VALUES ($1, $2, $3, $4)
		ON CONFLICT (day) DO UPDATE SET size = excluded.size, at = excluded.at, note = excluded.note`,
		now.DateIn(time.UTC).String(), size, int64(now), string(signed))
	return err
}

// openCheckpoint checks the signature and reads the body.
func (s *signer) openCheckpoint(signed string) (size int64, root tlog.Hash, err error) {
	v, err := note.NewVerifier(s.verifier)
	if err != nil {
		return 0, root, err
	}
	c, _, err := proof.Open(signed, v)
	return c.Size, c.Root, err
}

// Checkpoint is the newest signed checkpoint, "" while the log is empty, and
// the key to verify it with. Kept elsewhere, it proves to Verify that nothing
// was rolled back since.
func (l *Log) Checkpoint(ctx context.Context) (signed, verifier string, err error) {
	err = l.d.DB.View(ctx, func(tx *store.Tx) error {
		err := tx.QueryRow(`SELECT note FROM audit_checkpoint ORDER BY size DESC, day DESC LIMIT 1`).Scan(&signed)
		if err == nil {
			err = tx.QueryRow(`SELECT verifier FROM audit_key WHERE name = $1`, currentKey).Scan(&verifier)
		}
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", "", fmt.Errorf("audit: read the checkpoint: %w", err)
	}
	return signed, verifier, nil
}
