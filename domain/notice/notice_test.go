package notice

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	benefit "maru/domain/benefit/contract"
	casework "maru/domain/casework/contract"
	identity "maru/domain/identity/contract"
	"maru/domain/notice/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/events"
	"maru/platform/jobs"
	pstore "maru/platform/store"
	"maru/platform/store/storetest"
)

func each(t *testing.T, fn func(t *testing.T, b *bench)) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) { fn(t, newBench(t, db)) }, jobs.Migrations(), store.Migrations())
}

func TestEveryEventIsTold(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for _, e := range casework.All {
			c := about("granted", "D26-CCCC-DDDD-EEEE")
			if e == casework.SignatureAsked {
				// Nobody knows the account of a co-signer.
				c = casework.Event{Application: c.Application, Service: c.Service, Pack: c.Pack, Agency: c.Agency, Person: owner.Person, Code: "code-1"}
			}
			b.tell(e, c)
		}
		for _, l := range kernel.Langs {
			list := b.list(owner, l)
			if len(list) != len(casework.All) {
				t.Fatalf("%s: %d messages of %d events", l, len(list), len(casework.All))
			}
			for i, one := range list {
				if want := kinds[casework.All[len(casework.All)-1-i]]; one.Kind != want {
					t.Errorf("message %d is of kind %q, want %q: the newest comes first", i, one.Kind, want)
				}
				if words := one.Title + " " + one.Text; strings.ContainsAny(words, "⟨{") || strings.Contains(words, "  ") {
					t.Errorf("%s %s: %q", l, one.Kind, words)
				}
			}
		}
		if n := len(b.list(stranger, kernel.KO)) + len(b.list(unproven, kernel.KO)); n != 0 {
			t.Errorf("others see %d messages", n)
		}
	})
}

func TestWords(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, jobs.Migrations(), store.Migrations()))
	for _, c := range []struct {
		event, decision, document string
		title, en                 string
		says                      []string
		not                       []string
	}{
		{casework.Submitted, "", "", "전입신고: 접수했어요", "Moving-in report: received", []string{"M26-AAAA-BBBB", "2026년 11월 23일"}, nil},
		{casework.CorrectionAsked, "", "", "전입신고: 더 알려 주셔야 해요", "Moving-in report: we need more from you", []string{"처리 기간은 멈춰", "11월 23일"}, nil},
		{casework.Transferred, "", "", "전입신고: 맡는 기관이 바뀌었어요", "Moving-in report: another office is in charge", []string{"강남구청이에요"}, nil},
		{casework.Decided, "granted", "D26-1111-2222-3333", "전입신고: 신청이 받아들여졌어요", "Moving-in report: granted", []string{"M26-AAAA-BBBB", "D26-1111-2222-3333"}, []string{"이의"}},
		{casework.Decided, "refused", "D26-1111-2222-3333", "전입신고: 신청이 받아들여지지 않았어요", "Moving-in report: refused", []string{"이의를 신청하는 방법"}, nil},
		{casework.Decided, "some-new-code", "", "전입신고: 결과가 나왔어요", "Moving-in report: there is an outcome", nil, []string{"문서"}},
		{casework.ObjectionDecided, "dismissed", "", "전입신고: 이의신청 결과가 나왔어요", "Moving-in report: outcome of your objection", []string{"처음 결정이 그대로"}, nil},
	} {
		b.tell(c.event, about(c.decision, c.document))
		ko, en := b.list(owner, kernel.KO)[0], b.list(owner, kernel.EN)[0]
		if ko.Title != c.title || en.Title != c.en {
			t.Errorf("%s %s: %q, %q", c.event, c.decision, ko.Title, en.Title)
		}
		for _, w := range c.says {
			if !strings.Contains(ko.Text, w) {
				t.Errorf("%s %s: %q does not say %q", c.event, c.decision, ko.Text, w)
			}
		}
		for _, w := range c.not {
			if strings.Contains(ko.Text, w) {
				t.Errorf("%s %s: %q says %q", c.event, c.decision, ko.Text, w)
			}
		}
	}
}

func TestEventToldTwiceIsKeptOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		e := event(t, "01960000-0000-7000-8000-0000000000ee", casework.Decided, about("granted", ""))
		for range 2 {
			if err := b.receive(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(b.list(owner, kernel.KO)); n != 1 {
			t.Errorf("%d messages", n)
		}
	})
}

func TestMessageOf(t *testing.T) {
	signer := casework.Event{Application: "a", Account: "", Person: "p-9", Code: "code-9"}
	for name, c := range map[string]struct {
		event  events.Event
		fails  bool
		nobody bool
		link   string
	}{
		"co-signer by person":    {event: event(t, "e", casework.SignatureAsked, signer), link: "/signatures/code-9"},
		"co-signer by name only": {event: event(t, "e", casework.SignatureAsked, casework.Event{Application: "a", Code: "c"}), nobody: true},
		"erased application":     {event: event(t, "e", casework.Withdrawn, casework.Event{Application: "a"}), nobody: true},
		"decided":                {event: event(t, "e", casework.Decided, about("granted", "")), link: "/applications/" + string(about("", "").Application)},
		"unknown type":           {event: event(t, "e", "casework.danced.v1", signer), fails: true},
		"broken data":            {event: events.Event{ID: "e", Type: casework.Decided, Data: []byte(`{"account":7}`)}, fails: true},
	} {
		m, err := messageOf(c.event)
		if (err != nil) != c.fails || (m == nil) != (c.fails || c.nobody) {
			t.Errorf("%s: %v, %v", name, m, err)
			continue
		}
		if m != nil && m.Link != c.link {
			t.Errorf("%s leads to %q", name, m.Link)
		}
	}
}

func TestReading(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		for range 3 {
			b.tell(casework.Submitted, about("", ""))
		}
		unread := func(who authz.Actor, want int) {
			t.Helper()
			if n, err := b.Unread(ctx, who); err != nil || n != want {
				t.Errorf("%d unread, want %d (%v)", n, want, err)
			}
		}
		unread(owner, 3)
		unread(stranger, 0)
		unread(authz.Actor{}, 0)
		id := b.list(owner, kernel.KO)[1].ID
		if _, err := b.Open(ctx, stranger, id, kernel.KO); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("a stranger opens a message: %v", err)
		}
		unread(owner, 3)
		first, err := b.Open(ctx, owner, id, kernel.KO)
		if err != nil || !first.Read() {
			t.Fatalf("open: %v, %v", first.ReadAt, err)
		}
		b.clock.Advance(time.Hour)
		again, err := b.Open(ctx, owner, id, kernel.EN)
		if err != nil || again.ReadAt != first.ReadAt {
			t.Errorf("opened at %v, later at %v (%v)", first.ReadAt, again.ReadAt, err)
		}
		unread(owner, 2)
		if err := b.ReadAll(ctx, stranger); err != nil {
			t.Fatal(err)
		}
		unread(owner, 2)
		if err := b.ReadAll(ctx, owner); err != nil {
			t.Fatal(err)
		}
		unread(owner, 0)
	})
}

// Who acts under a mandate reads what is about its services, and nothing else.
func TestMandateBounds(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		other, none := about("", ""), about("", "")
		other.Service, none.Service = "basic-pension", ""
		for range 3 {
			b.tell(casework.Submitted, about("", ""))
			b.tell(casework.Submitted, other)
			b.tell(casework.Submitted, none)
		}
		agent := owner
		agent.Helper = authz.Helper{Account: "acc-9", Mandate: "m-1", Actions: []string{authz.ReadNotices}, Services: []string{"moving-in-report"}}
		var seen []string
		for next := kernel.ID(""); ; {
			list, more, err := b.List(ctx, agent, kernel.KO, next, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range list {
				seen = append(seen, one.Service)
			}
			if next = more; next == "" {
				break
			}
		}
		if len(seen) != 3 || slices.ContainsFunc(seen, func(s string) bool { return s != "moving-in-report" }) {
			t.Errorf("the list shows %q", seen)
		}
		for _, one := range b.list(owner, kernel.KO) {
			_, err := b.Open(ctx, agent, one.ID, kernel.KO)
			if one.Service == "moving-in-report" && err != nil || one.Service != "moving-in-report" && !kernel.Is(err, kernel.NotFound) {
				t.Errorf("opens a message about %q: %v", one.Service, err)
			}
		}
		if n, err := b.Unread(ctx, agent); n != 0 || err != nil {
			t.Errorf("the badge tells of %d: %v", n, err)
		}
		if n, err := b.Unread(ctx, owner); n != 9 || err != nil {
			t.Errorf("%d of the owner's unread: %v", n, err)
		}
	})
}

