package notice

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/audit"
	benefit "maru/domain/benefit/contract"
	casework "maru/domain/casework/contract"
	identity "maru/domain/identity/contract"
	life "maru/domain/life/contract"
	"maru/domain/notice/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/crypto"
	"maru/platform/events"
	"maru/platform/jobs"
	platformmail "maru/platform/mail"
	"maru/platform/mail/mailtest"
	"maru/platform/sms"
	pstore "maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

// drum is a channel that keeps what it was given, and fails when told to.
type drum struct {
	mu    sync.Mutex
	calls []Outgoing
	err   error
	while func() // happens while it works
}

func (d *drum) Send(_ context.Context, o Outgoing) error {
	d.mu.Lock()
	d.calls = append(d.calls, o)
	err, while := d.err, d.while
	d.mu.Unlock()
	if while != nil {
		while()
	}
	return err
}

func (d *drum) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = err
}

// taken are the messages since the last time, as "to: words".
func (d *drum) taken() []Outgoing {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := d.calls
	d.calls = nil
	return out
}

// proven finds the accounts of the tests' people.
type proven struct{}

func (proven) AccountOf(_ context.Context, person string) (kernel.ID, error) {
	if person == owner.Person {
		return owner.Account, nil
	}
	return "", nil
}

// house is an inbox with channels.
type house struct {
	*bench
	mail, text *drum
}

func reachMigrations() []pstore.Migrations {
	return []pstore.Migrations{jobs.Migrations(), audit.Migrations(), store.Migrations()}
}

func newHouse(t testing.TB, db *pstore.DB) *house {
	t.Helper()
	h := &house{mail: &drum{}, text: &drum{}}
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, db)
	h.bench = b
	b.jobs = jobs.New(db, b.clock, nil)
	b.bus = events.New(b.jobs)
	// Nine in the morning of a Monday in Seoul.
	b.clock.Set(kernel.TimeOf(time.Date(2026, 11, 23, 9, 0, 0, 0, kernel.Seoul)))
	b.Service = New(Deps{DB: db, Clock: b.clock, Texts: webtest.Catalog(t, Messages()), Titles: titles{}, Agencies: agencies{}, Alerts: alerts{},
		Mail: h.mail, Text: h.text, Keys: keys, Jobs: b.jobs, Accounts: proven{}, PublicURL: "https://maru.example.go.kr"})
	b.Subscribe(b.bus)
	b.handle(b.jobs)
	return h
}

func eachHouse(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *pstore.DB) { fn(t, newHouse(t, db)) }, reachMigrations()...)
}

