package audit

import (
	"bytes"
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"maru/domain/audit/proof"
	"maru/kernel"
	"maru/platform/store"
)

// FindingKind says what is wrong; its words have the key "audit.finding." and
// the kind.
type FindingKind string

// The kinds of findings.
const (
	Changed    FindingKind = "changed"    // a row is not what was recorded
	Deleted    FindingKind = "deleted"    // a place in the tree has no row
	Inserted   FindingKind = "inserted"   // a row stands beyond the signed tree
	BrokenTree FindingKind = "tree"       // stored hashes contradict each other or a signed root
	BadNote    FindingKind = "checkpoint" // a checkpoint's signature does not hold
	RolledBack FindingKind = "rolled_back"
)

// Finding is one contradiction.
type Finding struct {
	Kind FindingKind `json:"kind"`
	Seq  int64       `json:"seq"`          // place in the tree, -1 if none
	Row  kernel.ID   `json:"row"`          // "" if there is none
	At   string      `json:"at,omitempty"` // day of the checkpoint concerned
}

// Report is what Verify found.
type Report struct {
	Size       int64     `json:"size"`       // rows in the signed tree
	Erased     int64     `json:"erased"`     // of which content was erased by retention
	Pending    int64     `json:"pending"`    // rows not yet chained
	Root       string    `json:"root"`       // of the newest checkpoint, base64
	Checkpoint string    `json:"checkpoint"` // the newest, signed
	Findings   []Finding `json:"findings"`
}

// OK tells whether nothing was found.
func (r *Report) OK() bool { return len(r.Findings) == 0 }

func (r *Report) add(k FindingKind, seq int64, id kernel.ID, at string) {
	r.Findings = append(r.Findings, Finding{Kind: k, Seq: seq, Row: id, At: at})
}

// signedRoot is what a checkpoint promises.
type signedRoot struct {
	day  string // "" for one that the caller kept
	size int64
	root tlog.Hash
}

// Verify recomputes every row and the whole tree and compares them with the
// signed checkpoints, and with those that the caller kept elsewhere. It reads
// one snapshot and changes nothing. An error means that the log could not be
// read; what is wrong with it stands in the report.
func (l *Log) Verify(ctx context.Context, kept ...string) (Report, error) {
	var rep Report
	err := l.d.DB.View(ctx, func(tx *store.Tx) error {
		rep = Report{}
		v := &verification{tx: tx, rep: &rep}
		return v.run(l, kept)
	})
	if err != nil {
		return Report{}, fmt.Errorf("audit: verify: %w", err)
	}
	return rep, nil
}

type verification struct {
	tx       *store.Tx
	rep      *Report
	promised map[int64][]signedRoot // by size
	// frontier holds the roots of the complete subtrees to the left, largest
	// first: all that the root of a growing tree needs.
	frontier []subtree
	// full holds, a level of tiles, the hashes computed for that level.
	full [][]tlog.Hash
}

type subtree struct {
	level int
	hash  tlog.Hash
}

func (v *verification) run(l *Log, kept []string) error {
	size, err := v.promises(l, kept)
	if err != nil {
		return err
	}
	v.rep.Size = size
	v.check(0)
	for n := int64(0); n<<tileHeight < size; n++ {
		if err := v.tile(n, size); err != nil {
			return err
		}
	}
	for s, roots := range v.promised {
		if s > size {
			for _, p := range roots {
				v.rep.add(RolledBack, s, "", p.day)
			}
		}
	}
	if err := v.upperTiles(); err != nil {
		return err
	}
	return v.outside(size)
}

// promises reads every checkpoint and returns the size of the newest.
func (v *verification) promises(l *Log, kept []string) (size int64, err error) {
	v.promised = map[int64][]signedRoot{}
	signers, err := v.signers(l)
	if err != nil {
		return 0, err
	}
	if len(signers) == 0 {
		return 0, v.unsigned()
	}
	rows, err := v.tx.Query(`SELECT day, size, note FROM audit_checkpoint ORDER BY day`)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var p signedRoot
		var signed string
		var column int64
		if err := rows.Scan(&p.day, &column, &signed); err != nil {
			return 0, err
		}
		if p.size, p.root, err = openAny(signers, signed); err != nil || p.size != column {
			v.rep.add(BadNote, -1, "", p.day)
			continue
		}
		v.promised[p.size] = append(v.promised[p.size], p)
		if p.size >= size {
			size, v.rep.Checkpoint, v.rep.Root = p.size, signed, p.root.String()
		}
	}
	for _, signed := range kept {
		p := signedRoot{}
		if p.size, p.root, err = openAny(signers, signed); err != nil {
			v.rep.add(BadNote, -1, "", "")
			continue
		}
		v.promised[p.size] = append(v.promised[p.size], p)
	}
	return size, rows.Err()
}

