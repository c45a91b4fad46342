package audit

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	osexec "os/exec"
	"path/filepath"
	"testing"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store"
)

// killedDir is where the process that is to be killed works.
const killedDir = "MARU_TEST_AUDIT_KILLED"

// openKilled opens the log that processes are killed over.
func openKilled(dir string) (*Log, *store.DB, error) {
	db, err := store.Open(context.Background(), filepath.Join(dir, "maru.db"))
	if err != nil {
		return nil, nil, err
	}
	if err := db.Migrate(context.Background(), Migrations()); err != nil {
		return nil, nil, err
	}
	keys, err := crypto.LoadOrCreate(filepath.Join(dir, "keys.json"))
	return New(Deps{DB: db, Keys: keys, Clock: clock.System()}), db, err
}

// TestToBeKilled is no test: it is the process that TestKilled kills. It
// records acts, says which are durable, and chains them meanwhile.
func TestToBeKilled(t *testing.T) {
	dir := os.Getenv(killedDir)
	if dir == "" {
		t.Skip("runs only as a process of TestKilled")
	}
	l, db, err := openKilled(dir)
	if err != nil {
		t.Fatal(err)
	}
	endLease(t, db) // that of the process before, as if its time had passed
	go func() {
		for {
			if _, err := l.Sequence(context.Background()); err != nil {
				fmt.Println("failed", err)
				return
			}
		}
	}()
	for n := 0; ; n++ {
		object := fmt.Sprintf("%d-%d", os.Getpid(), n)
		err := db.Update(context.Background(), func(tx *store.Tx) error {
			return Append(tx, kernel.TimeOf(time.Now()), Entry{Actor: authz.Actor{Account: "a1"}, Act: "casework.view", Object: object})
		})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("durable", object)
	}
}

// Killed fifty times at any moment between an act and its place in the tree,
// with the next process taking over at once: every act that was durable has
// exactly one leaf.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	durable := map[string]bool{}
	for range 50 {
		cmd := osexec.Command(os.Args[0], "-test.run=^TestToBeKilled$")
		cmd.Env = append(os.Environ(), killedDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for left := 1 + rng.IntN(12); left > 0 && lines.Scan(); {
			var object string
			if n, _ := fmt.Sscanf(lines.Text(), "durable %s", &object); n == 1 {
				durable[object] = true
				left--
			}
		}
		time.Sleep(time.Duration(rng.IntN(3000)) * time.Microsecond) // anywhere in the next act or batch
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			var object string
			if n, _ := fmt.Sscanf(lines.Text(), "durable %s", &object); n == 1 {
				durable[object] = true
			}
		}
		_ = cmd.Wait() // killed
	}
	l, db, err := openKilled(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	endLease(t, db)  // the lease of the one killed last runs out
	if _, err := l.Sequence(context.Background()); err != nil {
		t.Fatal(err)
	}
	rep := verify(t, l)
	if !rep.OK() || rep.Pending != 0 {
		t.Fatalf("%+v", rep)
	}
	places := map[string]int{}
	err = db.View(context.Background(), func(tx *store.Tx) error {
		rows, err := readRows(tx, 0, rep.Size)
		for _, r := range rows {
			places[r.Object]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for object := range durable {
		if places[object] != 1 {
			t.Errorf("act %s has %d leaves", object, places[object])
		}
	}
	if len(durable) < 50 {
		t.Errorf("only %d acts were durable", len(durable))
	}
}

// endLease ends the lease of a holder that was killed.
func endLease(t *testing.T, db *store.DB) {
	t.Helper()
	err := db.Update(context.Background(), func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE audit_lease SET until = 0`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
