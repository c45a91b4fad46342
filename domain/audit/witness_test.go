package audit

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"maru/domain/audit/proof"
	"maru/domain/audit/witness"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

// key is the log's, made with its first checkpoint.
func key(t testing.TB, l *Log) note.Verifier {
	t.Helper()
	_, verifier, err := l.Checkpoint(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(verifier)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// watched is a log with n records and a witness that it sends checkpoints to.
func watched(t *testing.T, db *store.DB, n int) (*Log, *clock.Manual, *witness.Witness) {
	t.Helper()
	l, c := newLog(t, db)
	fill(t, l, c, n)
	sequence(t, l)
	w, err := witness.Open(t.TempDir(), "ngo.example/w1", []note.Verifier{key(t, l)}, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	srv := httptest.NewServer(w.Handler())
	t.Cleanup(srv.Close)
	configured, err := ParseWitness(srv.URL + " " + w.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	l.d.Witnesses = []Witness{configured}
	return l, c, w
}

func cosign(t testing.TB, l *Log) {
	t.Helper()
	if err := l.Cosign(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// A receipt is there once the record is in a tree that the witness signed, and
// holds for whoever has the two keys.
func TestReceipt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l, c, w := watched(t, db, 300)
		me := authz.Actor{Account: "a9", Person: "p-1"}
		list, _, err := l.Mine(context.Background(), me, kernel.KO, "")
		if err != nil || len(list) == 0 {
			t.Fatal(list, err)
		}
		id := list[0].ID
		if _, err := l.Receipt(context.Background(), me, id); !kernel.Is(err, kernel.Conflict) {
			t.Fatalf("before the witness signed: %v", err)
		}
		cosign(t, l)
		fill(t, l, c, 1)
		sequence(t, l)
		cosign(t, l)
		r, err := l.Receipt(context.Background(), me, id)
		if err != nil {
			t.Fatal(err)
		}
		text, err := r.Text()
		if err != nil {
			t.Fatal(err)
		}
		again, err := proof.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		seen, err := proof.NewWitnessVerifier(w.VerifierKey())
		if err != nil {
			t.Fatal(err)
		}
		p, err := again.Verify(key(t, l), 1, seen)
		if err != nil || p.Checkpoint.Size != 301 || len(p.Witnesses) != 1 {
			t.Fatalf("%+v, %v", p, err)
		}
		found, err := l.CheckReceipt(context.Background(), text, kernel.EN)
		if err != nil || found.Index != 299 || found.ID != id || found.At != list[0].At {
			t.Fatalf("%+v, %v", found, err)
		}
		for name, other := range map[string]authz.Actor{"another person": {Account: "a2", Person: "p-2"}, "another account": {Account: "a2"}} {
			if _, err := l.Receipt(context.Background(), other, id); !kernel.Is(err, kernel.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := l.Erase(context.Background(), c.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Receipt(context.Background(), me, id); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("an erased record: %v", err)
		}
		if rep := verify(t, l); !rep.OK() {
			t.Errorf("after erasing: %+v", rep.Findings)
		}
	}, Migrations())
}

// The public tiles suffice for a client that knows nothing of this program to
// prove every entry and every growth.
func TestPublicTiles(t *testing.T) {
	l, c := newLog(t, storetest.SQLite(t, Migrations()))
	srv := httptest.NewServer(l.Handler())
	defer srv.Close()
	if got := fetch(t, srv.URL+"/checkpoint", http.StatusNotFound); got == "" {
		t.Error("an empty log says nothing")
	}
	type head struct {
		c proof.Checkpoint
		l note.Verifier
	}
	var heads []head
	for _, n := range []int{3, 253, 1, 400} { // through a full tile
		fill(t, l, c, n)
		sequence(t, l)
		v, err := note.NewVerifier(strings.TrimSpace(fetch(t, srv.URL+"/key", http.StatusOK)))
		if err != nil {
			t.Fatal(err)
		}
		cp, _, err := proof.Open(fetch(t, srv.URL+"/checkpoint", http.StatusOK), v)
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, head{cp, v})
	}
	newest := heads[len(heads)-1].c
	hashes := tlog.TileHashReader(tlog.Tree{N: newest.Size, Hash: newest.Root}, &reader{t, srv.URL})
	for _, h := range heads[:len(heads)-1] {
		path, err := tlog.ProveTree(newest.Size, h.c.Size, hashes)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckTree(path, newest.Size, newest.Root, h.c.Size, h.c.Root); err != nil {
			t.Errorf("from %d to %d: %v", h.c.Size, newest.Size, err)
		}
	}
	entries := fetch(t, srv.URL+"/tile/entries/000", http.StatusOK)
	for i := range int64(256) {
		entry := entries[i*34 : (i+1)*34]
		if entry[0] != 0 || entry[1] != 32 {
			t.Fatalf("entry %d has no length", i)
		}
		path, err := tlog.ProveRecord(newest.Size, i, hashes)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckRecord(path, newest.Size, newest.Root, i, tlog.RecordHash([]byte(entry[2:]))); err != nil {
			t.Fatalf("entry %d: %v", i, err)
		}
	}
	for _, none := range []string{"/tile/0/003", "/tile/0/002.p/200", "/tile/3/000", "/tile/entries/002", "/tile/0/0", "/x", "/"} {
		fetch(t, srv.URL+none, http.StatusNotFound)
	}
}

type reader struct {
	t   *testing.T
	url string
}

func (r *reader) Height() int                     { return 8 }
func (r *reader) SaveTiles([]tlog.Tile, [][]byte) {}
func (r *reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, tile := range tiles {
		out = append(out, []byte(fetch(r.t, r.url+"/"+proof.TilePath(tile), http.StatusOK)))
	}
	return out, nil
}

func fetch(t *testing.T, url string, want int) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := readAll(resp.Body, 1<<20)
	if err != nil || resp.StatusCode != want {
		t.Fatalf("%s: %s, %v", url, resp.Status, err)
	}
	return string(b)
}

// A witness that follows a log by its public address signs what grows.
func TestWitnessFollows(t *testing.T) {
	l, c := newLog(t, storetest.SQLite(t, Migrations()))
	srv := httptest.NewServer(l.Handler())
	defer srv.Close()
	fill(t, l, c, 5)
	sequence(t, l)
	w, err := witness.Open(t.TempDir(), "ngo.example/w1", []note.Verifier{key(t, l)}, c)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close() //nolint:errcheck // a test's folder
	for _, n := range []int{0, 300, 0, 600} {
		fill(t, l, c, n)
		if n > 0 {
			sequence(t, l)
		}
		if _, err := w.Follow(context.Background(), srv.Client(), srv.URL, key(t, l).Name()); err != nil {
			t.Fatal(err)
		}
	}
	signed, err := w.Latest(key(t, l).Name())
	if err != nil {
		t.Fatal(err)
	}
	seen, _ := proof.NewWitnessVerifier(w.VerifierKey())
	if cp, who, err := proof.Open(signed, key(t, l), seen); err != nil || cp.Size != 905 || len(who) != 1 {
		t.Fatalf("%+v, %v, %v", cp, who, err)
	}
	if rep := verify(t, l, signed); !rep.OK() {
		t.Errorf("what the witness kept: %+v", rep.Findings)
	}
}

// A database that went back behind what a witness signed chains nothing more,
// until an operator lets the log go on under a new origin.
func TestRolledBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		l, c, _ := watched(t, db, 10)
		if _, err := l.Recover(ctx, authz.Actor{Account: "op"}, "why"); !kernel.Is(err, kernel.Conflict) {
			t.Fatalf("recovery without trouble: %v", err)
		}
		cosign(t, l)
		fill(t, l, c, 20)
		sequence(t, l)
		cosign(t, l)
		// An older copy comes back: 10 records, with their checkpoint.
		older, c2 := newLog(t, db)
		older.d.Keys, older.d.Witnesses = l.d.Keys, l.d.Witnesses
		old := oldHead(t, l, 10)
		exec(t, db, `DELETE FROM audit_row WHERE seq >= 10`)
		exec(t, db, `UPDATE audit_lease SET size = 10`)
		exec(t, db, `UPDATE audit_tile SET data = $1 WHERE level = 0`, old.tile)
		exec(t, db, `UPDATE audit_checkpoint SET size = 10, note = $1`, old.signed)
		exec(t, db, `DELETE FROM audit_witness`)
		exec(t, db, `DELETE FROM audit_witnessed`)
		c2.Advance(3600e9)
		fill(t, older, c2, 3)
		if err := older.Cosign(ctx); !errors.Is(err, errTrouble) {
			t.Fatalf("the witness has signed more: %v", err)
		}
		exec(t, db, `DELETE FROM audit_trouble`) // what follows finds it by itself
		for range 2 {                            // it stays so
			if n, err := older.Sequence(ctx); n != 0 || !errors.Is(err, errTrouble) {
				t.Fatalf("chained %d, %v", n, err)
			}
		}
		found, err := older.Troubles(ctx)
		if err != nil || len(found) != 1 || found[0].Kind != RolledBack {
			t.Fatalf("%+v, %v", found, err)
		}
		if err := older.checkWitnesses(ctx); !errors.Is(err, errTrouble) {
			t.Errorf("the check says %v", err)
		}
		if _, err := older.Recover(ctx, authz.Actor{Account: "op"}, " "); !kernel.Is(err, kernel.Invalid) {
			t.Errorf("recovery without a reason: %v", err)
		}
		origin, err := older.Recover(ctx, authz.Actor{Account: "op"}, "the disk burned; copy of the night")
		if err != nil || origin != "maru.audit/2" {
			t.Fatalf("%q, %v", origin, err)
		}
		if n := sequence(t, older); n != 4 { // three acts and the recovery
			t.Fatalf("chained %d after the recovery", n)
		}
		if rep := verify(t, older); !rep.OK() || rep.Size != 14 {
			t.Fatalf("%+v", rep)
		}
		if keys, err := older.keys(ctx); err != nil || len(keys) != 2 {
			t.Errorf("%d keys, %v", len(keys), err)
		}
	}, Migrations())
}