// signers are the log's keys, those of origins that a recovery ended too.
func (v *verification) signers(l *Log) ([]*signer, error) {
	rows, err := v.tx.Query(`SELECT sealed FROM audit_key ORDER BY at`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*signer
	for rows.Next() {
		var sealed []byte
		if err := rows.Scan(&sealed); err != nil {
			return nil, err
		}
		s, err := l.openSigner(sealed)
		if err != nil {
			v.rep.add(BadNote, -1, "", "")
			continue
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// openAny reads a checkpoint that one of the keys signed.
func openAny(signers []*signer, signed string) (size int64, root tlog.Hash, err error) {
	err = proof.ErrCheckpoint
	for _, s := range signers {
		if size, root, err = s.openCheckpoint(signed); err == nil {
			return size, root, nil
		}
	}
	return 0, tlog.Hash{}, err
}

// unsigned reports a log that has chained rows but no key to trust.
func (v *verification) unsigned() error {
	var chained int64
	if err := v.tx.QueryRow(`SELECT count(*) FROM audit_row WHERE seq IS NOT NULL`).Scan(&chained); err != nil {
		return err
	}
	if chained > 0 {
		v.rep.add(BadNote, -1, "", "")
	}
	return nil
}

// tile checks the rows of the n-th leaf tile against its hashes. Where a row
// contradicts the tile, the tile's hash goes on into the tree, so that one
// changed row is one finding and the tree is judged by itself.
func (v *verification) tile(n, size int64) error {
	from, to := n<<tileHeight, min((n+1)<<tileHeight, size)
	data, err := readTile(v.tx, tileID{0, n})
	if err != nil {
		return err
	}
	rows, err := readRows(v.tx, from, to)
	if err != nil {
		return err
	}
	if int64(len(data)) < (to-from)*tlog.HashSize {
		v.rep.add(BrokenTree, from, "", "")
	}
	for seq := from; seq < to; seq++ {
		var want tlog.Hash
		if at := (seq - from) * tlog.HashSize; at+tlog.HashSize <= int64(len(data)) {
			want = tlog.Hash(data[at : at+tlog.HashSize])
		}
		r, ok := rows[seq]
		switch {
		case !ok:
			v.rep.add(Deleted, seq, "", "")
		case !r.holds() || tlog.RecordHash(r.leaf) != want:
			v.rep.add(Changed, seq, r.ID, "")
		case len(r.salt) == 0:
			v.rep.Erased++
		}
		v.push(want)
		v.check(seq + 1)
	}
	return nil
}

// holds tells whether the row is what its commitment says. An erased row has
// neither salt nor content: its leaf alone is checked against the tree.
func (r *row) holds() bool {
	if len(r.salt) == 0 {
		return *r.content() == (rowContent{})
	}
	leaf, err := r.commit()
	return err == nil && bytes.Equal(leaf, r.leaf)
}

// push adds a leaf hash to the frontier and to the levels of tiles.
func (v *verification) push(h tlog.Hash) {
	s := subtree{0, h}
	v.levelHash(0, h)
	for len(v.frontier) > 0 && v.frontier[len(v.frontier)-1].level == s.level {
		left := v.frontier[len(v.frontier)-1]
		v.frontier = v.frontier[:len(v.frontier)-1]
		s = subtree{s.level + 1, tlog.NodeHash(left.hash, s.hash)}
		if s.level%tileHeight == 0 {
			v.levelHash(s.level/tileHeight, s.hash)
		}
	}
	v.frontier = append(v.frontier, s)
}

// levelHash keeps what tiles above the leaves must hold.
func (v *verification) levelHash(level int, h tlog.Hash) {
	if level == 0 {
		return // compared row by row already
	}
	for len(v.full) < level {
		v.full = append(v.full, nil)
	}
	v.full[level-1] = append(v.full[level-1], h)
}

// check compares the tree at size with what checkpoints promised for it.
func (v *verification) check(size int64) {
	promised, ok := v.promised[size]
	if !ok {
		return
	}
	root, err := v.root()
	for _, p := range promised {
		if err != nil || p.root != root {
			v.rep.add(BrokenTree, size, "", p.day)
		}
	}
}

// root folds the frontier from the right (RFC 6962 section 2.1).
func (v *verification) root() (tlog.Hash, error) {
	if len(v.frontier) == 0 {
		return tlog.TreeHash(0, nil)
	}
	h := v.frontier[len(v.frontier)-1].hash
	for i := len(v.frontier) - 2; i >= 0; i-- {
		h = tlog.NodeHash(v.frontier[i].hash, h)
	}
	return h, nil
}

// upperTiles compares stored tiles above the leaves with those computed.
func (v *verification) upperTiles() error {
	for i, hashes := range v.full {
		for n := int64(0); n<<tileHeight < int64(len(hashes)); n++ {
			part := hashes[n<<tileHeight : min((n+1)<<tileHeight, int64(len(hashes)))]
			data, err := readTile(v.tx, tileID{int64(i + 1), n})
			if err != nil {
				return err
			}
			var want []byte
			for _, h := range part {
				want = append(want, h[:]...)
			}
			if !bytes.Equal(data, want) {
				v.rep.add(BrokenTree, n<<(tileHeight*(i+2)), "", "")
			}
		}
	}
	return nil
}

// outside looks at rows that are not in the signed tree: those waiting for the
// sequencer, and those that claim a place nobody signed.
func (v *verification) outside(size int64) error {
	rows, err := v.tx.Query(rowColumns+` WHERE seq IS NULL OR seq >= $1 OR seq < 0 ORDER BY id`, size)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		r, seq, err := scanRow(rows)
		if err != nil {
			return err
		}
		switch {
		case seq.Valid:
			v.rep.add(Inserted, seq.Int64, r.ID, "")
		case !r.holds():
			v.rep.add(Changed, -1, r.ID, "")
		default:
			v.rep.Pending++
		}
	}
	return rows.Err()
}
