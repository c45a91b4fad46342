package mandate

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/mandate/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
	"maru/platform/store/storetest"
)

// A mandate holds from when the named person accepts it to when it ends, for
// what its theme names, and each use is in the log of whom it is about.
func TestGiveAcceptUseEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		b := newBench(t, db)
		ctx := t.Context()
		m, err := b.Give(ctx, mother, "key", offer())
		if err != nil {
			t.Fatal(err)
		}
		again, err := b.Give(ctx, mother, "key", offer())
		if err != nil || again.ID != m.ID || b.Code(again) != b.Code(m) || b.Code(m) == "" {
			t.Fatalf("the same key: %v %v", again, err)
		}
		changed := offer()
		changed.Last = changed.Last.AddDays(1)
		_, err = b.Give(ctx, mother, "key", changed)
		want(t, err, kernel.Conflict)
		if b.may(friend, m.ID) {
			t.Error("acts before accepting")
		}
		// Another person with the code learns nothing, and the mother sees it.
		_, err = b.Invited(ctx, other, b.Code(m))
		want(t, err, kernel.Invalid)
		_, err = b.Accept(ctx, other, b.Code(m))
		want(t, err, kernel.Invalid)
		_, err = b.Accept(ctx, mother, b.Code(m))
		want(t, err, kernel.Invalid)
		_, err = b.Accept(ctx, authz.Actor{Account: friend.Account, Name: friend.Name}, b.Code(m))
		want(t, err, kernel.Forbidden)

		seen, err := b.Invited(ctx, friend, strings.ToLower(b.Code(m)))
		if err != nil || seen.Names.Principal != mother.Name || seen.Theme.ID != "civil-documents" {
			t.Fatalf("invited: %+v %v", seen, err)
		}
		code := b.Code(m)
		for range 2 { // pressed twice
			if m, err = b.Accept(ctx, friend, code); err != nil || m.State != Active {
				t.Fatalf("accept: %+v %v", m, err)
			}
		}
		who, _, err := b.As(ctx, friend, m.ID, Use{Action: authz.SubmitApplications, What: "casework.submit"})
		if err != nil {
			t.Fatal(err)
		}
		if who.Person != mother.Person || who.Account != mother.Account || who.Helper.Account != friend.Account || !who.Mandated() || who.Covers("tax") || who.Session != "" || len(who.Grants) > 0 {
			t.Errorf("acts as %+v", who)
		}
		for _, action := range []string{authz.ReadNotices, authz.WithdrawConsent, "accounts.change", ""} {
			_, _, err := b.As(ctx, friend, m.ID, Use{Action: action})
			want(t, err, kernel.Forbidden)
		}
		acts := b.acts(mother)
		if !slices.Contains(acts, "Opened a page or did something for you by 이벗, acting for you") {
			t.Errorf("the mother's log: %q", acts)
		}
		if n := strings.Count(strings.Join(acts, "\n"), "Somebody whom it is not for"); n != 2 {
			t.Errorf("%d tries of others in the log", n)
		}

		if err := b.End(ctx, mother, m.ID); err != nil {
			t.Fatal(err)
		}
		if b.may(friend, m.ID) {
			t.Error("acts after the end")
		}
		if err := b.End(ctx, mother, m.ID); err != nil {
			t.Errorf("ending twice: %v", err)
		}
		_, err = b.Accept(ctx, friend, code)
		want(t, err, kernel.Invalid)
		if err := b.verify(ctx); err != nil {
			t.Error(err)
		}
	}, migrations()...)
}

