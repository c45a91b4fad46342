package chaos

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
)

// applicants is how many people apply at once.
const applicants = 6

// attempt is one application that somebody handed in.
type attempt struct {
	key    string
	told   bool // an answer came: it is saved
	answer application
}

// TestKill9 kills the program in the middle of work again and again. What was
// acknowledged must be there once; what was not, and is asked for again under
// its key, must be there once, too.
func TestKill9(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	data := t.TempDir()
	random := rand.New(rand.NewPCG(20261121, 9)) // repeatable as far as killing can be
	ledgers := make([][]*attempt, applicants)
	unanswered := 0
	for round := range rounds {
		s := start(t, data)
		clients := enter(t, s)
		unanswered += again(t, clients, ledgers)
		work(t, s, clients, ledgers, round, 1+random.IntN(120))
		if t.Failed() {
			t.Fatalf("round %d:\n%s", round, s.said)
		}
	}
	s := start(t, data)
	clients := enter(t, s)
	unanswered += again(t, clients, ledgers)
	total := 0
	for i, c := range clients {
		total += len(ledgers[i])
		once(t, c, ledgers[i])
	}
	s.terminate()
	t.Logf("%d kills, %d applications, %d of them unanswered at first", rounds, total, unanswered)
	if out, err := exec.Command(program, "verify", "--demo", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("maru verify: %v\n%s", err, out)
	}
}

// enter signs everybody in.
func enter(t *testing.T, s *server) []*client {
	t.Helper()
	out := make([]*client, applicants)
	for i := range out {
		out[i] = signIn(t, s, fmt.Sprintf("p-%05d", 200+i))
	}
	return out
}

// work has everybody apply until the program has acknowledged a number of
// applications, and kills it there and then.
func work(t *testing.T, s *server, clients []*client, ledgers [][]*attempt, round, acknowledged int) {
	var acks atomic.Int64
	var wg sync.WaitGroup
	for i, c := range clients {
		wg.Go(func() {
			for n := 0; ; n++ {
				a := &attempt{key: fmt.Sprintf("round %d applicant %d number %d", round, i, n)}
				ledgers[i] = append(ledgers[i], a)
				var err error
				a.answer, err = c.apply(a.key)
				var wrong *wrongAnswer
				if errors.As(err, &wrong) {
					t.Errorf("%s: %v", a.key, wrong)
				}
				if err != nil {
					return
				}
				a.told = true
				if acks.Add(1) == int64(acknowledged) {
					s.kill() // the others are somewhere between asking and reading
				}
			}
		})
	}
	wg.Wait()
	s.kill() // also when everybody gave up before
}

// again repeats what was not answered, under its key, and tells how much that
// was.
func again(t *testing.T, clients []*client, ledgers [][]*attempt) int {
	t.Helper()
	n := 0
	for i, c := range clients {
		for _, a := range ledgers[i] {
			if a.told {
				continue
			}
			var err error
			if a.answer, err = c.apply(a.key); err != nil {
				t.Fatalf("%s, again: %v", a.key, err)
			}
			a.told = true
			n++
		}
	}
	return n
}

// once sees that a person's applications are those of the ledger, each once,
// and what is in them.
func once(t *testing.T, c *client, ledger []*attempt) {
	t.Helper()
	found := map[string]application{}
	for _, a := range c.all(t) {
		if _, twice := found[a.ID]; twice {
			t.Errorf("%s is listed twice", a.ID)
		}
		found[a.ID] = a
	}
	if len(found) != len(ledger) {
		t.Errorf("%d applications for %d that were handed in", len(found), len(ledger))
	}
	for _, a := range ledger {
		if found[a.answer.ID].Number != a.answer.Number || a.answer.Number == "" {
			t.Errorf("%s: acknowledged as %s, found %+v", a.key, a.answer.Number, found[a.answer.ID])
			continue
		}
		var whole application
		if err := c.ask(http.MethodGet, "/applications/"+a.answer.ID, "", nil, http.StatusOK, &whole); err != nil {
			t.Errorf("%s: %v", a.key, err)
		} else if whole.Answers["subject"] != a.key {
			t.Errorf("%s: reads %q", a.key, whole.Answers["subject"])
		}
	}
}