func TestListGoesOn(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for range 5 {
			b.tell(casework.Submitted, about("", ""))
		}
		var seen []kernel.ID
		for next := kernel.ID(""); ; {
			list, more, err := b.List(t.Context(), owner, kernel.KO, next, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range list {
				if len(seen) > 0 && one.ID >= seen[len(seen)-1] {
					t.Errorf("%s comes after %s", one.ID, seen[len(seen)-1])
				}
				seen = append(seen, one.ID)
			}
			if next = more; next == "" {
				break
			}
		}
		if len(seen) != 5 {
			t.Errorf("%d messages seen, want 5", len(seen))
		}
		if list, _, err := b.List(t.Context(), owner, kernel.KO, "", 1000); err != nil || len(list) != 5 {
			t.Errorf("a large limit gives %d (%v)", len(list), err)
		}
	})
}

func TestWhoMayAsk(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, jobs.Migrations(), store.Migrations()))
	narrow := authz.Actor{Account: "acc-1", Token: true, Scopes: []string{authz.ScopeDesk}}
	for name, c := range map[string]struct {
		actor authz.Actor
		kind  kernel.Kind
	}{
		"visitor":               {authz.Actor{}, kernel.Unauthorized},
		"token of other scopes": {narrow, kernel.Forbidden},
	} {
		_, _, list := b.List(t.Context(), c.actor, kernel.KO, "", 0)
		_, open := b.Open(t.Context(), c.actor, "x", kernel.KO)
		for _, err := range []error{list, open, b.ReadAll(t.Context(), c.actor)} {
			if !kernel.Is(err, c.kind) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestPurge(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.tell(casework.Submitted, about("", ""))
		b.clock.Advance(364 * 24 * time.Hour)
		b.tell(casework.Decided, about("granted", ""))
		if n, err := b.Purge(context.Background()); n != 0 || err != nil {
			t.Errorf("before the year is over %d go (%v)", n, err)
		}
		b.clock.Advance(25 * time.Hour)
		if n, err := b.Purge(context.Background()); n != 1 || err != nil {
			t.Errorf("after the year %d go (%v)", n, err)
		}
		if left := b.list(owner, kernel.KO); len(left) != 1 || left[0].Kind != "decided" {
			t.Errorf("left: %v", left)
		}
	})
}

// TestVisitWords: what became of a visit has words of its own.
func TestVisitWords(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, jobs.Migrations(), store.Migrations()))
	codes := []string{"tomorrow", "released", "cancelled", "moved", "booked"}
	for i := range codes {
		c := about("", "")
		c.Code = codes[len(codes)-1-i]
		b.tell(casework.VisitChanged, c)
	}
	for _, l := range kernel.Langs {
		for i, one := range b.list(owner, l) {
			if words := one.Title + " " + one.Text; one.Kind != "visit_"+codes[i] || strings.ContainsAny(words, "⟨{") {
				t.Errorf("%s %s: %q", l, one.Kind, words)
			}
		}
	}
}

