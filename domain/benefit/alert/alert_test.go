package alert_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"maru/domain/benefit/alert"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/kernel"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q does not say %q", text, p)
		}
	}
}

// TestBirthday: the first look sums up; the 65th birthday is told once, with the
// reason, the amount and the article.
func TestBirthday(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1961-03-04", "26110", 500)
		b.subscribe("p", open())
		b.want("p") // the card of Busan, counted by the summary
		says(t, b.last("p", kernel.EN), "You seem entitled to 1 benefit now")
		b.tomorrow()
		b.look("p")
		b.want("p", "pension: you are newly entitled")
		says(t, b.last("p", kernel.EN), "/services/pension", "Amount: 1,000", "birthday on Wednesday 4 March 2026: 65 years old", "Law: Act 제3조")
		says(t, b.last("p", kernel.KO), "pension-ko: 새로 받을 수 있어요", "2026년 3월 4일", "만 65세가 되어서예요", "근거: 법 제3조")
		for range 3 {
			b.tomorrow()
			b.look("p")
		}
		b.want("p", "pension: you are newly entitled")
	}, migrations()...)
}

// TestCauses: what is not known is not told as a cause.
func TestCauses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for name, c := range map[string]struct {
			start  kernel.Time // of the first look, zero for the bench's
			change func(b *bench)
			want   string
			not    []string
		}{
			"address": {change: func(b *bench) { b.homes["p"].members[0].facts["region"] = kernel.TextOf("11110") }, want: "Because your registered address changed"},
			"fact and address": {change: func(b *bench) {
				b.homes["p"].members[0].facts["region"] = kernel.TextOf("11110")
				b.homes["p"].household["income"] = kernel.IntOf(20)
			}, want: "Because several things", not: []string{"address"}},
			"told": {change: func(b *bench) {
				b.homes["p"].household["income"], b.homes["p"].told = kernel.IntOf(20), []string{situation.HouseholdRef("income")}
				b.homes["p"].members[0].facts["region"] = kernel.TextOf("11110")
			}, not: []string{"Because"}},
			"law": {start: at("2026-12-31", 12), change: func(b *bench) {}, want: "Because the law's figures changed on Friday 1 January 2027 (법 제8조)"},
			"rules": {change: func(b *bench) {
				b.engine = lawOf("pack-2", func(s *rule.Source) { s.Programmes[2].Benefit.Conditions = s.Programmes[2].Benefit.Conditions[1:] })
			}, want: "Because the rules for this benefit changed"},
			"rules from a day": {change: func(b *bench) {
				b.engine = lawOf("pack-2", func(s *rule.Source) { s.Programmes[2].Benefit.Conditions = s.Programmes[2].Benefit.Conditions[1:] })
				b.since = map[string]kernel.Date{"pack-1": kernel.MustDate("2026-01-01"), "pack-2": kernel.MustDate("2026-03-04")}
			}, want: "Because the rules for this benefit changed on Wednesday 4 March 2026."},
			"rules and facts": {change: func(b *bench) {
				b.engine = lawOf("pack-2", func(s *rule.Source) { s.Programmes[2].Benefit.Conditions = s.Programmes[2].Benefit.Conditions[1:] })
				b.homes["p"].household["income"] = kernel.IntOf(20)
			}, not: []string{"Because"}},
		} {
			t.Run(name, func(t *testing.T) {
				b := newBench(t, db)
				if err := b.Off(t.Context(), actorOf("p")); err != nil { // of the case before
					t.Fatal(err)
				}
				h := single("p", "1980-06-01", "27110", 50)
				if c.start != 0 {
					b.clock.Set(c.start)
					h = single("p", "1980-06-01", "11110", 150)
				}
				b.homes["p"] = h
				b.subscribe("p", open())
				b.tomorrow()
				c.change(b)
				b.look("p")
				b.want("p", "rent: you are newly entitled")
				got := b.last("p", kernel.EN)
				says(t, got, c.want)
				for _, n := range c.not {
					if strings.Contains(got, n) {
						t.Errorf("%q says %q", got, n)
					}
				}
			})
		}
	}, migrations()...)
}

