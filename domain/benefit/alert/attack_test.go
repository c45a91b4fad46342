package alert_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"maru/domain/benefit/alert"
	"maru/domain/benefit/contract"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	mydata "maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

// TestAtOnce: many looks at the same moment tell of one thing once.
func TestAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1961-03-04", "27110", 50)
		b.subscribe("p", open())
		b.tomorrow()
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				// One that others overtook too often is to be made again.
				if err := b.Recheck(t.Context(), "p", "test"); err != nil && !kernel.Is(err, kernel.Unavailable) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		b.run()
		b.look("p")
		b.want("p", "pension: you are newly entitled")
	}, migrations()...)
}

// TestOvertaken: somebody turns alerts off, and another look writes, between what
// a look read and what it writes.
func TestOvertaken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1961-03-04", "27110", 50)
		b.subscribe("p", open())
		b.tomorrow()
		b.before = func(string) {
			b.before = nil
			if err := b.Off(t.Context(), actorOf("p")); err != nil {
				t.Error(err)
			}
		}
		b.look("p")
		b.want("p")
		if n := b.count(`SELECT COUNT(*) FROM benefit_alert_standing`); n != 0 {
			t.Error("a look kept something of who turned alerts off meanwhile")
		}
		// Off and on again in between: the standing of before is not the new one's.
		b.subscribe("p", open())
		told := len(b.told)
		b.tomorrow()
		b.before = func(string) {
			b.before = nil
			if err := b.Off(t.Context(), actorOf("p")); err != nil {
				t.Error(err)
			}
			b.clock.Advance(time.Second)
			if err := b.Save(t.Context(), actorOf("p"), open()); err != nil {
				t.Error(err)
			}
		}
		b.look("p")
		if len(b.told) != told+1 {
			t.Errorf("told %v", b.told[told:])
		}
	}, migrations()...)
}

// TestDeliveredTwice: a job that is run again, and an inbox that fails at first,
// make one message.
func TestDeliveredTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1961-03-04", "27110", 50)
		b.subscribe("p", open())
		b.tomorrow()
		fails := 3
		b.refuse = func(contract.Alert) error {
			if fails--; fails >= 0 {
				return errors.New("not yet")
			}
			return nil
		}
		if err := b.Recheck(t.Context(), "p", "test"); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			_, _ = b.jobs.RunDue(t.Context()) // fails on purpose
			b.clock.Advance(time.Minute)
		}
		b.want("p", "pension: you are newly entitled")
		// The jobs of before come back, as after a lost lease.
		message := b.told[len(b.told)-1].Message
		err := b.db.Update(t.Context(), func(tx *store.Tx) error {
			for _, j := range []jobs.NewJob{
				{Kind: "benefit.alert_send", Payload: map[string]any{"message": message}},
				{Kind: "benefit.alert_recheck", Payload: map[string]any{"person": "p", "trigger": "again"}},
				{Kind: "benefit.alert_step", Payload: map[string]any{"pass": "day:2026-03-04"}},
			} {
				for range 2 {
					if _, err := b.jobs.Enqueue(tx, j); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		b.run()
		b.want("p", "pension: you are newly entitled")
	}, migrations()...)
}

// TestClockBack: a clock that goes back neither takes a birthday away nor gives
// it again.
func TestClockBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1961-03-04", "27110", 50)
		b.subscribe("p", open())
		b.clock.Set(at("2026-03-04", 12))
		b.look("p")
		for _, day := range []string{"2026-03-03", "2026-02-01", "2026-03-05", "2026-03-01", "2026-03-06"} {
			b.clock.Set(at(day, 12))
			b.look("p")
		}
		b.want("p", "pension: you are newly entitled")
	}, migrations()...)
}

// TestFlapping: fifty changes back and forth are told as one gain and one loss;
// after 90 days it is news again.
func TestFlapping(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1980-06-01", "27110", 50)
		b.subscribe("p", open())
		for i := range 50 {
			b.tomorrow()
			b.homes["p"].members[0].facts["region"] = kernel.TextOf([]string{"11110", "27110"}[i%2])
			b.look("p")
		}
		want := []string{"rent: you are newly entitled", "rent: you are no longer entitled"}
		b.want("p", want...)
		b.clock.Advance(91 * 24 * time.Hour)
		b.homes["p"].members[0].facts["region"] = kernel.TextOf("11110")
		b.look("p")
		b.want("p", append(want, "rent: you are newly entitled")...)
	}, migrations()...)
}

// TestAway: while registers do not answer, the job waits, ever longer up to a
// bound, and nothing is lost.
func TestAway(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1961-03-04", "27110", 50)
		b.subscribe("p", open())
		b.tomorrow()
		b.away = true
		before, last, longest := b.looks, b.clock.Now(), time.Duration(0)
		for range 200 {
			b.clock.Advance(11 * time.Minute)
			n := b.looks
			if b.run(); b.looks > n {
				longest, last = max(longest, b.clock.Now().Sub(last)), b.clock.Now()
			}
		}
		b.want("p")
		// 37 hours and the looks of two days: about ten, where pauses of ten minutes
		// would make two hundred.
		if n := b.looks - before; n < 6 || n > 20 {
			t.Errorf("%d looks while the registers were away", n)
		}
		if longest < 3*time.Hour || longest > 8*time.Hour {
			t.Errorf("the longest pause was %v", longest)
		}
		b.away = false
		b.clock.Advance(8 * time.Hour)
		b.run()
		b.want("p", "pension: you are newly entitled")
		if n := b.count(`SELECT COUNT(*) FROM jobs_job WHERE state = 'dead'`); n != 0 {
			t.Errorf("%d dead jobs", n)
		}
	}, migrations()...)
}