// run lets the jobs that are due run; what they say is the caller's.
func (h *house) run() error {
	h.t.Helper()
	var all error
	for range 10 {
		n, err := h.jobs.RunDue(context.Background())
		all = errors.Join(all, err)
		if n == 0 {
			break
		}
	}
	return all
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// waiting is the actor's contact of a kind that waits for its code.
func (h *house) contact(actor authz.Actor, kind string, ok func(Contact) bool) Contact {
	h.t.Helper()
	all, err := h.Contacts(context.Background(), actor)
	h.must(err)
	i := slices.IndexFunc(all, func(c Contact) bool { return c.Kind == kind && c.Until.IsZero() && ok(c) })
	if i < 0 {
		h.t.Fatalf("no such contact among %+v", all)
	}
	return all[i]
}

func waits(c Contact) bool  { return !c.Proven }
func stands(c Contact) bool { return c.Proven }

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// code is what arrived at an address.
func (h *house) code(d *drum, to string) string {
	h.t.Helper()
	h.must(h.run())
	for _, o := range slices.Backward(d.taken()) {
		if c := sixDigits.FindString(o.Text); o.To == to && c != "" {
			return c
		}
	}
	h.t.Fatalf("no code came to %s", to)
	return ""
}

// prove adds a contact and proves it.
func (h *house) prove(actor authz.Actor, kind, to string) Contact {
	h.t.Helper()
	h.must(h.AddContact(context.Background(), actor, kind, to, kernel.KO))
	d, key := h.mail, to
	if kind == Text {
		d = h.text
		key, _ = sms.Mobile(to)
	}
	code := h.code(d, key)
	h.must(h.ProveContact(context.Background(), actor, h.contact(actor, kind, waits).ID, code))
	h.must(h.run())
	h.mail.taken()
	h.text.taken()
	return h.contact(actor, kind, stands)
}

// happens publishes an event and lets everything that follows happen.
func (h *house) happens(event string, data any) {
	h.t.Helper()
	h.clock.Advance(time.Millisecond)
	h.must(h.db.Update(context.Background(), func(tx *pstore.Tx) error { return h.bus.Publish(tx, event, data) }))
	h.must(h.run())
}

// tolds are where something was told, sorted, with the first words of what.
func tolds(drums ...*drum) []string {
	var out []string
	for _, d := range drums {
		for _, o := range d.taken() {
			out = append(out, o.To+": "+o.Subject+o.Text[:strings.IndexAny(o.Text+"\n", ".\n")])
		}
	}
	slices.Sort(out)
	return out
}

func wantKind(t testing.TB, err error, kind kernel.Kind, key string) {
	t.Helper()
	var e *kernel.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Key != key && !slices.ContainsFunc(e.Fields, func(f kernel.FieldError) bool { return f.Key == key }) {
		t.Errorf("error %v (%+v), want %v %s", err, e, kind, key)
	}
}

// TestRecoveryIsToldEverywhere is what all of this is for: somebody in the
// account removes the address first, and cannot silence it.
func TestRecoveryIsToldEverywhere(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.prove(owner, Text, "010-1234-5678")
		old := h.prove(owner, Mail, "old@example.kr")
		// A thief in the session puts their own address in its place.
		h.must(h.AddContact(ctx, owner, Mail, "thief@example.kr", kernel.KO))
		code := h.code(h.mail, "thief@example.kr")
		h.must(h.ProveContact(ctx, owner, h.contact(owner, Mail, waits).ID, code))
		h.must(h.run())
		if got, want := tolds(h.mail, h.text), []string{
			"+821012345678: [마루] 내 계정의 연락받을 곳이 바뀌었어요", // removed
			"+821012345678: [마루] 내 계정의 연락받을 곳이 바뀌었어요", // and another added
			"old@example.kr: 연락받을 곳이 바뀌었어요마루 계정의 연락받을 곳이 바뀌었어요",
			"old@example.kr: 이 주소를 지웠어요마루 계정의 연락받을 곳에서 이 주소를 지웠어요",
		}; !slices.Equal(got, want) {
			t.Errorf("told %q\nwant %q", got, want)
		}
		wantKind(t, h.RemoveContact(ctx, owner, old.ID), kernel.NotFound, "notice.contact.none") // not a second time
		wantKind(t, h.ChooseTopics(ctx, owner, old.ID, nil, kernel.KO), kernel.NotFound, "notice.contact.none")
		h.happens(identity.Recovered, identity.Recovery{Account: owner.Account, Person: owner.Person})
		const words = "계정을 되찾는 일이 있었어요누군가 마루 계정을 되찾았거나 되찾으려고 해요"
		if got, want := tolds(h.mail, h.text), []string{
			"+821012345678: [마루] 누군가 내 계정을 되찾으려 해요", "old@example.kr: " + words, "thief@example.kr: " + words,
		}; !slices.Equal(got, want) {
			t.Errorf("told %q\nwant %q", got, want)
		}
		// Removing all of it in the same moment silences nothing either.
		h.must(h.db.Update(ctx, func(tx *pstore.Tx) error {
			return h.bus.Publish(tx, identity.Recovered, identity.Recovery{Account: owner.Account, Way: identity.WayAsked, Agency: "gangnam"})
		}))
		h.must(h.RemoveContact(ctx, owner, h.contact(owner, Text, stands).ID))
		h.must(h.run())
		if got := strings.Join(tolds(h.text), "\n"); !strings.Contains(got, "되찾으려 해요") || !strings.Contains(got, "이 번호를") {
			t.Errorf("told %q", got)
		}
		h.mail.taken()
		for _, what := range means {
			h.happens(identity.MeansChanged, identity.Means{Account: owner.Account, What: what})
			if got := tolds(h.mail, h.text); len(got) != 3 {
				t.Errorf("%s is told at %q", what, got)
			}
		}
		// A week later only what stands is told, and the rest is forgotten.
		h.clock.Advance(leftTime)
		h.happens(identity.Recovered, identity.Recovery{Account: owner.Account})
		if got := tolds(h.mail, h.text); len(got) != 1 || !strings.HasPrefix(got[0], "thief@") {
			t.Errorf("told %q", got)
		}
		_, err := h.Purge(ctx)
		h.must(err)
		if all, err := h.Contacts(ctx, owner); err != nil || len(all) != 1 {
			t.Errorf("kept: %+v %v", all, err)
		}
		h.must(h.leftForgotten(ctx))
		// Of what was sent nothing stays beyond a month, of codes nothing beyond a day.
		rows := func(table string) (n int) {
			h.must(h.db.View(ctx, func(tx *pstore.Tx) error { return tx.QueryRow("SELECT COUNT(*) FROM " + table).Scan(&n) }))
			return n
		}
		if rows("notice_delivery") == 0 || rows("notice_code") != 0 {
			t.Errorf("%d deliveries and %d codes are kept", rows("notice_delivery"), rows("notice_code"))
		}
		h.clock.Advance(keepDeliveries + time.Second)
		_, err = h.Purge(ctx)
		h.must(err)
		if n := rows("notice_delivery"); n != 0 || rows("notice_contact") != 1 {
			t.Errorf("%d deliveries and %d contacts are kept", n, rows("notice_contact"))
		}
	})
}