// Whoever may not, is told so without a reason, whatever the reason is.
func TestDenied(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		b := newBench(t, db)
		ctx := t.Context()
		m := b.given()
		if !b.may(friend, m.ID) {
			t.Fatal("the actor may not")
		}
		agent, _, err := b.As(ctx, friend, m.ID, Use{Action: authz.ReadApplications})
		if err != nil {
			t.Fatal(err)
		}
		for name, refused := range map[string]bool{
			"another person":        b.may(other, m.ID),
			"the principal":         b.may(mother, m.ID),
			"unknown mandate":       b.may(friend, kernel.RandomID()),
			"no mandate":            b.may(friend, ""),
			"visitor":               b.may(authz.Actor{}, m.ID),
			"unproven":              b.may(authz.Actor{Account: friend.Account}, m.ID),
			"somebody's agent":      b.may(agent, m.ID),
			"an app":                b.may(authz.Actor{Account: friend.Account, Person: friend.Person, Token: true, Scopes: []string{authz.ScopeApplications}, Proof: authz.Proof{Level: 2}}, m.ID),
			"token without a scope": b.may(authz.Actor{Account: friend.Account, Person: friend.Person, Token: true}, m.ID),
		} {
			if refused {
				t.Errorf("%s may act", name)
			}
		}
		// An agent gives nothing on, accepts nothing, ends nothing, sees no list.
		for name, err := range map[string]error{
			"give":   third(b.Give(ctx, agent, "", offer())),
			"accept": third(b.Accept(ctx, agent, "ACDEFGHJKM")),
			"end":    b.End(ctx, agent, m.ID),
			"list":   third(b.Mine(ctx, agent)),
			"child":  third(b.ForChild(ctx, agent, "p-child")),
			"visit":  b.EndVisit(ctx, agent, m.ID),
		} {
			if !kernel.Is(err, kernel.Forbidden) {
				t.Errorf("%s for somebody: %v", name, err)
			}
		}
		// Another person's mandate is as absent as one that is not there.
		want(t, b.End(ctx, other, m.ID), kernel.NotFound)
		want(t, third(b.Get(ctx, other, m.ID)), kernel.NotFound)
		want(t, b.EndOrder(ctx, desk, m.ID), kernel.NotFound)

		// The last instant is the end of the last day.
		b.clock.Set(kernel.TimeOf(kernel.MustDate("2026-04-01").In(kernel.Seoul)).Add(-time.Microsecond))
		if !b.may(friend, m.ID) {
			t.Error("over before its time")
		}
		b.clock.Set(kernel.TimeOf(kernel.MustDate("2026-04-01").In(kernel.Seoul)))
		if b.may(friend, m.ID) {
			t.Error("acts after the last day")
		}
		b.clock.Set(kernel.TimeOf(kernel.MustDate("2026-03-04").In(kernel.Seoul)))
		b.town.change("p-friend", func(p *Person) { p.Alive = false })
		if b.may(friend, m.ID) {
			t.Error("somebody acts with what the dead had")
		}
		b.town.change("p-friend", func(p *Person) { p.Alive = true })
		if !b.may(friend, m.ID) {
			t.Error("the living may not")
		}
		b.town.change("p-mother", func(p *Person) { p.Alive = false })
		if b.may(friend, m.ID) {
			t.Error("acts for the dead")
		}
		b.town.mu.Lock()
		delete(b.town.people, "p-mother")
		b.town.mu.Unlock()
		if b.may(friend, m.ID) {
			t.Error("acts for somebody unknown")
		}
		b.town.mu.Lock()
		b.town.down = true
		b.town.mu.Unlock()
		if _, _, err := b.As(ctx, friend, m.ID, Use{Action: authz.ReadApplications}); err == nil {
			t.Error("acts while the register is down")
		}
	}, migrations()...)
}

func third[T any](_ T, err error) error { return err }

// Offers have bounds, codes cannot be guessed.
func TestOffers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		b := newBench(t, db)
		ctx := t.Context()
		for name, change := range map[string]func(*Offer){
			"no theme":       func(o *Offer) { o.Theme = "" },
			"theme of law":   func(o *Offer) { o.Theme = "child" },
			"theme of order": func(o *Offer) { o.Theme = "guardianship" },
			"no name":        func(o *Offer) { o.Name = "  " },
			"long name":      func(o *Offer) { o.Name = strings.Repeat("가", 101) },
			"no birth":       func(o *Offer) { o.Birth = kernel.Date{} },
			"unborn":         func(o *Offer) { o.Birth = kernel.MustDate("2026-03-04") },
			"past":           func(o *Offer) { o.Last = kernel.MustDate("2026-03-02") },
			"too long":       func(o *Offer) { o.Last = kernel.MustDate("2027-03-04") },
			"oneself":        func(o *Offer) { o.Name, o.Birth = "김 어머니", kernel.MustDate("1984-05-01") },
		} {
			o := offer()
			change(&o)
			_, err := b.Give(ctx, mother, "", o)
			if !kernel.Is(err, kernel.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		m, err := b.Give(ctx, mother, "", offer())
		if err != nil {
			t.Fatal(err)
		}
		for range hourTries {
			_, err := b.Accept(ctx, friend, "ACDEF-GHJKM")
			want(t, err, kernel.Invalid)
		}
		_, err = b.Accept(ctx, friend, b.Code(m))
		want(t, err, kernel.Limited)
		b.clock.Advance(time.Hour + time.Second)
		if _, err = b.Invited(ctx, friend, b.Code(m)); err != nil {
			t.Errorf("an hour later: %v", err)
		}
		for range offerTries {
			_, err := b.Accept(ctx, other, b.codeOf(m))
			want(t, err, kernel.Invalid)
		}
		if now, err := b.Get(ctx, mother, m.ID); err != nil || b.Code(now) != "" {
			t.Errorf("a code in wrong hands is shown still: %v", err)
		}
		_, err = b.Accept(ctx, friend, b.codeOf(m))
		want(t, err, kernel.Invalid)

		late, err := b.Give(ctx, mother, "", offer())
		if err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(offerLife)
		_, err = b.Accept(ctx, friend, b.codeOf(late))
		want(t, err, kernel.Invalid)
	}, migrations()...)
}