// TestWho: visitors, the unproven and tokens of another scope get nothing; a
// setting is one's own by who one is, so that there is no id to guess.
func TestWho(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b := newBench(t, db)
	b.homes["p"] = single("p", "1961-03-04", "27110", 50)
	b.subscribe("p", alert.Setting{Muted: []string{"birth"}})
	for name, c := range map[string]struct {
		actor authz.Actor
		kind  kernel.Kind
	}{
		"visitor":  {authz.Actor{}, kernel.Unauthorized},
		"unproven": {authz.Actor{Account: "a"}, kernel.Forbidden},
		"token":    {authz.Actor{Account: "a", Person: "p", Token: true, Scopes: []string{authz.ScopeDesk}}, kernel.Forbidden},
	} {
		_, read := b.Status(t.Context(), c.actor)
		for act, err := range map[string]error{"read": read, "save": b.Save(t.Context(), c.actor, open()), "off": b.Off(t.Context(), c.actor)} {
			if !kernel.Is(err, c.kind) {
				t.Errorf("%s %s: %v", name, act, err)
			}
		}
	}
	if st, err := b.Status(t.Context(), actorOf("q")); err != nil || st.On || len(st.Muted) != 0 {
		t.Errorf("another sees %+v %v", st, err)
	}
	if err := b.Off(t.Context(), actorOf("q")); err != nil {
		t.Error(err)
	}
	if st, err := b.Status(t.Context(), actorOf("p")); err != nil || !st.On || len(st.Muted) != 1 {
		t.Errorf("the setting is now %+v %v", st, err)
	}
	for _, wrong := range []alert.Setting{{From: 24}, {To: -1}, {Muted: []string{"nothing"}}, {Muted: []string{"old-age", "moving", "birth"}}} {
		if err := b.Save(t.Context(), actorOf("p"), wrong); !kernel.Is(err, kernel.Invalid) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}

// TestTriggers: an event on one person, and the pseudonyms of a sweep, look after
// subscribers alone.
func TestTriggers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"], b.homes["q"] = single("p", "1980-06-01", "27110", 50), single("q", "1980-06-01", "27110", 50)
		b.subscribe("p", open())
		b.tomorrow()
		b.run()
		looks := b.looks
		b.homes["p"].members[0].facts["region"] = kernel.TextOf("11110")
		payload, err := json.Marshal(mydata.Change{Person: "p", What: "address"})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			err := b.db.Update(t.Context(), func(tx *store.Tx) error {
				_, err := b.jobs.Enqueue(tx, jobs.NewJob{Kind: "event:" + mydata.Changed + ":benefit_alert", Payload: map[string]any{"id": "e", "at": 1, "data": json.RawMessage(payload)}})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		b.run()
		if b.looks != looks+1 {
			t.Errorf("%d looks, want one", b.looks-looks)
		}
		b.want("p", "rent: you are newly entitled")

		names, err := population.NewPseudonyms(population.KeyOf(b.keys))
		if err != nil {
			t.Fatal(err)
		}
		var list []uint64
		for i := range 1000 {
			list = append(list, uint64(names.Of(fmt.Appendf(nil, "somebody-%d", i))))
		}
		list = append(list, uint64(names.Of([]byte("p"))), uint64(names.Of([]byte("q"))))
		b.tomorrow()
		b.run()
		looks = b.looks
		for range 2 {
			if err := b.Changed(t.Context(), list, "law"); err != nil {
				t.Fatal(err)
			}
		}
		b.run()
		if b.looks != looks+1 {
			t.Errorf("%d looks after a sweep, want one", b.looks-looks)
		}
	}, migrations()...)
}

// TestLawForMany: a thousand subscribers, a law that touches three hundred, and
// three crashes at random points: each of the three hundred is told once.
func TestLawForMany(t *testing.T) {
	const people, touched, crashes = 1000, 300, 3
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		for i := range people {
			who := fmt.Sprintf("p%04d", i)
			income := int64(500)
			if i%10 < 3 {
				income = 150 // within the limit of 2027
			}
			b.homes[who] = single(who, "1980-06-01", "11110", income)
			if err := b.Save(t.Context(), actorOf(who), open()); err != nil {
				t.Fatal(err)
			}
		}
		b.run()
		if len(b.told) != people {
			t.Fatalf("%d summaries", len(b.told))
		}
		b.told = nil
		// The rules change by another pack, which raises the limit at once.
		b.engine = lawOf("pack-2", func(s *rule.Source) { s.Law.Parameters[0].Values[0].Value = 200 })
		b.clock.Set(at("2026-03-04", 4)) // before the pass of the day
		d := rand.New(rand.NewPCG(4, 2026))
		left, next := crashes, d.IntN(people/3)
		b.before = func(string) {
			if next--; next == 0 && left > 0 {
				left, next = left-1, 1+d.IntN(people/3)
				panic("the machine dies")
			}
		}
		b.refuse = func(contract.Alert) error {
			if d.IntN(50) == 0 {
				return errors.New("the inbox dies")
			}
			return nil
		}
		for range 60 {
			_, _ = b.jobs.RunDue(t.Context()) // fails on purpose
			b.clock.Advance(time.Minute)
		}
		if left != 0 {
			t.Fatalf("%d crashes did not happen", left)
		}
		once := map[string]int{}
		for _, a := range b.told {
			once[a.Person]++
		}
		if len(b.told) != touched || len(once) != touched {
			t.Errorf("%d messages to %d people, want %d", len(b.told), len(once), touched)
		}
	}, migrations()...)
}