// TestTopics: people choose what is told where; what waits is told once; nobody
// is woken.
func TestTopics(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		c := h.prove(owner, Mail, "a@example.kr")
		said := func() string {
			var out []string
			for _, o := range h.mail.taken() {
				out = append(out, o.Subject)
			}
			return strings.Join(out, ", ")
		}
		due := life.Due{Account: owner.Account, Event: "birth", Step: "report", Last: webtest.Start.DateIn(kernel.Seoul)}
		alert := benefit.Alert{Person: owner.Person, Message: "alert-1", Kind: benefit.KindNew}
		all := func() {
			h.happens(casework.Decided, about("granted", ""))
			h.happens(life.StepDue, due)
			h.happens(benefit.Alerted, alert)
		}
		all()
		if got := said(); got != "신청한 일에 새 소식이 있어요, 기한이 다가오는 일이 있어요, 받을 수 있는 혜택에 새 소식이 있어요" {
			t.Errorf("told %s", got)
		}
		h.must(h.ChooseTopics(ctx, owner, c.ID, []string{"benefits", "nonsense", "safety"}, kernel.EN))
		if got := h.contact(owner, Mail, stands); !slices.Equal(got.Topics, []string{"benefits"}) || got.Lang != kernel.EN {
			t.Errorf("chosen %+v", got)
		}
		all()
		if got := said(); got != "News about benefits you may get" {
			t.Errorf("told %s", got)
		}
		h.must(h.ChooseTopics(ctx, owner, c.ID, Topics, kernel.KO))
		h.clock.Set(kernel.TimeOf(time.Date(2026, 11, 24, 21, 0, 0, 0, kernel.Seoul)))
		for range 3 {
			h.happens(casework.Decided, about("granted", ""))
		}
		h.happens(identity.Recovered, identity.Recovery{Account: owner.Account})
		if got := said(); got != "계정을 되찾는 일이 있었어요" {
			t.Errorf("told at night: %s", got)
		}
		h.clock.Set(kernel.TimeOf(time.Date(2026, 11, 25, 7, 59, 59, 0, kernel.Seoul)))
		h.must(h.run())
		if got := said(); got != "" {
			t.Errorf("told before eight: %s", got)
		}
		h.clock.Set(kernel.TimeOf(time.Date(2026, 11, 25, 9, 0, 0, 0, kernel.Seoul)))
		h.must(h.run())
		if got := said(); got != "신청한 일에 새 소식이 있어요" {
			t.Errorf("told in the morning: %s", got)
		}
		// An event that comes twice is told once.
		e := event(t, kernel.NewID(h.clock.Now()), casework.Decided, about("granted", ""))
		h.must(h.receive(ctx, e))
		h.must(h.run())
		h.must(h.receive(ctx, e))
		h.must(h.run())
		if got := said(); got != "신청한 일에 새 소식이 있어요" {
			t.Errorf("told twice: %s", got)
		}
		// What was turned off before it was told is not told any more.
		h.clock.Set(kernel.TimeOf(time.Date(2026, 11, 25, 22, 0, 0, 0, kernel.Seoul)))
		h.happens(casework.Decided, about("granted", ""))
		h.must(h.ChooseTopics(ctx, owner, c.ID, nil, kernel.KO))
		h.clock.Advance(12 * time.Hour)
		h.must(h.run())
		if got := said(); got != "" {
			t.Errorf("told what nobody wants: %s", got)
		}
		if got := h.list(owner, "ko"); len(got) < 10 {
			t.Errorf("the inbox has %d messages", len(got))
		}
	})
}