func (b *bench) codeOf(m *Mandate) string { return b.code(m.ID) }

// A version of a theme is for ever what the first mandate found.
func TestThemesNeverChange(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		b := newBench(t, db)
		ctx := t.Context()
		m := b.given()
		if err := b.Start(ctx); err != nil {
			t.Fatal(err)
		}
		wide := slices.Clone(b.themes)
		for i := range wide {
			if wide[i].ID == m.Theme.ID {
				wide[i].Services = append(slices.Clone(wide[i].Services), "basic-pension")
			}
		}
		b.themes = wide
		if err := b.Start(ctx); err == nil || !strings.Contains(err.Error(), "civil-documents") {
			t.Errorf("starts with a changed theme: %v", err)
		}
		who, _, err := b.As(ctx, friend, m.ID, Use{Action: authz.ReadApplications})
		if err != nil || who.Covers("basic-pension") {
			t.Errorf("an edited theme widened a mandate: %+v %v", who.Helper, err)
		}
		_, err = b.Give(ctx, mother, "", offer())
		if err == nil {
			t.Error("a new mandate rests on the changed content")
		}
		// What a store says otherwise is not believed.
		if err := db.Update(ctx, func(tx *pstore.Tx) error {
			_, err := tx.Exec(`UPDATE mandate_theme SET body = replace(body, 'building-ledger', 'passport-issue')`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.As(ctx, friend, m.ID, Use{Action: authz.ReadApplications}); err == nil {
			t.Error("a tampered theme decides")
		}
	}, migrations()...)
}

func TestThemeFile(t *testing.T) {
	for name, bad := range map[string]string{
		"unknown field":  "themes: [{id: a, wide: yes}]",
		"no version":     "themes: [{id: a, title: {ko: x, en: x}, text: {ko: x, en: x}, bases: [mandate], days: 1, actions: [applications.read], services: [s]}]",
		"unknown action": "themes: [{id: a, version: 1, title: {ko: x, en: x}, text: {ko: x, en: x}, bases: [mandate], days: 1, actions: [accounts.change], services: [s]}]",
		"unknown basis":  "themes: [{id: a, version: 1, title: {ko: x, en: x}, text: {ko: x, en: x}, bases: [assisted], days: 1, actions: [applications.read], services: [s]}]",
		"for ever":       "themes: [{id: a, version: 1, title: {ko: x, en: x}, text: {ko: x, en: x}, bases: [mandate], days: 0, actions: [applications.read], services: [s]}]",
	} {
		if _, err := readThemes([]byte(bad)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// Parents act for minors as long as the register says so, to the 19th birthday.
func TestMinors(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		b := newBench(t, db)
		ctx := t.Context()
		children, err := b.Children(ctx, mother)
		if err != nil || len(children) != 1 || children[0].Name != "김아이" {
			t.Fatalf("children: %v %v", children, err)
		}
		_, err = b.ForChild(ctx, friend, "p-child")
		want(t, err, kernel.Forbidden)
		m, err := b.ForChild(ctx, mother, "p-child")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := b.ForChild(ctx, mother, "p-child"); err != nil || again.ID != m.ID {
			t.Errorf("a second row: %v", err)
		}
		const made = "Made it possible to act for a minor, as parent or guardian"
		if acts := b.acts(authz.Actor{Account: acct("7"), Person: "p-child"}); strings.Count(strings.Join(acts, "\n"), made) != 1 {
			t.Errorf("the child's log: %q", acts)
		}
		if !b.may(mother, m.ID) || b.may(friend, m.ID) {
			t.Error("the mother, and nobody else, may")
		}
		want(t, b.End(ctx, mother, m.ID), kernel.Conflict)
		b.town.change("p-child", func(p *Person) { p.Married = true }) // 민법 제826조의2
		if b.may(mother, m.ID) {
			t.Error("acts for a married child")
		}
		b.town.change("p-child", func(p *Person) { p.Married = false })
		b.town.mu.Lock()
		b.town.guards["p-child"] = "p-friend"
		b.town.mu.Unlock()
		if b.may(mother, m.ID) {
			t.Error("acts after losing parental power")
		}
		b.town.mu.Lock()
		b.town.guards["p-child"] = "p-mother"
		b.town.mu.Unlock()
		// The register had the birth date wrong: one row takes the other's place, and
		// both steps are in the log.
		var right kernel.Date
		b.town.change("p-child", func(p *Person) { right, p.Birth = p.Birth, p.Birth.AddDays(-1) })
		if m, err = b.ForChild(ctx, mother, "p-child"); err != nil {
			t.Fatal(err)
		}
		b.town.change("p-child", func(p *Person) { p.Birth = right })
		was := m.ID
		if m, err = b.ForChild(ctx, mother, "p-child"); err != nil || m.ID == was || b.may(mother, was) || !b.may(mother, m.ID) {
			t.Fatalf("a corrected birth date: %v", err)
		}
		acts := strings.Join(b.acts(authz.Actor{Account: acct("7"), Person: "p-child"}), "\n")
		if strings.Count(acts, made) != 3 || strings.Count(acts, "Ended acting for somebody") != 2 {
			t.Errorf("the child's log: %s", acts)
		}
		birthday := kernel.TimeOf(kernel.MustDate("2026-03-10").In(kernel.Seoul))
		b.clock.Set(birthday.Add(-time.Microsecond))
		if !b.may(mother, m.ID) {
			t.Error("over before the birthday")
		}
		b.clock.Set(birthday)
		if b.may(mother, m.ID) {
			t.Error("acts for somebody of age")
		}
		_, err = b.ForChild(ctx, mother, "p-child")
		want(t, err, kernel.Forbidden)
		if children, err := b.Children(ctx, mother); err != nil || len(children) != 0 {
			t.Errorf("children: %v %v", children, err)
		}
	}, migrations()...)
}

// registered is what desk registers of an order.
func (b *bench) registered(key string, o Order) []*Mandate {
	b.t.Helper()
	list, err := b.Register(b.t.Context(), desk, key, o)
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

// What a court gave to a limited or a specified guardian is a mandate a theme,
// each confirmed, ended and held to by itself, and nothing beside it.
func TestLimitedOrders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		b := newBench(t, db)
		ctx := t.Context()
		o := order()
		o.Kind, o.Themes = LimitedGuardian, []string{"tax", "benefits", "tax"}
		list := b.registered("key-1", o)
		if len(list) != 2 || list[0].Theme.ID != "benefits" || list[1].Theme.ID != "tax" || list[0].Names.Kind != LimitedGuardian {
			t.Fatalf("registered %+v", list)
		}
		o.Themes = []string{"tax", "benefits"}
		for i, m := range b.registered("key-1", o) {
			if m.ID != list[i].ID {
				t.Error("the same key made more")
			}
		}
		o.Themes = []string{"tax"}
		_, err := b.Register(ctx, desk, "key-1", o)
		want(t, err, kernel.Conflict)

		for _, m := range list {
			if b.may(friend, m.ID) {
				t.Error("one official is enough")
			}
		}
		if err := b.Confirm(ctx, desk2, list[1].ID); err != nil {
			t.Fatal(err)
		}
		if b.may(friend, list[0].ID) || !b.may(friend, list[1].ID) {
			t.Error("a theme was confirmed with another, or not at all")
		}
		agent, _, err := b.As(ctx, friend, list[1].ID, Use{Action: authz.SubmitApplications})
		if err != nil || agent.Covers("basic-pension") || !agent.Covers("income-certificate") {
			t.Errorf("acts with %+v, %v", agent.Helper, err)
		}
		for _, beyond := range []string{authz.ReadNotices, authz.ReadConsents, authz.WithdrawConsent} {
			if _, _, err := b.As(ctx, friend, list[1].ID, Use{Action: beyond}); err == nil {
				t.Errorf("%s was not given", beyond)
			}
		}
		if err := b.EndOrder(ctx, desk, list[1].ID); err != nil || b.may(friend, list[1].ID) {
			t.Errorf("ended: %v", err)
		}

		// A specified guardian represents until the court's last day.
		o.Kind, o.Last = SpecifiedGuardian, kernel.MustDate("2026-03-20")
		m := b.registered("", o)[0]
		if err := b.Confirm(ctx, desk2, m.ID); err != nil || !b.may(friend, m.ID) {
			t.Errorf("confirmed: %v", err)
		}
		b.clock.Set(kernel.TimeOf(kernel.MustDate("2026-03-21").In(kernel.Seoul)))
		if b.may(friend, m.ID) {
			t.Error("acts after the court's last day")
		}
	}, migrations()...)
}