// TestKinds: lost with the condition that fails, likely as likely, one fact by its
// name, several in one message, and nothing of what is switched off.
func TestKinds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"], b.homes["q"] = single("p", "1980-06-01", "11110", 50), single("q", "1980-06-01", "11110", 50)
		b.subscribe("p", open())
		b.subscribe("q", alert.Setting{Muted: []string{"moving"}})
		b.tomorrow()
		for _, who := range []string{"p", "q"} {
			b.homes[who].household["income"] = kernel.IntOf(300)
			b.look(who)
		}
		b.want("p", "rent: you are no longer entitled")
		says(t, b.last("p", kernel.EN), "No longer met: 소득", "Law: Act 제6조", "what a register holds changed: Income")
		b.tomorrow()
		for _, who := range []string{"p", "q"} {
			b.homes[who].household["income"] = kernel.IntOf(0)
			b.look(who)
		}
		// The rent comes back within 90 days: the same episode. The grant is new, and
		// its rule is only part of the law.
		b.want("p", "rent: you are no longer entitled", "grant: you may be entitled")
		says(t, b.last("p", kernel.EN), "please check", "(estimate)")
		b.want("q")
		// Whoever becomes sure of what they did not want to hear as likely, hears it.
		b.tomorrow()
		b.engine = lawOf("pack-2", func(s *rule.Source) { s.Programmes[3].Benefit.Partial = false })
		b.look("p")
		b.look("q")
		b.want("p", "rent: you are no longer entitled", "grant: you may be entitled")
		b.want("q", "grant: you are newly entitled")
	}, migrations()...)
}

// TestUnknown: what is not known is no news, and a gap in a register neither.
func TestUnknown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1980-06-01", "11110", 50)
		b.subscribe("p", open())
		b.tomorrow()
		delete(b.homes["p"].household, "income")
		b.look("p")
		b.tomorrow()
		b.homes["p"].household["income"] = kernel.IntOf(50)
		b.look("p")
		b.want("p")
	}, migrations()...)
}

// TestUnknownWaiting: an adult of the household takes back the consent on which
// a waiting message rests: it does not go out, and it is news again once it is
// known again. What only waits about a loss does not go out either.
func TestUnknownWaiting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.engine = lawOf("pack-1", func(s *rule.Source) {
			s.Programmes[2].Benefit.Conditions[0].When = `members.any(n, n != head && starts(n.region, ["11"]))`
		})
		couple := func(person, region string) *home {
			h := single(person, "1980-06-01", "27110", 50)
			h.members = append(h.members, member{"spouse", map[string]kernel.Value{
				"birth_date": kernel.DateValueOf(kernel.MustDate("1980-01-01")), "region": kernel.TextOf(region)}})
			return h
		}
		night := alert.Setting{From: 21, To: 8, Lost: true, Likely: true}
		of := func(person string) map[string]kernel.Value { return b.homes[person].members[1].facts }
		b.homes["gains"], b.homes["loses"], b.homes["heard"] = couple("gains", "27110"), couple("loses", "11110"), couple("heard", "27110")
		for _, who := range []string{"gains", "loses", "heard"} {
			b.subscribe(who, night)
		}
		b.clock.Set(at("2026-03-04", 12))
		of("heard")["region"] = kernel.TextOf("11110")
		b.look("heard")
		b.want("heard", "rent: you are newly entitled")

		b.clock.Set(at("2026-03-04", 22))
		of("gains")["region"], of("loses")["region"] = kernel.TextOf("11110"), kernel.TextOf("27110")
		b.look("gains")
		b.look("loses")
		for _, who := range []string{"gains", "loses", "heard"} { // the spouse takes it back
			delete(of(who), "region")
			b.look(who)
		}
		b.clock.Set(at("2026-03-05", 12))
		b.run()
		b.want("gains")
		b.want("loses")
		b.want("heard", "rent: you are newly entitled")

		b.clock.Set(at("2026-03-06", 12)) // and agrees again
		of("gains")["region"], of("loses")["region"], of("heard")["region"] = kernel.TextOf("11110"), kernel.TextOf("27110"), kernel.TextOf("11110")
		for _, who := range []string{"gains", "loses", "heard"} {
			b.look(who)
		}
		b.want("gains", "rent: you are newly entitled")
		b.want("loses", "rent: you are no longer entitled")
		b.want("heard", "rent: you are newly entitled")
	}, migrations()...)
}

