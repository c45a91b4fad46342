package proof

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// log is a tree in memory with the key that signs it.
type log struct {
	hashes []tlog.Hash
	size   int64
	signer note.Signer
	key    note.Verifier
}

func (l *log) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, x := range at {
		out[i] = l.hashes[x]
	}
	return out, nil
}

func newLog(t testing.TB, origin string) *log {
	t.Helper()
	secret, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	l := &log{}
	if l.signer, err = note.NewSigner(secret); err != nil {
		t.Fatal(err)
	}
	if l.key, err = note.NewVerifier(public); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *log) add(t testing.TB, record string) {
	t.Helper()
	h, err := tlog.StoredHashesForRecordHash(l.size, tlog.RecordHash(Commitment([]byte("salt"), []byte(record))), l)
	if err != nil {
		t.Fatal(err)
	}
	l.hashes, l.size = append(l.hashes, h...), l.size+1
}

func (l *log) checkpoint(t testing.TB) string {
	t.Helper()
	root, err := tlog.TreeHash(l.size, l)
	if err != nil {
		t.Fatal(err)
	}
	b, err := note.Sign(&note.Note{Text: Checkpoint{Origin: l.key.Name(), Size: l.size, Root: root}.Text()}, l.signer)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (l *log) receipt(t testing.TB, i int64, record, signed string) *Receipt {
	t.Helper()
	path, err := tlog.ProveRecord(l.size, i, l)
	if err != nil {
		t.Fatal(err)
	}
	return &Receipt{Record: []byte(record), Salt: []byte("salt"), Index: i, Path: path, Signed: signed}
}

func record(i int) string { return fmt.Sprintf(`{"n":%d}`, i) }

func witness(t testing.TB, name string) (*Witness, note.Verifier) {
	t.Helper()
	seed := make([]byte, 32)
	_, _ = rand.Read(seed)
	w, err := NewWitness(name, seed)
	if err != nil {
		t.Fatal(err)
	}
	v, err := NewWitnessVerifier(w.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	return w, v
}

func TestReceipt(t *testing.T) {
	l := newLog(t, "maru.example/log")
	const n = 700
	for i := range n {
		l.add(t, record(i))
	}
	signed := l.checkpoint(t)
	w1, v1 := witness(t, "ngo.example/w1")
	_, v2 := witness(t, "ministry.example/w2")
	text, _, _ := strings.Cut(signed, "\n\n")
	signed += w1.Line(text+"\n", 1_795_000_000)
	for _, i := range []int64{0, 1, 255, 256, n - 1} {
		out, err := l.receipt(t, i, record(int(i)), signed).Text()
		if err != nil {
			t.Fatal(err)
		}
		r, err := Parse(out)
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.Verify(l.key, 1, v1, v2)
		if err != nil || p.Checkpoint.Size != n || len(p.Witnesses) != 1 || p.Witnesses[0] != "ngo.example/w1" {
			t.Fatalf("record %d: %+v, %v", i, p, err)
		}
		if _, err := r.Verify(l.key, 2, v1, v2); !errors.Is(err, ErrWitnesses) {
			t.Errorf("two witnesses asked for: %v", err)
		}
	}
}

// Whatever is changed in a receipt, it no longer holds.
func TestForgedReceipts(t *testing.T) {
	l, other := newLog(t, "maru.example/log"), newLog(t, "maru.example/log")
	for i := range 50 {
		l.add(t, record(i))
		other.add(t, record(i+1))
	}
	good := func() *Receipt { return l.receipt(t, 7, record(7), l.checkpoint(t)) }
	if _, err := good().Verify(l.key, 0); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		forge func(*Receipt)
		want  error
	}{
		"another record":     {func(r *Receipt) { r.Record = []byte(record(8)) }, ErrIncluded},
		"another salt":       {func(r *Receipt) { r.Salt = []byte("tlas") }, ErrIncluded},
		"another place":      {func(r *Receipt) { r.Index = 8 }, ErrIncluded},
		"beyond the tree":    {func(r *Receipt) { r.Index = 50 }, ErrIncluded},
		"a path cut":         {func(r *Receipt) { r.Path = r.Path[1:] }, ErrIncluded},
		"another's tree":     {func(r *Receipt) { r.Signed = other.checkpoint(t) }, ErrSignature},
		"a size rewritten":   {func(r *Receipt) { r.Signed = strings.Replace(r.Signed, "\n50\n", "\n51\n", 1) }, ErrSignature},
		"no signature":       {func(r *Receipt) { r.Signed, _, _ = strings.Cut(r.Signed, "\u2014") }, ErrSignature},
		"a checkpoint of no": {func(r *Receipt) { r.Signed = "" }, ErrSignature},
	} {
		r := good()
		c.forge(r)
		if _, err := r.Verify(l.key, 0); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A log's key is no witness's key, and the other way round.
func TestWitnessKeys(t *testing.T) {
	w, v := witness(t, "w.example")
	line := w.Line("text\n", 5)
	n, err := note.Open([]byte("text\n\n"+line), note.VerifierList(v))
	if err != nil || len(n.Sigs) != 1 {
		t.Fatalf("%v, %v", n, err)
	}
	if _, err := note.Open([]byte("texT\n\n"+line), note.VerifierList(v)); err == nil {
		t.Error("another text's cosignature was taken")
	}
	if _, err := note.NewVerifier(w.VerifierKey()); err == nil {
		t.Error("a witness's key was taken for a log's")
	}
	_, public, _ := note.GenerateKey(rand.Reader, "log.example")
	for _, bad := range []string{"", "a", public, "w+00000000+BAAA", strings.Replace(w.VerifierKey(), "w.", "x.", 1)} {
		if _, err := NewWitnessVerifier(bad); err == nil {
			t.Errorf("%q was taken for a witness's key", bad)
		}
	}
	if _, err := NewWitness("with space", make([]byte, 32)); err == nil {
		t.Error("a name with a space")
	}
}

// The example of C2SP tlog-cosignature: what a witness signs.
func TestCosignedText(t *testing.T) {
	got := string(cosigned(1679315147, []byte("example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")))
	want := "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
	if got != want {
		t.Errorf("%q", got)
	}
}

func FuzzParse(f *testing.F) {
	l := newLog(f, "maru.example/log")
	for i := range 9 {
		l.add(f, record(i))
	}
	text, err := l.receipt(f, 3, record(3), l.checkpoint(f)).Text()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(header + "\nextra e30=\nindex 0\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(text)
		if err != nil {
			return
		}
		again, err := r.Text()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(again); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		_, _ = r.Verify(l.key, 0)
	})
}
