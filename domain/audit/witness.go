package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"maru/domain/audit/proof"
	"maru/domain/audit/witness"
	"maru/platform/address"
	"maru/platform/store"
)

// Witness is another body that signs what it saw of this log.
type Witness struct {
	// URL is where it takes checkpoints, and shows the last one it signed.
	URL string
	// Key checks its signatures; its name is the witness's.
	Key note.Verifier
}

// ParseWitness reads "URL KEY" as operators configure it.
func ParseWitness(s string) (Witness, error) {
	url, key, ok := strings.Cut(strings.TrimSpace(s), " ")
	v, err := proof.NewWitnessVerifier(key)
	if !ok || err != nil {
		return Witness{}, fmt.Errorf("audit: witness %q: give its address and its key", s)
	}
	if !address.Safe(url) {
		return Witness{}, fmt.Errorf("audit: witness %q: its address is https, on this machine alone also http", s)
	}
	return Witness{URL: strings.TrimSuffix(url, "/"), Key: v}, nil
}

const (
	// askTime is how long one witness may take; the others are not kept
	// waiting longer.
	askTime    = 10 * time.Second
	maxAnswer  = 16 << 10
	witnessing = 5 * time.Second // between two rounds
)

// verifiers are the keys of the witnesses.
func (l *Log) verifiers() []note.Verifier {
	out := make([]note.Verifier, len(l.d.Witnesses))
	for i, w := range l.d.Witnesses {
		out[i] = w.Key
	}
	return out
}

// Cosign asks every witness to sign the newest checkpoint, and publishes it
// once enough have. A witness that knows a longer or another history stops the
// log (see Trouble); one that does not answer is asked again the next time.
func (l *Log) Cosign(ctx context.Context) error {
	if len(l.d.Witnesses) == 0 {
		return nil
	}
	signed, verifier, err := l.Checkpoint(ctx)
	if err != nil || signed == "" {
		return err
	}
	key, err := note.NewVerifier(verifier)
	if err != nil {
		return fmt.Errorf("audit: key: %w", err)
	}
	c, _, err := proof.Open(signed, key)
	if err != nil {
		return fmt.Errorf("audit: the newest checkpoint: %w", err)
	}
	lines := make([]string, len(l.d.Witnesses))
	errs := l.askAll(func(i int, w Witness) (err error) {
		lines[i], err = l.cosignBy(ctx, w, c, signed)
		return err
	})
	missing := 0
	for i, err := range errs {
		switch {
		case errors.Is(err, errTrouble):
			return err
		case err != nil:
			lines[i], missing = "", missing+1
			l.d.Log.Warn("a witness does not sign", "witness", l.d.Witnesses[i].Key.Name(), "err", err)
		}
	}
	if len(l.d.Witnesses)-missing < l.quorum() {
		return nil
	}
	err = l.d.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO audit_witnessed (name, size, at, note) VALUES ('newest', $1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET size = excluded.size, at = excluded.at, note = excluded.note
			WHERE audit_witnessed.size <= excluded.size`, c.Size, int64(l.now()), signed+strings.Join(lines, ""))
		return err
	})
	if err != nil {
		return fmt.Errorf("audit: publish a checkpoint: %w", err)
	}
	return nil
}

// askAll asks all witnesses at the same time, so that one that keeps its answer
// back keeps no other waiting. The errors stand in the order of the witnesses.
func (l *Log) askAll(ask func(i int, w Witness) error) []error {
	errs := make([]error, len(l.d.Witnesses))
	var wg sync.WaitGroup
	for i, w := range l.d.Witnesses {
		wg.Go(func() { errs[i] = ask(i, w) })
	}
	wg.Wait()
	return errs
}

func (l *Log) quorum() int {
	if l.d.Quorum > 0 {
		return l.d.Quorum
	}
	return len(l.d.Witnesses)
}

// cosignBy is one witness's signature line.
func (l *Log) cosignBy(ctx context.Context, w Witness, c proof.Checkpoint, signed string) (string, error) {
	old, err := l.signedSize(ctx, w)
	if err != nil {
		return "", err
	}
	for range 2 { // the second time with the size that the witness told
		status, body, err := l.add(ctx, w, old, c, signed)
		if err != nil {
			return "", err
		}
		switch status {
		case http.StatusOK:
			line, err := lineOf(body, w.Key, signed)
			if err != nil {
				return "", err
			}
			return line, l.keepSize(ctx, w, c.Size)
		case http.StatusConflict:
			told, err := strconv.ParseUint(strings.TrimSpace(body), 10, 63)
			if err != nil {
				return "", fmt.Errorf("answers no size: %w", err)
			}
			if int64(told) > c.Size {
				return "", l.disputed(ctx, w, fmt.Sprintf("says that it has signed %d records already", told))
			}
			old = int64(told)
		case http.StatusUnprocessableEntity:
			return "", l.disputed(ctx, w, fmt.Sprintf("says that the tree of %d records does not follow from that of %d", c.Size, old))
		default:
			return "", fmt.Errorf("answers %d", status)
		}
	}
	return "", errors.New("tells changing sizes")
}

// disputed looks into an answer that speaks against the log. The answer alone
// stops nothing, for whoever stands before the witness could have given it, and
// another copy of the program may have sent a longer tree meanwhile. What stops
// the log is what the witness has signed, or a tree here that is not the one that
// was signed here.
func (l *Log) disputed(ctx context.Context, w Witness, says string) error {
	s, err := l.signer(ctx)
	if err != nil {
		return err
	}
	if err := l.compare(ctx, s, w); err != nil {
		return err
	}
	if err := l.sound(ctx, s); err != nil {
		return err
	}
	return errors.New(says + ", and shows nothing signed that bears it out")
}

// chained is how many records the tree has.
func chained(tx *store.Tx) (size int64, err error) {
	err = tx.QueryRow(`SELECT size FROM audit_lease WHERE name = 'sequencer'`).Scan(&size)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return size, err
}

// add sends the checkpoint with the proof that it follows from the one of size
// old.
func (l *Log) add(ctx context.Context, w Witness, old int64, c proof.Checkpoint, signed string) (status int, body string, err error) {
	var path []tlog.Hash
	if 0 < old && old < c.Size {
		err = l.d.DB.View(ctx, func(tx *store.Tx) error {
			path, err = tlog.ProveTree(c.Size, old, openTree(tx, c.Size))
			return err
		})
		if err != nil {
			return 0, "", fmt.Errorf("audit: prove the growth of the tree: %w", err)
		}
	}
	return l.ask(ctx, http.MethodPost, w.URL+"/add-checkpoint", proof.AddText(old, path, signed))
}

func (l *Log) ask(ctx context.Context, method, url, body string) (int, string, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	resp, err := l.d.Client.Do(req)
	if err != nil {
		return 0, "", err
	}
	b, err := readAll(resp.Body, maxAnswer)
	return resp.StatusCode, string(b), errors.Join(err, resp.Body.Close())
}

// lineOf takes the witness's own signature out of its answer, checked.
func lineOf(answer string, key note.Verifier, signed string) (string, error) {
	text, _, _ := strings.Cut(signed, "\n\n")
	n, err := note.Open([]byte(text+"\n\n"+answer), note.VerifierList(key))
	if err != nil {
		return "", fmt.Errorf("its signature does not hold: %w", err)
	}
	return "\u2014 " + n.Sigs[0].Name + " " + n.Sigs[0].Base64 + "\n", nil
}

// signedSize is how far a witness has signed, as far as is known here.
func (l *Log) signedSize(ctx context.Context, w Witness) (size int64, err error) {
	err = l.d.DB.View(ctx, func(tx *store.Tx) error {
		err := tx.QueryRow(`SELECT size FROM audit_witness WHERE name = $1`, w.Key.Name()).Scan(&size)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("audit: witness: %w", err)
	}
	return size, nil
}

func (l *Log) keepSize(ctx context.Context, w Witness, size int64) error {
	err := l.d.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO audit_witness (name, size, at) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET size = excluded.size, at = excluded.at`, w.Key.Name(), size, int64(l.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("audit: witness: %w", err)
	}
	return nil
}

// consult asks the witnesses, once after the start, what they signed last: a
// database that was restored from an old copy must not sign a second history.
// A witness that does not answer holds nothing up; Cosign asks it later.
func (l *Log) consult(ctx context.Context, s *signer) error {
	for i, err := range l.askAll(func(_ int, w Witness) error { return l.compare(ctx, s, w) }) {
		switch {
		case errors.Is(err, errUnheard):
			l.d.Log.Warn("a witness does not tell what it signed", "witness", l.d.Witnesses[i].Key.Name(), "err", err)
		case err != nil:
			return err
		}
	}
	return nil
}

// errUnheard says that a witness told nothing that it signed.
var errUnheard = errors.New("audit: unheard")

// compare holds what a witness signed last against the tree.
func (l *Log) compare(ctx context.Context, s *signer, w Witness) error {
	signed, err := l.remembered(ctx, w, s.origin)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnheard, err)
	}
	if signed == "" {
		return nil
	}
	size, root, err := s.openCheckpoint(signed)
	if err != nil {
		return l.trouble(ctx, BadNote, "witness "+w.Key.Name()+" keeps a checkpoint with another signature")
	}
	return l.contains(ctx, size, root, w.Key.Name())
}

