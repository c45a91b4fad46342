package backup

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"maru/app"
	"maru/platform/crypto"
	"maru/platform/store/storetest"
)

const (
	resident = "p-00200"
	official = "official-acrc"
)

// maru runs a command and returns its exit status and what it said.
func maru(args ...string) (int, string) {
	var said bytes.Buffer
	status := app.Main(args, &said, &said)
	return status, said.String()
}

func succeed(t *testing.T, args ...string) string {
	t.Helper()
	status, said := maru(args...)
	if status != 0 {
		t.Fatalf("maru %s: exit status %d\n%s", strings.Join(args, " "), status, said)
	}
	return said
}

// refuse wants exit status 1 and the words of the message.
func refuse(t *testing.T, want string, args ...string) {
	t.Helper()
	status, said := maru(args...)
	if status != 1 || !strings.Contains(said, want) {
		t.Errorf("maru %s: exit status %d, want 1 and %q\n%s", strings.Join(args, " "), status, want, said)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// picture is a small PNG.
func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// fill hands in petitions, one with a file and one decided.
func fill(t *testing.T, w *town) map[string]application {
	t.Helper()
	p := w.as(resident)
	for i := range 5 {
		var file []byte
		if i == 0 {
			file = picture(t)
		}
		if _, err := p.petition(fmt.Sprintf("before %d", i), file); err != nil {
			t.Fatal(err)
		}
	}
	desk := "/desk/cases/" + p.all()["before 1"].ID
	o := w.as(official)
	var decided application
	o.must(http.MethodPost, desk+"/assign", "assign", nil, &decided)
	o.must(http.MethodPost, desk+"/decision", "decide", map[string]string{"decision": "replied", "reason": "고쳤어요."}, &decided)
	all := p.all()
	if len(all) != 5 || all["before 1"].Status != "decided" {
		t.Fatalf("handed in: %+v", all)
	}
	return all
}

// same sees that each application of want is there as it was.
func same(t *testing.T, got, want map[string]application) {
	t.Helper()
	for subject, w := range want {
		g := got[subject]
		if g.ID != w.ID || g.Number != w.Number || g.Status != w.Status || g.Decision != w.Decision || fmt.Sprint(g.Answers) != fmt.Sprint(w.Answers) {
			t.Errorf("%s: got %+v, want %+v", subject, g, w)
		}
	}
}

// TestBackAndForth backs up while people go on working, and comes back.
func TestBackAndForth(t *testing.T) {
	home := t.TempDir()
	data, archive := filepath.Join(home, "data"), filepath.Join(home, "maru.backup")
	keys := filepath.Join(data, "keys.json")
	w := serve(t, data, "")
	before := fill(t, w)

	var busy sync.WaitGroup
	working, enough := make(chan struct{}), make(chan struct{})
	neighbour := w.as("p-00201")
	busy.Go(func() {
		for i := 0; ; i++ {
			if _, err := neighbour.petition(fmt.Sprintf("meanwhile %d", i), nil); err != nil {
				t.Error(err)
				return
			}
			if i == 2 {
				close(working)
			}
			select {
			case <-enough:
				return
			default:
			}
		}
	})
	<-working
	succeed(t, "backup", "--demo", "--data", data, archive)
	close(enough)
	busy.Wait()
	w.stop()
	if info, err := os.Stat(archive); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the archive's mode: %v %v", info, err)
	}

	come := func(t *testing.T, into, db string) {
		copyFile(t, keys, filepath.Join(into, "keys.json"))
		place := []string{"--demo", "--data", into}
		if db != "" {
			place = append(place, "--db", db)
		}
		succeed(t, slices.Concat([]string{"restore", archive}, place)...)
		refuse(t, "already in use", slices.Concat([]string{"restore", archive}, place)...)
		back := serve(t, into, db)
		p := back.as(resident)
		same(t, p.all(), before)
		if got := back.download(resident, before["before 0"]); !bytes.Equal(got, picture(t)) {
			t.Errorf("the file came back as %d other bytes", len(got))
		}
		// What was handed in meanwhile is there in order up to some point.
		meanwhile := back.as("p-00201").all()
		for i := range meanwhile {
			if !strings.HasPrefix(i, "meanwhile ") {
				t.Errorf("found %q", i)
			}
		}
		for i := range len(meanwhile) {
			if _, ok := meanwhile[fmt.Sprintf("meanwhile %d", i)]; !ok {
				t.Errorf("no %d of %d: %v", i, len(meanwhile), slices.Sorted(maps.Keys(meanwhile)))
			}
		}
		if len(meanwhile) < 3 {
			t.Errorf("%d applications that were acknowledged before the backup", len(meanwhile))
		}
		if _, err := p.petition("after", nil); err != nil {
			t.Errorf("it does not go on: %v", err)
		}
		if said := succeed(t, slices.Concat([]string{"verify"}, place)...); !strings.Contains(said, "ok") {
			t.Errorf("verify checked nothing:\n%s", said)
		}
	}
	t.Run("sqlite", func(t *testing.T) { come(t, t.TempDir(), "") })
	t.Run("postgres", func(t *testing.T) { come(t, t.TempDir(), storetest.PostgresURL(t)) })
}

// TestRefusals restores what must not be restored, then what may be into the
// same place: a refusal left nothing behind.
func TestRefusals(t *testing.T) {
	home := t.TempDir()
	data, archive := filepath.Join(home, "data"), filepath.Join(home, "maru.backup")
	w := serve(t, data, "")
	before := fill(t, w)
	succeed(t, "backup", "--demo", "--data", data, archive)
	w.stop()

	into := filepath.Join(home, "new")
	restore := func(file, keys string) []string {
		return []string{"restore", "--demo", "--data", into, "--keys", keys, file}
	}
	keys, other := filepath.Join(data, "keys.json"), filepath.Join(home, "other.json")
	if _, err := crypto.LoadOrCreate(other); err != nil {
		t.Fatal(err)
	}
	refuse(t, "belongs to another key file", restore(archive, other)...)
	refuse(t, "key file could not be read", restore(archive, filepath.Join(home, "none.json"))...)

	whole, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(home, "damaged.backup")
	for _, at := range []int{0, len(whole) / 2, len(whole) - 1} {
		b := slices.Clone(whole)
		b[at] ^= 1
		if err := os.WriteFile(damaged, b, 0o600); err != nil {
			t.Fatal(err)
		}
		refuse(t, "damaged or was changed", restore(damaged, keys)...)
	}
	if err := os.WriteFile(damaged, whole[:len(whole)*2/3], 0o600); err != nil {
		t.Fatal(err)
	}
	refuse(t, "damaged or was changed", restore(damaged, keys)...)
	refuse(t, "belongs to “demo”", "backup", "--data", data, filepath.Join(home, "wrong.backup"))

	succeed(t, restore(archive, keys)...)
	copyFile(t, keys, filepath.Join(into, "keys.json"))
	same(t, serve(t, into, "").as(resident).all(), before)
}

// TestRotate seals on with a new key; what the old one sealed still opens,
// also out of a backup of before.
func TestRotate(t *testing.T) {
	home := t.TempDir()
	data, archive := filepath.Join(home, "data"), filepath.Join(home, "maru.backup")
	keys := filepath.Join(data, "keys.json")
	w := serve(t, data, "")
	before := fill(t, w)
	succeed(t, "backup", "--demo", "--data", data, archive)

	old, err := os.ReadFile(keys)
	if err != nil {
		t.Fatal(err)
	}
	succeed(t, "keys", "rotate", keys)
	if rotated, err := os.ReadFile(keys); err != nil || bytes.Equal(rotated, old) {
		t.Fatalf("the key file has not changed (%v)", err)
	}
	p := w.as(resident)
	same(t, p.all(), before) // the running one goes on
	w.stop()

	w = serve(t, data, "")
	p = w.as(resident)
	if _, err := p.petition("after", nil); err != nil {
		t.Fatal(err)
	}
	after := p.all()
	same(t, after, before)
	if after["after"].Number == "" {
		t.Errorf("what the new key sealed does not open: %+v", after)
	}
	if got := w.download(resident, before["before 0"]); !bytes.Equal(got, picture(t)) {
		t.Error("the file of before does not open")
	}
	w.stop()
	succeed(t, "verify", "--demo", "--data", data)

	into := filepath.Join(home, "new")
	copyFile(t, keys, filepath.Join(into, "keys.json"))
	succeed(t, "restore", "--demo", "--data", into, archive)
	same(t, serve(t, into, "").as(resident).all(), before)
}