// TestQuietHours at their edges.
func TestQuietHours(t *testing.T) {
	at := func(day, hour, minute int) kernel.Time {
		return kernel.TimeOf(time.Date(2026, 12, day, hour, minute, 0, 0, kernel.Seoul))
	}
	for now, want := range map[kernel.Time]kernel.Time{
		at(31, 20, 59): 0, at(31, 21, 0): at(32, 8, 0), at(31, 23, 59): at(32, 8, 0), at(1, 0, 0): at(1, 8, 0), at(1, 7, 59): at(1, 8, 0), at(1, 8, 0): 0,
	} {
		seen := map[kernel.Time]bool{}
		for i := range 100 {
			got := loud(now, kernel.ID(fmt.Sprint(i)))
			if want == 0 && got != now || want != 0 && (got < want || got >= want.Add(time.Hour)) {
				t.Errorf("%v: %v, want %v", now, got, want)
			}
			seen[got] = true
		}
		if want != 0 && len(seen) < 90 {
			t.Errorf("%v: %d of 100 at different moments", now, len(seen))
		}
	}
}

// TestOutage: what happens while a server is away is told once, and after the
// last try news goes its way again.
func TestOutage(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.prove(owner, Mail, "a@example.kr")
		h.mail.fail(errors.New("away"))
		happens := func(event string, data any) {
			h.must(h.db.Update(t.Context(), func(tx *pstore.Tx) error { return h.bus.Publish(tx, event, data) }))
			_ = h.run()
		}
		for range 5 {
			h.clock.Advance(30 * time.Minute)
			happens(casework.Submitted, about("", ""))
		}
		happens(identity.MeansChanged, identity.Means{Account: owner.Account, What: identity.AppAdded}) // of safety each is told
		h.mail.taken()
		h.mail.fail(nil)
		h.clock.Advance(5 * time.Hour)
		h.must(h.run())
		if n := len(h.mail.taken()); n != 2 {
			t.Errorf("%d letters of news and safety", n)
		}
		h.mail.fail(errors.New("away"))
		happens(casework.Submitted, about("", ""))
		for range 3 * tellAttempts {
			h.clock.Advance(5 * time.Hour)
			_ = h.run()
		}
		h.mail.taken()
		h.mail.fail(nil)
		h.clock.Set(kernel.TimeOf(time.Date(2026, 12, 23, 12, 0, 0, 0, kernel.Seoul)))
		happens(casework.Submitted, about("", ""))
		if n := len(h.mail.taken()); n != 1 {
			t.Errorf("%d letters after one that was given up", n)
		}
	})
}

// TestNewsLeavesRoom: news that finds no place comes back without a try lost,
// and safety waits for none of it.
func TestNewsLeavesRoom(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, reachMigrations()...))
	h.prove(owner, Mail, "a@example.kr")
	for range newsAtOnce {
		h.places[Mail] <- struct{}{}
	}
	for range 2 * tellAttempts {
		h.clock.Advance(2 * newsPause)
		h.happens(casework.Submitted, about("", ""))
	}
	h.happens(identity.MeansChanged, identity.Means{Account: owner.Account, What: identity.AppAdded})
	if got := tolds(h.mail); len(got) != 1 {
		t.Errorf("told %q", got)
	}
	<-h.places[Mail]
	h.clock.Advance(2 * newsPause)
	h.must(h.run())
	if got := tolds(h.mail); len(got) != 1 {
		t.Errorf("told %q", got)
	}
	if len(h.places[Mail]) != newsAtOnce-1 {
		t.Error("a place is kept")
	}
}