func order() Order {
	return Order{Kind: AdultGuardian, Ward: Card{Name: "오어른", Birth: kernel.MustDate("1940-03-10")}, Guardian: Card{Name: "이벗", Birth: kernel.MustDate("1985-06-02")},
		Court: "서울가정법원", Case: "2026느단1", Ordered: kernel.MustDate("2026-02-01"), Last: kernel.MustDate("2027-02-01"), Evidence: strings.Repeat("ab", 32)}
}

// An order takes two officials of one body, and none of the households.
func TestOrders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		b := newBench(t, db)
		ctx := t.Context()
		for name, change := range map[string]func(*Order){
			"no paper":                func(o *Order) { o.Evidence = "" },
			"no court":                func(o *Order) { o.Court = " " },
			"future":                  func(o *Order) { o.Ordered = kernel.MustDate("2026-03-04") },
			"for ever":                func(o *Order) { o.Last = kernel.MustDate("2036-03-04") },
			"no kind":                 func(o *Order) { o.Kind = "" },
			"a child's":               func(o *Order) { o.Themes = []string{"child"} },
			"unknown":                 func(o *Order) { o.Themes = []string{"benefits", "x"} },
			"limited, none":           func(o *Order) { o.Kind = LimitedGuardian },
			"limited, all":            func(o *Order) { o.Kind, o.Themes = LimitedGuardian, []string{whole} },
			"specified, all and some": func(o *Order) { o.Kind, o.Themes = SpecifiedGuardian, []string{"tax", whole} },
			"specified, no last day":  func(o *Order) { o.Kind, o.Themes, o.Last = SpecifiedGuardian, []string{"tax"}, kernel.Date{} },
			"no such":                 func(o *Order) { o.Ward.Name = "없음" },
			"same person":             func(o *Order) { o.Guardian = o.Ward },
		} {
			o := order()
			change(&o)
			_, err := b.Register(ctx, desk, "", o)
			if !kernel.Is(err, kernel.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := b.Register(ctx, friend, "", order())
		want(t, err, kernel.Forbidden)
		own := order()
		own.Guardian = Card{Name: "최공무", Birth: kernel.MustDate("1980-01-01")}
		_, err = b.Register(ctx, desk, "", own)
		want(t, err, kernel.Forbidden)

		m := b.registered("k", order())[0]
		if m.Theme.ID != whole {
			t.Errorf("an adult guardianship is about %s", m.Theme.ID)
		}
		if again := b.registered("k", order()); len(again) != 1 || again[0].ID != m.ID {
			t.Error("the same key made more")
		}
		if b.may(friend, m.ID) {
			t.Error("one official is enough")
		}
		want(t, b.Confirm(ctx, desk, m.ID), kernel.Forbidden)
		want(t, b.Confirm(ctx, busan, m.ID), kernel.NotFound)
		app := desk2
		app.Token, app.Scopes, app.Proof = true, []string{authz.ScopeDesk}, authz.Proof{Level: 2}
		for name, err := range map[string]error{
			"register": third(b.Register(ctx, app, "", order())),
			"confirm":  b.Confirm(ctx, app, m.ID),
			"end":      b.EndOrder(ctx, app, m.ID),
			"list":     third(b.Orders(ctx, app, "")),
			"check":    third(b.Check(ctx, app, "", Question{})),
		} {
			if !kernel.Is(err, kernel.Forbidden) {
				t.Errorf("an app may %s: %v", name, err)
			}
		}
		want(t, b.EndOrder(ctx, busan, m.ID), kernel.NotFound)
		want(t, third(b.Get(ctx, friend, m.ID)), kernel.NotFound) // nobody hears of a proposal
		for range 2 {
			if err := b.Confirm(ctx, desk2, m.ID); err != nil {
				t.Fatal(err)
			}
		}
		if !b.may(friend, m.ID) {
			t.Error("the guardian may not")
		}
		want(t, b.End(ctx, friend, m.ID), kernel.Conflict)
		for name, c := range map[string]struct {
			q    Question
			want bool
		}{
			"allowed": {Question{m.ID, authz.SubmitApplications, "basic-pension"}, true},
			"service": {Question{m.ID, authz.SubmitApplications, "passport-issue"}, false},
			"action":  {Question{m.ID, "accounts.change", "basic-pension"}, false},
			"unknown": {Question{kernel.RandomID(), authz.SubmitApplications, "basic-pension"}, false},
		} {
			if got, err := b.Check(ctx, busan, "", c.q); err != nil || got != c.want {
				t.Errorf("check %s: %v %v", name, got, err)
			}
		}
		_, err = b.Check(ctx, friend, "", Question{})
		want(t, err, kernel.Forbidden)
		ward := authz.Actor{Account: acct("8"), Person: "p-ward"}
		if n := strings.Count(strings.Join(b.acts(ward), "\n"), "Checked whether"); n != 3 {
			t.Errorf("the ward sees %d of 3 questions", n)
		}
		if err := b.EndOrder(ctx, desk, m.ID); err != nil {
			t.Fatal(err)
		}
		if b.may(friend, m.ID) {
			t.Error("acts after the office ended it")
		}
		want(t, b.Confirm(ctx, desk2, m.ID), kernel.Conflict)
		if l, err := b.Orders(ctx, desk, ""); err != nil || len(l) != 1 || l[0].Names.Case != "2026느단1" {
			t.Errorf("orders: %v %v", l, err)
		}
		if l, err := b.Orders(ctx, busan, ""); err != nil || len(l) != 0 {
			t.Errorf("another body sees %v %v", l, err)
		}
	}, migrations()...)
}