// TestServiceWords: what the service itself says goes with the message.
func TestServiceWords(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, jobs.Migrations(), store.Migrations()))
	b.tell(casework.Decided, about("accepted", "D26-CCCC-DDDD-EEEE"))
	b.tell(casework.Decided, about("returned", "D26-CCCC-DDDD-EEEE"))
	list := b.list(owner, kernel.EN)
	if !strings.HasSuffix(list[1].Text, " Change your number plate too.") || strings.Contains(list[0].Text, "plate") {
		t.Errorf("%q, %q", list[1].Text, list[0].Text)
	}
}

// alerts knows one alert.
type alerts struct{}

func (alerts) Told(_ context.Context, id kernel.ID, l kernel.Lang) (Told, error) {
	if id != "alert-1" {
		return Told{}, kernel.E(kernel.NotFound, "", nil)
	}
	return Told{Title: kernel.Text{KO: "새로 받을 수 있어요", EN: "Newly entitled"}.In(l), Text: "text",
		Changes: []Change{{Title: "기초연금", Href: "/services/basic-pension", Online: true, Lines: []string{"금액"}}}}, nil
}

// TestAlert: an alert is addressed to the person; its words come from where they
// are sealed, and the same event is one message.
func TestAlert(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		b := newBench(t, db)
		e := event(t, "01960000-0000-7000-8000-0000000000aa", benefit.Alerted, benefit.Alert{Person: owner.Person, Message: "alert-1", Kind: benefit.KindNew})
		for range 3 {
			if err := b.receiveAlert(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		list := b.list(owner, kernel.EN)
		if len(list) != 1 || list[0].Title != "Newly entitled" || len(list[0].Changes) != 1 || list[0].Kind != "benefit_alert" {
			t.Fatalf("the inbox holds %+v", list)
		}
		if got := b.list(stranger, kernel.EN); len(got) != 0 {
			t.Errorf("a stranger sees %v", got)
		}
		if _, err := b.Open(t.Context(), stranger, list[0].ID, kernel.KO); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("a stranger opens it: %v", err)
		}
	}, jobs.Migrations(), store.Migrations())
}

// A recovery is told to the account and to nobody else, once.
func TestRecovered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		b := newBench(t, db)
		e := event(t, "01960000-0000-7000-8000-0000000000ab", identity.Recovered, identity.Recovery{Account: unproven.Account})
		for range 2 {
			if err := b.receiveRecovered(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		list := b.list(unproven, kernel.EN)
		if len(list) != 1 || list[0].Title != "Somebody signed in with a recovery code" || list[0].Link != "/account/keys" {
			t.Fatalf("the inbox holds %+v", list)
		}
		for i, way := range []string{identity.WayAsked, identity.WayDeclined, identity.WayRegained} {
			id := kernel.ID(fmt.Sprintf("01960000-0000-7000-8000-0000000001%02d", i))
			if err := b.receiveRecovered(t.Context(), event(t, id, identity.Recovered, identity.Recovery{Account: unproven.Account, Way: way, Agency: "jongno"})); err != nil {
				t.Fatal(err)
			}
			if list := b.list(unproven, kernel.EN); len(list) != i+2 || strings.Contains(list[0].Title+list[0].Text, "{") {
				t.Errorf("way %s: %+v", way, list)
			}
		}
		e = event(t, "01960000-0000-7000-8000-0000000000ad", identity.Recovered, identity.Recovery{Account: unproven.Account, Way: identity.WayAsked})
		if err := b.receiveRecovered(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, m := range b.list(unproven, kernel.EN) {
			if m.Kind == "recovery_mobile" && strings.Contains(m.Title, "with mobile ID") && !strings.Contains(m.Text, "official") {
				told++
			}
		}
		if told != 1 {
			t.Errorf("a mobile ID that answered is told %d times", told)
		}
		if err := b.receiveRecovered(t.Context(), event(t, "01960000-0000-7000-8000-0000000000ac", identity.Recovered, identity.Recovery{Account: unproven.Account, Way: "x"})); err == nil {
			t.Error("an unknown way is told as if it were a known one")
		}
		if got := b.list(owner, kernel.KO); len(got) != 0 {
			t.Errorf("somebody else sees %v", got)
		}
	}, jobs.Migrations(), store.Migrations())
}