// TestUnknownSummary: nor does the summary that waits count what nobody knows
// any more.
func TestUnknownSummary(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1961-03-01", "11110", 50) // pension and rent
		b.clock.Set(at("2026-03-03", 22))
		b.subscribe("p", alert.Setting{From: 21, To: 8, Lost: true, Likely: true})
		delete(b.homes["p"].household, "income")
		b.look("p")
		b.clock.Set(at("2026-03-04", 12))
		b.run()
		says(t, b.last("p", kernel.EN), "You seem entitled to 1 benefit now")
		b.tomorrow()
		b.homes["p"].household["income"] = kernel.IntOf(50)
		b.look("p")
		b.want("p", "rent: you are newly entitled")
	}, migrations()...)
}

// TestHave: what is received or applied for already is not told; what ends by
// being received is no loss.
func TestHave(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"], b.homes["q"], b.homes["r"] = single("p", "1961-03-04", "26110", 500), single("q", "1961-03-04", "27110", 500), single("r", "1961-03-04", "27110", 500)
		for _, who := range []string{"p", "q", "r"} {
			b.subscribe(who, open())
		}
		b.tomorrow()
		b.homes["p"].household["receives"] = kernel.SetOf("card", "pension")
		b.applied[actorOf("q").Account] = map[string]kernel.Time{"pension": b.clock.Now()}
		b.applied[actorOf("r").Account] = map[string]kernel.Time{"pension": at("2024-01-01", 0)} // long over
		for _, who := range []string{"p", "q", "r"} {
			b.look(who)
		}
		b.want("p")
		b.want("q")
		b.want("r", "pension: you are newly entitled")
	}, migrations()...)
}

// TestChild: a parent hears of a minor's programmes; who is no parent, or another
// grown-up's, does not.
func TestChild(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		family := single("mother", "1990-01-01", "27110", 500)
		family.members = append(family.members,
			member{"lodger", map[string]kernel.Value{"birth_date": kernel.DateValueOf(kernel.MustDate("1961-03-04")), "region": kernel.TextOf("27110")}})
		b.homes["mother"], b.homes["lodger"] = family, family
		b.subscribe("mother", open())
		b.subscribe("lodger", open())
		b.tomorrow()
		family.members = append(family.members,
			member{"baby", map[string]kernel.Value{"birth_date": kernel.DateValueOf(kernel.MustDate("2026-03-02")), "region": kernel.TextOf("27110")}})
		b.guards[[2]string{"mother", "baby"}] = true
		b.look("mother")
		b.look("lodger")
		b.want("mother", "allowance: you are newly entitled")
		says(t, b.last("mother", kernel.EN), "For the child born on Monday 2 March 2026", "people in your household changed")
		b.want("lodger", "pension: you are newly entitled") // 65 that day; nothing of the baby
	}, migrations()...)
}

// TestChildLeaves: what waits to be told of a minor who moves out is not told;
// back within the episode, it is, unless it was heard before.
func TestChildLeaves(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		for _, who := range []string{"waits", "heard"} {
			b.homes[who] = single(who, "1990-01-01", "27110", 500)
			b.guards[[2]string{who, who + "-baby"}] = true
			b.subscribe(who, alert.Setting{From: 21, To: 8, Lost: true, Likely: true})
		}
		comes := func(who string) {
			b.homes[who].members = append(b.homes[who].members, member{who + "-baby", map[string]kernel.Value{
				"birth_date": kernel.DateValueOf(kernel.MustDate("2026-03-02")), "region": kernel.TextOf("27110")}})
			b.look(who)
		}
		leaves := func(who string) {
			b.homes[who].members = b.homes[who].members[:1]
			b.look(who)
		}
		b.tomorrow()
		comes("heard")
		b.want("heard", "allowance: you are newly entitled")
		b.clock.Set(at("2026-03-05", 22))
		comes("waits")
		leaves("waits")
		leaves("heard")
		b.clock.Set(at("2026-03-06", 12))
		b.run()
		b.want("waits")
		b.clock.Set(at("2026-03-07", 12))
		comes("waits")
		comes("heard")
		b.want("waits", "allowance: you are newly entitled")
		b.want("heard", "allowance: you are newly entitled")
	}, migrations()...)
}