// remembered is the checkpoint that a witness signed last, "" where it never
// did. What does not carry the witness's own signature, such as the page of
// something that stands before it, proves nothing, and what it signed of another
// log nothing about this one.
func (l *Log) remembered(ctx context.Context, w Witness, origin string) (string, error) {
	status, body, err := l.ask(ctx, http.MethodGet, w.URL+"/"+witness.OriginHash(origin)+"/checkpoint", "")
	switch {
	case err != nil:
		return "", err
	case status == http.StatusNotFound:
		return "", nil
	case status != http.StatusOK:
		return "", fmt.Errorf("answers %d", status)
	}
	n, err := note.Open([]byte(body), note.VerifierList(w.Key))
	if err != nil {
		return "", fmt.Errorf("what it shows is not signed by it: %w", err)
	}
	if first, _, _ := strings.Cut(n.Text, "\n"); first != origin {
		return "", fmt.Errorf("it shows a checkpoint of another log, %q", first)
	}
	return body, nil
}

// contains sees that the tree begins with the one that somebody remembers.
func (l *Log) contains(ctx context.Context, size int64, root tlog.Hash, who string) error {
	var own tlog.Hash
	var has int64
	err := l.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if has, err = chained(tx); err != nil || has < size {
			return err
		}
		own, err = tlog.TreeHash(size, openTree(tx, has))
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("audit: compare with a witness: %w", err)
	case has < size:
		return l.trouble(ctx, RolledBack, fmt.Sprintf("witness %s signed %d records, the database has %d", who, size, has))
	case own != root:
		return l.trouble(ctx, BrokenTree, fmt.Sprintf("witness %s signed another tree of %d records", who, size))
	}
	return nil
}