// TestHandedOverAgain: what was handed over when the program was killed is
// handed over again under the same id, and news that came meanwhile is told.
func TestHandedOverAgain(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.prove(owner, Mail, "a@example.kr")
		killed, kill := context.WithCancel(ctx)
		h.mail.while = kill // the answer of the server is never written down
		h.clock.Advance(time.Second)
		h.must(h.receive(ctx, event(t, kernel.NewID(h.clock.Now()), casework.Decided, about("granted", ""))))
		_, _ = h.jobs.RunDue(killed) // ends in the middle
		h.mail.while = nil
		first := h.mail.taken()
		// More news while nobody knows whether it was told.
		h.clock.Advance(time.Second)
		h.must(h.receive(ctx, event(t, kernel.NewID(h.clock.Now()), casework.Withdrawn, about("", ""))))
		h.must(h.run())
		h.clock.Advance(10 * time.Minute) // the lease runs out
		h.must(h.rescued())
		rest := h.mail.taken()
		if len(first) != 1 || len(rest) != 2 || rest[0].ID == rest[1].ID || !slices.ContainsFunc(rest, func(o Outgoing) bool { return o.ID == first[0].ID }) {
			t.Errorf("first %+v, then %+v", first, rest)
		}
		h.clock.Advance(time.Hour)
		h.must(h.run())
		if again := h.mail.taken(); len(again) != 0 {
			t.Errorf("told once more: %+v", again)
		}
	})
}

// rescued runs jobs until those of dead copies came back.
func (h *house) rescued() error {
	for range 3 {
		if err := h.run(); err != nil && !strings.Contains(err.Error(), "lease") {
			return err
		}
		h.clock.Advance(time.Minute)
	}
	return nil
}

// TestUnreachable: what comes back is not tried again, the owner reads it in the
// inbox once, safety is told all the same, and a code puts it right.
func TestUnreachable(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		c := h.prove(owner, Mail, "a@example.kr")
		h.mail.fail(ErrUnreachable)
		h.happens(casework.Decided, about("granted", ""))
		if got := h.contact(owner, Mail, stands); got.FailedAt.IsZero() {
			t.Error("the page does not say so")
		}
		if got := h.list(owner, "ko"); !slices.ContainsFunc(got, func(l Letter) bool { return l.Kind == "contact_unreachable" && l.Link == "/account/contact" }) {
			t.Error("the inbox does not say so")
		}
		h.mail.taken()
		n := len(h.list(owner, "ko"))
		h.happens(casework.Decided, about("granted", ""))
		if got := h.mail.taken(); len(got) != 0 {
			t.Errorf("sent %+v", got)
		}
		h.happens(identity.Recovered, identity.Recovery{Account: owner.Account})
		if got := h.mail.taken(); len(got) != 1 {
			t.Errorf("of a recovery was sent %+v", got)
		}
		if got := len(h.list(owner, "ko")); got != n+2 {
			t.Errorf("%d messages more, want the two that happened", got-n)
		}
		h.must(h.AskAgain(ctx, owner, c.ID))
		h.mail.fail(nil)
		code := h.code(h.mail, "a@example.kr")
		h.must(h.ProveContact(ctx, owner, c.ID, code))
		if got := h.contact(owner, Mail, stands); !got.FailedAt.IsZero() {
			t.Error("it still counts as unreachable")
		}
		wantKind(t, h.AskAgain(ctx, owner, c.ID), kernel.Conflict, "notice.contact.proven")
		wantKind(t, h.ProveContact(ctx, owner, c.ID, code), kernel.Invalid, "notice.contact.late") // used up
		// Trouble of the channel is no trouble of the address.
		h.mail.fail(errors.New("the server is away"))
		h.clock.Advance(time.Second)
		h.must(h.receive(ctx, event(t, kernel.NewID(h.clock.Now()), casework.Decided, about("granted", ""))))
		if err := h.run(); !kernel.Is(err, kernel.Unavailable) {
			t.Errorf("%v", err)
		}
		h.mail.fail(nil)
		h.mail.taken()
		h.clock.Advance(time.Minute)
		h.must(h.run())
		if got := h.mail.taken(); len(got) != 1 || !h.contact(owner, Mail, stands).FailedAt.IsZero() {
			t.Errorf("told %+v", got)
		}
	})
}