// TestKeptBack: nothing is kept of what was found by facts that the person leaves
// out of their consent since; where they let them be read again, it is found anew.
func TestKeptBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"], b.homes["q"] = single("p", "1980-06-01", "27110", 50), single("q", "1980-06-01", "27110", 50)
		b.subscribe("p", open())
		b.subscribe("q", open())
		b.tomorrow()
		for _, who := range []string{"p", "q"} {
			b.homes[who].members[0].facts["region"] = kernel.TextOf("11110")
			b.look(who)
			b.want(who, "rent: you are newly entitled")
		}
		b.tomorrow()
		delete(b.homes["q"].household, "income") // no longer known, for another reason
		b.look("q")
		b.kept = []string{"income"}
		delete(b.homes["p"].household, "income")
		b.look("p")
		b.tomorrow()
		b.kept = nil
		for _, who := range []string{"p", "q"} {
			b.homes[who].household["income"] = kernel.IntOf(50)
			b.look(who)
		}
		b.want("p", "rent: you are newly entitled", "rent: you are newly entitled")
		b.want("q", "rent: you are newly entitled")
	}, migrations()...)
}

// TestQuiet: nothing comes in quiet hours, and what no longer holds when they end
// is not said; the standing is written at once.
func TestQuiet(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1980-06-01", "27110", 50)
		b.homes["q"] = single("q", "1980-06-01", "27110", 50)
		night := alert.Setting{From: 21, To: 8, Lost: true, Likely: true}
		b.subscribe("p", night)
		b.subscribe("q", night)
		b.clock.Set(at("2026-03-04", 22))
		for _, who := range []string{"p", "q"} {
			b.homes[who].members[0].facts["region"] = kernel.TextOf("11110")
			b.look(who)
			b.look(who)
		}
		b.want("p")
		b.clock.Set(at("2026-03-05", 3))
		b.run()
		b.homes["p"].members[0].facts["region"] = kernel.TextOf("27110")
		b.look("p")
		b.clock.Set(at("2026-03-05", 7))
		b.run()
		b.want("p")
		b.want("q")
		b.clock.Set(at("2026-03-05", 8))
		b.run()
		b.want("p") // gained and lost in one night
		b.want("q", "rent: you are newly entitled")
		// Nobody heard of it, so that it is news when it comes again.
		b.clock.Set(at("2026-03-06", 12))
		b.homes["p"].members[0].facts["region"] = kernel.TextOf("11110")
		b.look("p")
		b.want("p", "rent: you are newly entitled")
	}, migrations()...)
}

// TestDigest: one message a day; what comes later that day waits for the next.
func TestDigest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1961-03-04", "27110", 50)
		b.subscribe("p", open())
		// A summary went out today already.
		b.homes["p"].members[0].facts["region"] = kernel.TextOf("11110")
		b.look("p")
		b.want("p")
		b.clock.Set(at("2026-03-04", 6))
		b.look("p") // 65, and the message of yesterday still waits
		b.want("p")
		b.clock.Set(at("2026-03-04", 9))
		b.run()
		b.want("p", "You are newly entitled to 2 benefits")
		says(t, b.last("p", kernel.EN), "/services/rent", "/services/pension")
	}, migrations()...)
}

// TestChanged: what waits follows the setting as it is now.
func TestChanged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1961-03-04", "27110", 50)
		b.subscribe("p", open())
		b.tomorrow()
		b.clock.Set(at("2026-03-04", 22))
		night := alert.Setting{From: 21, To: 8, Lost: true, Likely: true}
		if err := b.Save(t.Context(), actorOf("p"), night); err != nil {
			t.Fatal(err)
		}
		b.homes["p"].members[0].facts["region"] = kernel.TextOf("11110")
		b.look("p")
		b.want("p")
		night.Muted, night.To = []string{"moving"}, 10
		if err := b.Save(t.Context(), actorOf("p"), night); err != nil {
			t.Fatal(err)
		}
		b.clock.Set(at("2026-03-05", 9))
		b.run()
		b.want("p")
		b.clock.Set(at("2026-03-05", 10))
		b.run()
		b.want("p", "pension: you are newly entitled")
		// Nobody to be told anything of any more: nothing goes out.
		b.homes["p"].household["income"] = kernel.IntOf(0)
		b.clock.Set(at("2026-03-06", 23))
		b.look("p")
		night.Likely = false
		if err := b.Save(t.Context(), actorOf("p"), night); err != nil {
			t.Fatal(err)
		}
		b.clock.Set(at("2026-03-07", 12))
		b.run()
		b.want("p", "pension: you are newly entitled")
	}, migrations()...)
}