// Two at once: one offer is accepted once, and what ended is used by nobody who
// asks afterwards.
func TestAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		b := newBench(t, db)
		ctx := t.Context()
		m, err := b.Give(ctx, mother, "", offer())
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			all.Go(func() { _, errs[i] = b.Accept(ctx, friend, b.codeOf(m)) })
		}
		all.Wait()
		for _, err := range errs {
			if err != nil {
				t.Errorf("accept: %v", err)
			}
		}
		accepted := 0
		for _, a := range b.acts(mother) {
			if strings.HasPrefix(a, "Accepted") {
				accepted++
			}
		}
		if accepted != 1 {
			t.Errorf("accepted %d times", accepted)
		}
		ends := make([]error, 3)
		used := make([]error, 3)
		for i := range ends {
			all.Go(func() { ends[i] = b.End(ctx, []authz.Actor{mother, friend, mother}[i], m.ID) })
			all.Go(func() { _, _, used[i] = b.As(ctx, friend, m.ID, Use{Action: authz.ReadApplications}) })
		}
		all.Wait()
		for i := range ends {
			if ends[i] != nil || used[i] != nil && !kernel.Is(used[i], kernel.Forbidden) {
				t.Errorf("end %v, use %v", ends[i], used[i])
			}
		}
		if b.may(friend, m.ID) {
			t.Error("acts after the end")
		}
	}, migrations()...)
}

// What is over for long is forgotten, what holds is not.
func TestPurge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		b := newBench(t, db)
		ctx := t.Context()
		m := b.given()
		if err := b.End(ctx, mother, m.ID); err != nil {
			t.Fatal(err)
		}
		child, err := b.ForChild(ctx, mother, "p-child")
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Purge(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Get(ctx, mother, m.ID); err != nil {
			t.Errorf("forgotten too soon: %v", err)
		}
		b.clock.Advance(rowsKept + 60*24*time.Hour)
		if err := b.Purge(ctx); err != nil {
			t.Fatal(err)
		}
		want(t, third(b.Get(ctx, mother, m.ID)), kernel.NotFound)
		want(t, third(b.Get(ctx, mother, child.ID)), kernel.NotFound)
		err = db.View(ctx, func(tx *pstore.Tx) error {
			_, err := store.Get(tx, m.ID)
			return err
		})
		want(t, err, kernel.NotFound)
	}, migrations()...)
}