func TestCodes(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		add := func(actor authz.Actor, to string) error { return h.AddContact(ctx, actor, Mail, to, kernel.KO) }
		for _, wrong := range []string{"", "a", "a@b", "a@example.kr\r\nBcc: b@example.kr", "주민@example.kr", "a@예시.kr", "A <a@example.kr>", strings.Repeat("a", 1<<16) + "@example.kr"} {
			wantKind(t, add(owner, wrong), kernel.Invalid, "notice.contact.wrong.mail")
		}
		for _, wrong := range []string{"", "02-123-4567", "+1 212 555 0100", "010-1234-5678\n", "060-1234-567"} {
			if err := h.AddContact(ctx, owner, Text, wrong, kernel.KO); !strings.HasPrefix(wrong, "010") {
				wantKind(t, err, kernel.Invalid, "notice.contact.wrong.text")
			}
		}
		wantKind(t, h.AddContact(ctx, owner, "pigeon", "a@example.kr", kernel.KO), kernel.NotFound, "notice.contact.none")
		wantKind(t, h.AddContact(ctx, authz.Actor{}, Mail, "a@example.kr", kernel.KO), kernel.Unauthorized, "error.sign_in")
		helped, token := owner, owner
		helped.Helper, token.Token = authz.Helper{Account: "acc-9", Mandate: "m"}, true
		for _, no := range []authz.Actor{helped, token} {
			if err := add(no, "a@example.kr"); !kernel.Is(err, kernel.Forbidden) {
				t.Errorf("%+v adds a contact: %v", no, err)
			}
		}

		h.must(add(unproven, "a@example.kr"))
		mine := h.contact(unproven, Mail, waits)
		code := h.code(h.mail, "a@example.kr")
		wantKind(t, h.ProveContact(ctx, stranger, mine.ID, code), kernel.NotFound, "notice.contact.none")
		guess := func(n int) string { return fmt.Sprintf("%06d", n%1_000_000) }
		was := 0
		_, _ = fmt.Sscanf(code, "%d", &was)
		for i := range codeTries {
			wantKind(t, h.ProveContact(ctx, unproven, mine.ID, guess(was+1+i)), kernel.Invalid, "notice.contact.wrong_code")
		}
		wantKind(t, h.ProveContact(ctx, unproven, mine.ID, code), kernel.Invalid, "notice.contact.tried") // the right one comes too late
		h.must(h.AskAgain(ctx, unproven, mine.ID))
		next := h.code(h.mail, "a@example.kr")
		h.clock.Advance(codeTime)
		wantKind(t, h.ProveContact(ctx, unproven, mine.ID, next), kernel.Invalid, "notice.contact.late")
		h.must(h.AskAgain(ctx, unproven, mine.ID))
		last := h.code(h.mail, "a@example.kr")
		if next != last {
			wantKind(t, h.ProveContact(ctx, unproven, mine.ID, next), kernel.Invalid, "notice.contact.wrong_code") // of before
		}
		h.must(h.ProveContact(ctx, unproven, mine.ID, " "+last[:3]+" "+last[3:]+" "))
		wantKind(t, add(unproven, "a@EXAMPLE.kr"), kernel.Conflict, "notice.contact.there.mail")

		// An account asks for a few codes only.
		for i := range 2 {
			h.must(add(unproven, fmt.Sprintf("b%d@example.kr", i)))
		}
		wantKind(t, add(unproven, "c@example.kr"), kernel.Limited, "notice.contact.too_often")
		h.must(h.run())
		h.mail.taken()

		// Others may have the same address. Where it gets too many codes, nothing is
		// sent and nothing is said; but an account alone does not use it up.
		for range targetHour - 3 {
			h.must(add(stranger, "a@example.kr"))
		}
		h.must(h.run())
		h.mail.taken()
		h.must(add(stranger, "a@example.kr"))
		h.must(h.run())
		if n := len(h.mail.taken()); n != 0 {
			t.Errorf("%d codes more for one who had some", n)
		}
		for i := range 5 {
			h.must(add(authz.Actor{Account: kernel.ID(fmt.Sprintf("acc-1%d", i))}, "a@example.kr"))
			h.must(h.run())
		}
		if n := len(h.mail.taken()); n != targetShare-2 {
			t.Errorf("%d codes more came for others to an address that had its bound", n)
		}
		if c := h.contact(authz.Actor{Account: "acc-13"}, Mail, waits); c.Asked.IsZero() {
			t.Error("the page tells that nothing was sent")
		}
		for range codesDay {
			h.must(add(authz.Actor{Account: "acc-20"}, "used-up@example.kr"))
			h.clock.Advance(13 * time.Minute)
		}
		h.must(h.run())
		h.mail.taken()
		h.must(add(authz.Actor{Account: "acc-21"}, "used-up@example.kr"))
		h.must(h.run())
		if n := len(h.mail.taken()); n != 1 {
			t.Errorf("%d codes for somebody whose address another one used up", n)
		}
		h.clock.Advance(25 * time.Hour)
		_, err := h.Purge(ctx)
		h.must(err)
		if all, err := h.Contacts(ctx, authz.Actor{Account: "acc-13"}); err != nil || len(all) != 0 {
			t.Errorf("nobody typed its code: %+v %v", all, err)
		}
		h.must(add(unproven, "c@example.kr"))
	})
}