// TestConsent: without consent nobody looks; the end of one is told once, and what
// rested on it goes. With a new one it begins anew.
func TestConsent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1980-06-01", "11110", 50)
		b.closed["p"] = true
		b.subscribe("p", open())
		if len(b.told) != 0 {
			t.Fatalf("told %v without consent", b.told)
		}
		if st, err := b.Status(t.Context(), actorOf("p")); err != nil || !st.On || !st.Waiting {
			t.Fatalf("%+v %v", st, err)
		}
		b.closed["p"] = false
		b.look("p")
		b.want("p")
		b.tomorrow()
		b.closed["p"] = true
		for range 3 {
			b.look("p")
			b.tomorrow()
		}
		b.want("p", "Benefit alerts have stopped")
		if n := b.count(`SELECT COUNT(*) FROM benefit_alert_standing`); n != 0 {
			t.Errorf("%d standings without consent", n)
		}
		b.closed["p"] = false
		b.look("p")
		b.look("p")
		b.want("p", "Benefit alerts have stopped", "You seem entitled to 1 benefit now")
	}, migrations()...)
}

// TestAgreedAnew: who agrees again in the night in which the consent ended does not
// hear in the morning that alerts have stopped.
func TestAgreedAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"] = single("p", "1980-06-01", "11110", 50)
		b.subscribe("p", alert.Setting{From: 21, To: 8, Lost: true, Likely: true})
		b.clock.Set(at("2026-03-04", 22))
		b.closed["p"] = true
		b.look("p")
		b.closed["p"] = false
		b.look("p")
		b.clock.Set(at("2026-03-05", 9))
		b.run()
		b.want("p", "You seem entitled to 1 benefit now")
	}, migrations()...)
}

// TestOff: off deletes everything that is kept and stops what waits.
func TestOff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.homes["p"], b.homes["q"] = single("p", "1961-03-04", "27110", 50), single("q", "1961-03-04", "27110", 50)
		b.subscribe("p", open())
		b.subscribe("q", open())
		b.homes["p"].members[0].facts["region"] = kernel.TextOf("11110")
		b.look("p") // waits for tomorrow
		if err := b.Off(t.Context(), actorOf("p")); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(72 * time.Hour)
		b.look("p")
		b.want("p")
		for _, table := range []string{"person", "standing", "told", "message"} {
			if n := b.count(`SELECT COUNT(*) FROM benefit_alert_` + table + ` WHERE person = 'p'`); n != 0 && table != "message" || n > 1 {
				t.Errorf("%s keeps %d rows", table, n)
			}
		}
		b.want("q", "pension: you are newly entitled") // by the pass of the day
		check := b.Module().Checks[0].Run
		if err := check(t.Context()); err != nil {
			t.Error(err)
		}
		if err := b.db.Update(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`DELETE FROM benefit_alert_person`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if check(t.Context()) == nil {
			t.Error("the check does not see what is kept")
		}
	}, migrations()...)
}

// TestSealed: nothing about a person's benefits stands in the clear.
func TestSealed(t *testing.T) {
	db := storetest.SQLite(t, migrations()...)
	b := newBench(t, db)
	b.homes["p"] = single("p", "1961-03-04", "27110", 50)
	b.subscribe("p", alert.Setting{Muted: []string{"birth"}})
	b.tomorrow()
	b.look("p")
	b.want("p", "pension: you are newly entitled")
	names, err := population.NewPseudonyms(population.KeyOf(b.keys))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		fmt.Sprintf(`SELECT COUNT(*) FROM benefit_alert_person WHERE pseudonym = %d`, int64(names.Of([]byte("p")))),
		`SELECT COUNT(*) FROM benefit_alert_person WHERE CAST(choices AS TEXT) LIKE '%birth%'`,
		`SELECT COUNT(*) FROM benefit_alert_standing WHERE CAST(state AS TEXT) LIKE '%pension%'`,
		`SELECT COUNT(*) FROM benefit_alert_message WHERE CAST(body AS TEXT) LIKE '%pension%'`,
		`SELECT COUNT(*) FROM benefit_alert_told WHERE id LIKE '%pension%'`,
		`SELECT COUNT(*) FROM jobs_job WHERE payload LIKE '%pension%'`,
	} {
		if b.count(q) != 0 {
			t.Errorf("in the clear: %s", q)
		}
	}
}