type oldTree struct {
	tile   []byte
	signed string
}

// oldHead is the log as it was with n records, all in its first tile.
func oldHead(t *testing.T, l *Log, n int64) oldTree {
	t.Helper()
	var out oldTree
	s, err := l.signer(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	err = l.d.DB.View(context.Background(), func(tx *store.Tx) error {
		tile, err := readTile(tx, tileID{0, 0})
		if err != nil {
			return err
		}
		out.tile = tile[:n*tlog.HashSize]
		root, err := tlog.TreeHash(n, openTree(tx, n))
		if err != nil {
			return err
		}
		signed, err := note.Sign(&note.Note{Text: proof.Checkpoint{Origin: s.origin, Size: n, Root: root}.Text()}, s.sign)
		out.signed = string(signed)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Whatever of the tree is changed behind the log's back, it chains no more.
func TestUnsoundTree(t *testing.T) {
	for name, harm := range map[string]string{
		"a tile rewritten":        `UPDATE audit_tile SET data = data || data WHERE level = 0`,
		"a tile lost":             `DELETE FROM audit_tile`,
		"a longer lease":          `UPDATE audit_lease SET size = 6`,
		"no checkpoint":           `DELETE FROM audit_checkpoint`,
		"a checkpoint of nobody":  `UPDATE audit_checkpoint SET note = 'maru.audit'`,
		"a checkpoint's signer":   `UPDATE audit_checkpoint SET note = replace(note, '5', '4')`,
		"the checkpoint of a day": `UPDATE audit_checkpoint SET day = '2000-01-01', note = ''`,
	} {
		t.Run(name, func(t *testing.T) {
			l, c := newLog(t, storetest.SQLite(t, Migrations()))
			fill(t, l, c, 5)
			sequence(t, l)
			if name == "a tile rewritten" {
				exec(t, l.d.DB, `UPDATE audit_tile SET data = $1 WHERE level = 0`, make([]byte, 5*tlog.HashSize))
			} else {
				exec(t, l.d.DB, harm)
			}
			fill(t, l, c, 1)
			if n, err := l.Sequence(context.Background()); n != 0 || !errors.Is(err, errTrouble) {
				t.Fatalf("chained %d, %v", n, err)
			}
			if name == "a longer lease" {
				return // the rows agree with what was signed
			}
			if _, err := l.Recover(context.Background(), authz.Actor{Account: "op"}, "try"); !errors.Is(err, ErrUnsound) {
				t.Errorf("recovery of an unsound log: %v", err)
			}
		})
	}
}

// A log that shows the witness another history is stopped.
func TestFork(t *testing.T) {
	l, c, w := watched(t, storetest.SQLite(t, Migrations()), 10)
	cosign(t, l)
	s, err := l.signer(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	// The same key signs another tree of eleven records.
	other, err := note.Sign(&note.Note{Text: proof.Checkpoint{Origin: s.origin, Size: 11, Root: tlog.RecordHash([]byte("x"))}.Text()}, s.sign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Add(10, nil, string(other)); !errors.Is(err, witness.ErrContrary) {
		t.Errorf("a fork: %v", err)
	}
	same, err := note.Sign(&note.Note{Text: proof.Checkpoint{Origin: s.origin, Size: 10, Root: tlog.RecordHash([]byte("x"))}.Text()}, s.sign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Add(10, nil, string(same)); !errors.Is(err, witness.ErrContrary) {
		t.Errorf("another tree of the same size: %v", err)
	}
	var size *witness.SizeError
	if _, err := w.Add(0, nil, string(same)); !errors.As(err, &size) || size.Size != 10 {
		t.Errorf("a replay from the start: %v", err)
	}
	// The witness once saw a tree that this database does not hold.
	fill(t, l, c, 1)
	sequence(t, l)
	exec(t, l.d.DB, `UPDATE audit_witness SET size = 0`)
	cosign(t, l) // it tells its size and all is well
	exec(t, l.d.DB, `DELETE FROM audit_checkpoint`)
	err = l.d.DB.Update(context.Background(), func(tx *store.Tx) error {
		return s.checkpoint(tx, c.Now(), 11, tlog.RecordHash([]byte("y")))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Cosign(context.Background()); !errors.Is(err, errTrouble) {
		t.Errorf("another root for a signed size: %v", err)
	}
}

// Two senders at once: sizes only grow, and the file is that of the last.
func TestWitnessAtOnce(t *testing.T) {
	l, c := newLog(t, storetest.SQLite(t, Migrations()))
	srv := httptest.NewServer(l.Handler())
	defer srv.Close()
	fill(t, l, c, 3)
	sequence(t, l)
	dir := t.TempDir()
	w, err := witness.Open(dir, "ngo.example/w1", []note.Verifier{key(t, l)}, c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := witness.Open(dir, "", nil, c); err == nil {
		t.Error("two witnesses have one folder")
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				_, err := w.Follow(context.Background(), srv.Client(), srv.URL, "maru.audit")
				var size *witness.SizeError
				if err != nil && !errors.As(err, &size) {
					t.Errorf("follow: %v", err)
				}
			}
		})
	}
	for range 10 {
		fill(t, l, c, 7)
		sequence(t, l)
	}
	wg.Wait()
	if _, err := w.Follow(context.Background(), srv.Client(), srv.URL, "maru.audit"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := witness.Open(dir, "", []note.Verifier{key(t, l)}, c)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close() //nolint:errcheck // a test's folder
	signed, err := again.Latest("maru.audit")
	if err != nil {
		t.Fatal(err)
	}
	if cp, _, err := proof.Open(signed, key(t, l)); err != nil || cp.Size != 73 {
		t.Fatalf("%+v, %v", cp, err)
	}
	if _, err := witness.Open(t.TempDir(), "a b", nil, c); err == nil {
		t.Error("a name with a space")
	}
}

// The statuses of C2SP tlog-witness.
func TestWitnessHTTP(t *testing.T) {
	l, _, w := watched(t, storetest.SQLite(t, Migrations()), 4)
	cosign(t, l)
	srv := httptest.NewServer(w.Handler())
	defer srv.Close()
	signed, _, err := l.Checkpoint(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"the same again":    {proof.AddText(4, nil, signed), http.StatusOK},
		"a wrong old size":  {proof.AddText(3, nil, signed), http.StatusConflict},
		"an old size above": {proof.AddText(5, nil, signed), http.StatusBadRequest},
		"a proof too many":  {proof.AddText(4, []tlog.Hash{{}}, signed), http.StatusUnprocessableEntity},
		"another log":       {proof.AddText(0, nil, strings.Replace(signed, "maru.audit", "other.log", 1)), http.StatusNotFound},
		"no signature":      {proof.AddText(4, nil, signed[:strings.Index(signed, "\u2014")]), http.StatusForbidden},
		"another signature": {proof.AddText(4, nil, strings.Replace(signed, "\n4\n", "\n5\n", 1)), http.StatusForbidden},
		"no old line":       {signed, http.StatusBadRequest},
		"a leading zero":    {strings.Replace(proof.AddText(4, nil, signed), "old 4", "old 04", 1), http.StatusBadRequest},
		"nothing":           {"", http.StatusBadRequest},
		"too much":          {strings.Repeat("x", 100<<10), http.StatusBadRequest},
	} {
		resp, err := http.Post(srv.URL+"/add-checkpoint", "text/plain", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if _ = resp.Body.Close(); resp.StatusCode != c.want {
			t.Errorf("%s: %s, want %d", name, resp.Status, c.want)
		}
	}
	if got := fetch(t, srv.URL+"/"+witness.OriginHash("maru.audit")+"/checkpoint", http.StatusOK); !strings.HasPrefix(got, "maru.audit\n4\n") {
		t.Errorf("monitors see %q", got)
	}
	fetch(t, srv.URL+"/"+witness.OriginHash("other")+"/checkpoint", http.StatusNotFound)
}

func TestNextOrigin(t *testing.T) {
	for before, want := range map[string]string{"maru.example/log": "maru.example/log/2", "maru.example/log/2": "maru.example/log/3", "x": "x/2", "x/9": "x/10", "x/07": "x/07/2"} {
		if got := next(before); got != want {
			t.Errorf("after %s: %s, want %s", before, got, want)
		}
	}
}

// published is the head that is shown, and how many of the witnesses signed it.
func published(t *testing.T, l *Log) (size int64, who int) {
	t.Helper()
	var signed string
	err := l.d.DB.View(context.Background(), func(tx *store.Tx) error {
		err := tx.QueryRow(`SELECT note FROM audit_witnessed WHERE name = 'newest'`).Scan(&signed)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if signed == "" {
		return 0, 0
	}
	c, names, err := proof.Open(signed, key(t, l), l.verifiers()...)
	if err != nil {
		t.Fatal(err)
	}
	return c.Size, len(names)
}

// All witnesses are asked at the same time, and one that does not sign keeps the
// others' signatures from nobody.
func TestWitnessesTogether(t *testing.T) {
	l, c, first := watched(t, storetest.SQLite(t, Migrations()), 3)
	second, err := witness.Open(t.TempDir(), "court.example/w2", []note.Verifier{key(t, l)}, c)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()     //nolint:errcheck // a test's folder
	var asked sync.WaitGroup // until all are asked none answers
	asked.Add(3)
	var list []Witness
	for name, h := range map[string]http.Handler{first.VerifierKey(): first.Handler(), second.VerifierKey(): second.Handler(), third(t): http.NotFoundHandler()} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Done()
			asked.Wait()
			h.ServeHTTP(w, r)
		}))
		defer srv.Close()
		w, err := ParseWitness(srv.URL + " " + name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, w)
	}
	l.d.Witnesses, l.d.Quorum = list, 2
	cosign(t, l)
	if size, who := published(t, l); size != 3 || who != 2 {
		t.Errorf("%d records, signed by %d", size, who)
	}
}

// third is the key of a witness that knows no log.
func third(t *testing.T) string {
	t.Helper()
	w, err := witness.Open(t.TempDir(), "bank.example/w3", nil, clock.System())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close() //nolint:errcheck // a test's folder
	return w.VerifierKey()
}

// What a witness says travels where nobody can change it.
func TestParseWitness(t *testing.T) {
	k := third(t)
	for text, want := range map[string]bool{
		"https://w.example " + k: true, "http://127.0.0.1:8081/ " + k: true, " http://localhost:1 " + k + " ": true,
		"http://w.example " + k: false, "http://localhost.w.example " + k: false, "ftp://w.example " + k: false, k: false, "https://w.example": false, "https://w.example key": false, "": false,
	} {
		if _, err := ParseWitness(text); (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What contradicts nothing does not stop the log: an answer that the witness did
// not sign, and a head that another copy of the program sent meanwhile.
func TestNoTroubleWithoutProof(t *testing.T) {
	ctx := context.Background()
	l, c, w := watched(t, storetest.SQLite(t, Migrations()), 10)
	var answer func(http.ResponseWriter)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if answer != nil {
			answer(rw)
			return
		}
		w.Handler().ServeHTTP(rw, r)
	}))
	defer srv.Close()
	l.d.Witnesses[0].URL = srv.URL
	for name, body := range map[string]string{"a page": "<html>sign in to the network</html>", "nothing": "", "another's": "maru.audit\n9\nAAAA\n\n\u2014 x AAAA\n"} {
		answer = func(rw http.ResponseWriter) { _, _ = io.WriteString(rw, body) }
		l.consulted.Store(false)
		fill(t, l, c, 1)
		if n := sequence(t, l); n != 1 {
			t.Errorf("%s: chained %d", name, n)
		}
	}
	// What the witness signed of another log says nothing of this one.
	theirs, tc := newLog(t, storetest.SQLite(t, Migrations()))
	theirs.d.Origin = "other.example/log"
	fill(t, theirs, tc, 99)
	sequence(t, theirs)
	other, _, err := theirs.Checkpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	busy, err := proof.NewWitness("ngo.example/w9", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(other, "\n\n")
	mine := l.d.Witnesses[0]
	if l.d.Witnesses[0].Key, err = proof.NewWitnessVerifier(busy.VerifierKey()); err != nil {
		t.Fatal(err)
	}
	answer = func(rw http.ResponseWriter) {
		_, _ = io.WriteString(rw, other+busy.Line(text+"\n", int64(c.Now())/1_000_000))
	}
	l.consulted.Store(false)
	fill(t, l, c, 1)
	if n := sequence(t, l); n != 1 {
		t.Errorf("with another log's checkpoint chained %d", n)
	}
	l.d.Witnesses[0] = mine
	for name, status := range map[string]int{"9000": http.StatusConflict, "none": http.StatusConflict, "-1": http.StatusConflict, "": http.StatusUnprocessableEntity} {
		answer = func(rw http.ResponseWriter) {
			rw.WriteHeader(status)
			_, _ = io.WriteString(rw, name)
		}
		cosign(t, l)
		if _, who := published(t, l); who != 0 {
			t.Errorf("%d %q counts as a signature", status, name)
		}
	}
	answer = nil
	cosign(t, l)
	if _, who := published(t, l); who != 1 {
		t.Errorf("%d have signed", who)
	}
	signed, _, err := l.Checkpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	old, _, err := proof.Open(signed, key(t, l))
	if err != nil {
		t.Fatal(err)
	}
	fill(t, l, c, 5)
	sequence(t, l)
	cosign(t, l)
	if _, err := l.cosignBy(ctx, l.d.Witnesses[0], old, signed); err == nil || errors.Is(err, errTrouble) {
		t.Errorf("a head that came late: %v", err)
	}
	if found, err := l.Troubles(ctx); err != nil || len(found) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
}