// TestTwoAtOnce proves one code many times at once, and guesses many at once.
func TestTwoAtOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.must(h.AddContact(ctx, owner, Mail, "a@example.kr", kernel.KO))
		code := h.code(h.mail, "a@example.kr")
		id := h.contact(owner, Mail, waits).ID
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() { errs[i] = h.ProveContact(ctx, owner, id, code) })
		}
		wg.Wait()
		good := 0
		for _, err := range errs {
			if err == nil {
				good++
			}
		}
		h.must(h.run())
		if n := len(h.list(owner, "ko")); good != 1 || n != 1 {
			t.Errorf("%d of 8 proofs held, %d messages", good, n)
		}
		h.must(h.AddContact(ctx, owner, Mail, "b@example.kr", kernel.KO))
		right := h.code(h.mail, "b@example.kr")
		id = h.contact(owner, Mail, waits).ID
		wrong := "000000"
		if right == wrong {
			wrong = "000001"
		}
		judged := make([]error, 12)
		for i := range judged {
			wg.Go(func() { judged[i] = h.ProveContact(ctx, owner, id, wrong) })
		}
		wg.Wait()
		tried := 0
		for _, err := range judged {
			var e *kernel.Error
			if errors.As(err, &e) && e.Kind == kernel.Invalid && e.Fields[0].Key == "notice.contact.wrong_code" {
				tried++
			}
		}
		if tried != codeTries {
			t.Errorf("%d of 12 guesses were judged, want %d", tried, codeTries)
		}
		wantKind(t, h.ProveContact(ctx, owner, id, right), kernel.Invalid, "notice.contact.tried")
	})
}

// TestNothingInTheClear looks for an address and a code in every table.
func TestNothingInTheClear(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, reachMigrations()...))
	h.must(h.AddContact(t.Context(), owner, Mail, "clear.person@example.kr", kernel.KO))
	h.must(h.AddContact(t.Context(), owner, Text, "010-8765-4321", kernel.KO))
	var dump strings.Builder
	for _, table := range []string{"notice_contact", "notice_code", "notice_delivery", "notice_message", "jobs_job", "audit_row"} {
		h.must(h.db.View(t.Context(), func(tx *pstore.Tx) error {
			rows, err := tx.Query("SELECT * FROM " + table)
			if err != nil {
				return err
			}
			defer rows.Close()
			names, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				cells := make([]any, len(names))
				for i := range cells {
					cells[i] = new(any)
				}
				if err := rows.Scan(cells...); err != nil {
					return err
				}
				for _, c := range cells {
					if b, ok := (*c.(*any)).([]byte); ok {
						dump.Write(b)
						continue
					}
					fmt.Fprintln(&dump, *c.(*any))
				}
			}
			return rows.Err()
		}))
	}
	h.must(h.run())
	secrets := []string{"clear.person", "87654321", "8765", sixDigits.FindString(h.mail.taken()[0].Text), sixDigits.FindString(h.text.taken()[0].Text)}
	for _, s := range secrets {
		if s == "" || strings.Contains(dump.String(), s) {
			t.Errorf("%q stands in the clear", s)
		}
	}
	all, err := h.Contacts(t.Context(), owner)
	h.must(err)
	for _, c := range all {
		if want := map[string]string{Mail: "cl•••@example.kr", Text: "010-•••-4321"}[c.Kind]; c.Shown != want {
			t.Errorf("shown as %s", c.Shown)
		}
	}
}

// TestWordsOutside: every message fits where it goes, names nobody, and holds no
// link but the address of the house.
func TestWordsOutside(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, reachMigrations()...))
	until := kernel.TimeOf(time.Date(2026, 12, 31, 23, 59, 0, 0, kernel.Seoul))
	for _, l := range kernel.Langs {
		for _, words := range []string{"requests", "benefits", "reminders", "recovery", "means", "contact", "removed", "code"} {
			topic, code, left := safety, "", kernel.Time(0)
			switch words {
			case "requests", "benefits", "reminders":
				topic = words
			case "removed":
				left = until
			case "code":
				topic, code = "", "123456"
			}
			text := h.short.Write(false, words, topic, code, left, l).Text
			if !sms.Fits(text) || text == "" || strings.Contains(text, "://") || strings.ContainsAny(text, "\r\n") {
				t.Errorf("%s %s: %q does not fit into one message", l, words, text)
			}
			short := h.short
			short.Site = "https://" + strings.Repeat("x", 60) + ".go.kr"
			if long := short.Write(false, words, topic, code, left, l).Text; !sms.Fits(long) {
				t.Errorf("%s %s: %q does not fit under a long name", l, words, long)
			}
			m := h.short.Write(true, words, topic, code, left, l)
			if m.Subject == "" || strings.ContainsAny(m.Subject, "\r\n") || strings.Contains(m.Subject, code) && code != "" || strings.Count(m.Text, "://") > 1 ||
				code == "" && !strings.Contains(m.Text, "https://maru.example.go.kr") {
				t.Errorf("%s %s: %q %q", l, words, m.Subject, m.Text)
			}
		}
	}
	host := h.short.Write(false, "requests", "requests", "", 0, kernel.KO).Text
	if !strings.HasSuffix(host, " maru.example.go.kr") {
		t.Errorf("%q does not say where", host)
	}
}

// TestThroughRealChannels sends over SMTP and HTTP, as an installation does.
func TestThroughRealChannels(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, reachMigrations()...))
	srv := mailtest.Start(t, mailtest.Options{})
	sender, err := platformmail.New(platformmail.Config{Server: srv.Addr, From: "마루 <no-reply@maru.example>"})
	h.must(err)
	t.Cleanup(sender.Close)
	var posts []string
	gone := false
	gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		posts = append(posts, r.Header.Get("Idempotency-Key"))
		if gone {
			w.WriteHeader(http.StatusGone)
		}
	}))
	defer gate.Close()
	gateway, err := sms.New(gate.URL, []byte("a key of the test alone"))
	h.must(err)
	h.channels = channels(Deps{Mail: ByMail(sender), Text: ByText(gateway)}, nil)
	h.must(h.AddContact(t.Context(), owner, Mail, "a@example.kr", kernel.KO))
	h.must(h.AddContact(t.Context(), owner, Text, "010-1234-5678", kernel.KO))
	h.must(h.run())
	got := srv.Letters()
	if len(got) != 1 || len(posts) != 1 {
		t.Fatalf("%d letters, %d posts", len(got), len(posts))
	}
	m := got[0].Message(t)
	if to, err := mail.ParseAddress(m.Header.Get("To")); err != nil || to.Address != "a@example.kr" || m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("%v", m.Header)
	}
	gone = true
	srv.Answer(func(stage, _ string) error {
		if stage == "to" {
			return mailtest.Refusal(550, [3]int{5, 1, 1})
		}
		return nil
	})
	for _, kind := range []string{Mail, Text} {
		h.must(h.AskAgain(t.Context(), owner, h.contact(owner, kind, waits).ID))
		h.must(h.run())
		if h.contact(owner, kind, waits).FailedAt.IsZero() {
			t.Errorf("%s: nobody says that it did not arrive", kind)
		}
	}
}

// TestTryOut keeps what would be sent, once each.
func TestTryOut(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, reachMigrations()...))
	h.outbox = &outbox{}
	h.channels = channels(Deps{}, h.outbox)
	h.must(h.AddContact(t.Context(), owner, Mail, "a@example.kr", kernel.KO))
	h.must(h.run())
	kept := h.TriedOut()
	if len(kept) != 1 || kept[0].To != "a@example.kr" || sixDigits.FindString(kept[0].Text) == "" {
		t.Fatalf("%+v", kept)
	}
	for i := range 2 * outboxSize {
		o := kept[0]
		o.ID = kernel.ID(fmt.Sprint(i / 2))
		h.must(h.outbox.Send(t.Context(), o))
	}
	if n := h.TriedOut(); len(n) != outboxSize || n[0].ID != kernel.ID(fmt.Sprint(outboxSize-1)) {
		t.Errorf("%d kept, the newest is %s", len(n), n[0].ID)
	}
	none := newBench(t, h.db)
	if len(none.Kinds()) != 0 || none.TriedOut() != nil {
		t.Error("something is offered without a channel")
	}
}
