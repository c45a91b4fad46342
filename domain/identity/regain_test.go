package identity

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"maru/domain/identity/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/events"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web"
	"maru/platform/web/webtest"
)

// proven links the account of a session with minsu, as a counter did long ago.
func provenAs(t testing.TB, s *Service, account kernel.ID, person string) {
	t.Helper()
	fine(t, s.d.DB.Update(context.Background(), func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE identity_account SET person = $1 WHERE id = $2`, person, string(account))
		return err
	}))
	s.cache.drop(account)
}

// begun is a device that shows a code.
func begun(t testing.TB, s *Service) (device, code string) {
	t.Helper()
	device, err := s.BeginRegain(t.Context(), home)
	fine(t, err)
	r, err := s.Regain(t.Context(), device)
	fine(t, err)
	if len(r.Code) != 8 || r.Open() {
		t.Fatalf("a new one is %+v", r)
	}
	return device, r.Code
}

func TestRegain(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := t.Context()
		old, me := register(t, s, "minsu")
		provenAs(t, s, me.Account, "p-minsu")
		me = who(t, s, old)
		withPasskey(t, s, me)
		token, _, err := s.CreateToken(ctx, me, NewToken{Name: "x", Scopes: []string{authz.ScopeApplications}})
		fine(t, err)
		_, one := demo(t, s, "official-gangnam")
		_, two := demo(t, s, "official2-gangnam")
		_, far := demo(t, s, "official-jongno")
		c.Advance(48 * time.Hour)

		device, code := begun(t, s)
		ask := func(by authz.Actor, code string, f PersonFacts) error {
			return s.AskRegain(ctx, by, CounterProof{Code: code, Facts: f})
		}
		stranger := minsu
		stranger.Name = "남"
		want(t, ask(me, code, minsu), kernel.Forbidden, "identity.proof.officials_only")
		want(t, ask(one, "AAAAAAAA", minsu), kernel.Invalid, "identity.proof.no_match")
		want(t, ask(one, code, stranger), kernel.Invalid, "identity.proof.no_match")
		fine(t, ask(one, strings.ToLower(code[:4])+" "+code[4:], minsu))
		want(t, ask(two, code, minsu), kernel.Invalid, "identity.proof.no_match") // used up

		// Nothing opens before another official of the same counter agrees.
		g := Reentry{Password: "낡은 우산을 고쳐 쓰는 날 3"}
		_, _, err = s.FinishRegain(ctx, device, g, "", home)
		want(t, err, kernel.NotFound, "identity.regain.gone")
		list, err := s.Regains(ctx, two)
		if err != nil || len(list) != 1 || list[0].Mine || list[0].Name != "주민 minsu" || list[0].UsedAt.IsZero() {
			t.Fatalf("waiting: %+v, %v", list, err)
		}
		id := list[0].ID
		_, err = s.ConfirmRegain(ctx, one, id, minsu)
		want(t, err, kernel.Forbidden, "identity.regain.two_people")
		_, err = s.ConfirmRegain(ctx, far, id, minsu)
		want(t, err, kernel.NotFound, "identity.regain.gone")
		want(t, s.DeclineRegain(ctx, far, id), kernel.NotFound, "identity.regain.gone")
		_, err = s.ConfirmRegain(ctx, two, id, stranger)
		want(t, err, kernel.Invalid, "identity.regain.no_match")
		number, err := s.ConfirmRegain(ctx, two, id, minsu)
		fine(t, err)
		_, err = s.ConfirmRegain(ctx, two, id, minsu)
		want(t, err, kernel.NotFound, "identity.regain.gone")

		// The device alone is not enough, and not another's device.
		for _, wrong := range []string{"", "00000", "abcdef"} {
			_, _, err = s.FinishRegain(ctx, device, Reentry{Number: wrong, Password: g.Password}, "", home)
			want(t, err, kernel.Invalid, "identity.regain.number_wrong")
		}
		other, _ := begun(t, s)
		_, _, err = s.FinishRegain(ctx, other, Reentry{Number: number, Password: g.Password}, "", home)
		want(t, err, kernel.NotFound, "identity.regain.gone")
		g.Number = number[:3] + " " + number[3:]
		_, _, err = s.FinishRegain(ctx, device, Reentry{Number: number, Password: "short"}, "", home)
		want(t, err, kernel.Invalid, "identity.password.short")
		session, back, err := s.FinishRegain(ctx, device, g, "", home)
		fine(t, err)
		_, _, err = s.FinishRegain(ctx, device, g, "", home)
		want(t, err, kernel.NotFound, "identity.regain.gone") // once

		// Same account, every old way in has ended, and what weighs most waits.
		if back.Account != me.Account || back.Person != "p-minsu" {
			t.Fatalf("in as %+v", back)
		}
		_, err = s.AuthenticateSession(ctx, old)
		want(t, err, kernel.Unauthorized, "error.sign_in")
		_, err = s.AuthenticateToken(ctx, token)
		want(t, err, kernel.Unauthorized, "api.bad_token")
		_, _, err = s.SignIn(ctx, "minsu", goodPassword, "", home)
		want(t, err, kernel.Invalid, "identity.sign_in.wrong")
		keys, err := s.Passkeys(ctx, back)
		if err != nil || len(keys) != 0 {
			t.Errorf("%d old passkeys, %v", len(keys), err)
		}
		back = who(t, s, session)
		want(t, s.RequireFresh(ctx, back, web.FreshAct), kernel.Forbidden, "identity.cooling")
		fine(t, s.RequireFresh(ctx, back, web.FreshSettings))
		session, _, err = byKey(s, withPasskey(t, s, back), session)
		fine(t, err)
		back = who(t, s, session)
		want(t, s.RequireFresh(ctx, back, web.FreshAct), kernel.Forbidden, "identity.cooling") // a new factor is as young
		c.Advance(coolingTime)
		_, _, err = s.SignIn(ctx, "minsu", g.Password, "", home)
		var second *SecondFactorError
		if !asSecond(err, &second) {
			t.Errorf("the new password answers %v", err)
		}
		for act, n := range map[string]int{"identity.regain_ask": 1, "identity.regain_confirm": 1, "identity.regain": 1, "identity.prove_failed": 4} {
			if got := acts(t, s, act); got != n {
				t.Errorf("%s stands %d times in the log, not %d", act, got, n)
			}
		}
		fine(t, s.purge(ctx))
		_, err = s.Regain(ctx, other)
		want(t, err, kernel.NotFound, "identity.regain.gone")
	})
}

// Wrong numbers end a request, and so do the owner, the second official and
// time.
func TestRegainStops(t *testing.T) {
	s, c := newService(t, storetest.SQLite(t, append(allTables, jobs.Migrations())...))
	ctx := t.Context()
	var told []contract.Recovery
	runner := jobs.New(s.d.DB, c, nil)
	s.d.Events = events.New(runner)
	s.d.Events.Subscribe(contract.Recovered, "test", func(_ context.Context, e events.Event) error {
		var r contract.Recovery
		told = append(told, r)
		return json.Unmarshal(e.Data, &told[len(told)-1])
	})
	secret, me := register(t, s, "minsu")
	provenAs(t, s, me.Account, "p-minsu")
	me = who(t, s, secret)
	_, one := demo(t, s, "official-gangnam")
	_, two := demo(t, s, "official2-gangnam")
	asked := func() (string, kernel.ID) {
		t.Helper()
		device, code := begun(t, s)
		fine(t, s.AskRegain(ctx, one, CounterProof{Code: code, Facts: minsu}))
		list, err := s.Regains(ctx, one)
		if err != nil || len(list) != 1 || !list[0].Mine {
			t.Fatalf("waiting: %+v, %v", list, err)
		}
		return device, list[0].ID
	}
	state := func(device, want string) {
		t.Helper()
		if r, err := s.Regain(ctx, device); err != nil || r.State != want {
			t.Errorf("state %q, %v, not %q", r.State, err, want)
		}
	}

	device, id := asked()
	fine(t, s.DeclineRegain(ctx, two, id))
	state(device, regainStopped)

	device, _ = asked()
	if x, err := s.RegainOf(ctx, me); err != nil || x.Agency != "gangnam" || x.At.IsZero() {
		t.Errorf("the owner sees %+v, %v", x, err)
	}
	fine(t, s.StopRegain(ctx, me))
	want(t, s.StopRegain(ctx, me), kernel.NotFound, "identity.regain.gone")
	state(device, regainStopped)

	// The one asked later takes the place of the one before.
	device, _ = asked()
	later, id := asked()
	state(device, regainStopped)
	number, err := s.ConfirmRegain(ctx, two, id, minsu)
	fine(t, err)
	g := Reentry{Number: "000000", Password: goodPassword + "!"}
	if number == g.Number {
		g.Number = "000001"
	}
	for range maxRegainWrong - 1 {
		_, _, err := s.FinishRegain(ctx, later, g, "", home)
		want(t, err, kernel.Invalid, "identity.regain.number_wrong")
	}
	_, _, err = s.FinishRegain(ctx, later, g, "", home)
	want(t, err, kernel.NotFound, "identity.regain.gone")
	g.Number = number
	_, _, err = s.FinishRegain(ctx, later, g, "", home)
	want(t, err, kernel.NotFound, "identity.regain.gone")
	state(later, regainStopped)

	late, id := asked()
	_, err = s.ConfirmRegain(ctx, two, id, minsu)
	fine(t, err)
	c.Advance(regainSetTime)
	_, err = s.Regain(ctx, late)
	want(t, err, kernel.NotFound, "identity.regain.gone")
	if n := acts(t, s, "identity.regain"); n != 0 {
		t.Errorf("%d accounts were given back", n)
	}

	_, err = runner.RunDue(ctx)
	fine(t, err)
	ways := map[string]int{}
	for _, r := range told {
		ways[r.Way]++
	}
	if ways[contract.WayAsked] != 5 || ways[contract.WayDeclined] != 1 || len(told) != 6 {
		t.Errorf("told %v", ways)
	}
}

// Two at once: one takes the account, the other is told that it is over.
func TestRegainTwice(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		_, me := register(t, s, "minsu")
		provenAs(t, s, me.Account, "p-minsu")
		_, one := demo(t, s, "official-gangnam")
		_, two := demo(t, s, "official2-gangnam")
		device, code := begun(t, s)
		fine(t, s.AskRegain(t.Context(), one, CounterProof{Code: code, Facts: minsu}))
		list, err := s.Regains(t.Context(), two)
		fine(t, err)
		number, err := s.ConfirmRegain(t.Context(), two, list[0].ID, minsu)
		fine(t, err)
		answers := make(chan error, 2)
		for range 2 {
			go func() {
				_, _, err := s.FinishRegain(t.Context(), device, Reentry{Number: number, Password: goodPassword + "!"}, "", home)
				answers <- err
			}()
		}
		won := 0
		for range 2 {
			if err := <-answers; err == nil {
				won++
			} else {
				want(t, err, kernel.NotFound, "identity.regain.gone")
			}
		}
		if won != 1 || acts(t, s, "identity.regain") != 1 {
			t.Errorf("%d took the account", won)
		}
	})
}

// Somebody whose account was made at a counter has no login name: they choose
// one. A demo person has nothing to get back, and a stranger no account.
func TestRegainWithoutLogin(t *testing.T) {
	s, _ := newService(t, storetest.SQLite(t, allTables...))
	ctx := t.Context()
	_, one := demo(t, s, "official-gangnam")
	_, two := demo(t, s, "official2-gangnam")
	_, code := begun(t, s)
	want(t, s.AskRegain(ctx, one, CounterProof{Code: code, Facts: minsu}), kernel.Conflict, "identity.regain.no_account")
	_, err := s.Receive(ctx, one, CounterProof{Facts: minsu}, func(context.Context, string) error { return nil })
	fine(t, err)
	want(t, s.AskRegain(ctx, one, CounterProof{Code: code, Facts: minsu}), kernel.Conflict, "identity.regain.try_out")
	fine(t, s.d.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE identity_account SET demo = '' WHERE person = 'p-minsu'`)
		return err
	}))
	register(t, s, "taken")
	device, code := begun(t, s)
	fine(t, s.AskRegain(ctx, one, CounterProof{Code: code, Facts: minsu}))
	list, err := s.Regains(ctx, two)
	fine(t, err)
	number, err := s.ConfirmRegain(ctx, two, list[0].ID, minsu)
	fine(t, err)
	g := Reentry{Number: number, Password: goodPassword}
	for login, key := range map[string]string{"": "identity.login.length", "taken": "identity.login.taken"} {
		g.Login = login
		_, _, err = s.FinishRegain(ctx, device, g, "", home)
		want(t, err, kernel.Invalid, key)
	}
	g.Login = "Minsu.New"
	_, back, err := s.FinishRegain(ctx, device, g, "", home)
	fine(t, err)
	if _, again := signIn(t, s, "minsu.new"); again.Account != back.Account || again.Person != "p-minsu" {
		t.Errorf("the login name leads to %+v", again)
	}
}

func TestRegainPages(t *testing.T) {
	s, w := site(t, true)
	fails := func(path string, code int, form url.Values) {
		t.Helper()
		status(t, w.Post(path, form), code)
	}
	_, me := register(t, s, "minsu")
	provenAs(t, s, me.Account, "p-minsu")
	for _, lang := range []string{"", "/en"} {
		status(t, w.Get(lang+"/recover"), 200)
	}
	status(t, w.Get("/recover/no-such"), 404)
	fails("/recover/no-such", 404, url.Values{"password": {goodPassword}})
	device := status(t, w.Post("/recover", nil), 303).Location()
	p := status(t, w.Get(device), 200)
	if p.Header.Get("Cache-Control") != "private, no-store" {
		t.Error("a cache may keep the code")
	}
	code := regexp.MustCompile(`[2-9A-Z]{4} [2-9A-Z]{4}`).FindString(p.Body)
	card := url.Values{"code": {code}, "name": {minsu.Name}, "sex": {minsu.Sex}, "region": {string(minsu.Region)},
		"birth-year": {"1990"}, "birth-month": {"3"}, "birth-day": {"4"}}
	fails("/counter/recovery", 303, card) // to sign in

	as := func(person string) { status(t, w.Post("/demo/sign-in", url.Values{"person": {person}}), 303) }
	as("official-gangnam")
	status(t, w.Get("/counter/recovery"), 200)
	fails("/counter/recovery", 422, url.Values{"birth-year": {"x"}})
	fails("/counter/recovery", 303, card)
	status(t, w.Get(device), 200)
	as("official2-gangnam")
	look := regexp.MustCompile(`/counter/recovery/[0-9a-f-]{36}`).FindString(status(t, w.Get("/counter/recovery"), 200).Body)
	for _, lang := range []string{"", "/en"} {
		status(t, w.Get(lang+look), 200)
	}
	fails(look, 422, url.Values{})
	number := regexp.MustCompile(`\d{3} \d{3}`).FindString(status(t, w.Post(look, card), 200).Body)
	fails(look, 404, card)
	fails(look+"/decline", 404, nil)

	status(t, w.Post("/sign-out", nil), 303)
	status(t, w.Get("/en"+device), 200)
	fails(device, 422, url.Values{"number": {"1"}, "password": {goodPassword + "!"}})
	if p := status(t, w.Post(device, url.Values{"number": {number}, "password": {goodPassword + "!"}}), 303); p.Location() != keysPath {
		t.Errorf("leads to %q", p.Location())
	}
	fails("/account/recovery/stop", 404, nil)
	status(t, w.Get(device), 404)
	for _, to := range []string{"/recover", device, "/en/recover/x"} {
		if next(to) != "/" {
			t.Errorf("signing in leads back to %s", to)
		}
	}
	for _, lang := range []string{"", "/en"} {
		status(t, w.Get(lang+"/account/session"), 200)
	}
	fails("/account/session", 303, nil)
}

// A thief begins and has somebody else show who they are at the address: nothing
// of it opens in another browser than the one that began, and the owner is told.
func TestRegainElsewhere(t *testing.T) {
	s, thief := site(t, true)
	victim := elsewhere(t, s, thief)
	_, me := register(t, s, "minsu")
	provenAs(t, s, me.Account, "p-minsu")
	begin := func(w *webtest.Site) string {
		t.Helper()
		p := status(t, w.Post("/recover", nil), 303)
		c := strings.Join(p.Header.Values("Set-Cookie"), "\n")
		secret := strings.TrimPrefix(p.Location(), "/recover/")
		for _, part := range []string{regainCookie + "=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="} {
			if !strings.Contains(c, part) {
				t.Errorf("cookie %q lacks %s", c, part)
			}
		}
		if strings.Contains(c, secret) {
			t.Error("the cookie is in the address")
		}
		return p.Location()
	}
	device := begin(thief)
	closed := func(w *webtest.Site, device string) {
		t.Helper()
		form := challengedAgain(t, status(t, thief.Get(device+"/mobile-id"), 200).Body, s)
		form.Set("password", goodPassword+"!")
		for _, path := range []string{device, device + "/mobile-id", device + "/mobile-id/back?" + form.Encode()} {
			for _, lang := range []string{"", "/en"} {
				if p := status(t, w.Get(lang+path), 403); strings.Contains(p.Body, `name="answer"`) || strings.Contains(p.Body, `name="password"`) || strings.Contains(p.Body, `class="receipt"`) {
					t.Errorf("%s says more than it should", path)
				}
			}
		}
		status(t, w.Post(device, form), 403)
		status(t, w.Post(device+"/mobile-id", form), 403)
	}
	closed(victim, device)
	begin(victim) // a request of one's own opens no other
	closed(victim, device)
	if n := acts(t, s, "identity.regain_mobile"); n != 0 {
		t.Fatalf("%d mobile IDs were taken elsewhere", n)
	}

	// In the browser that began it all goes on, and once confirmed only there.
	form := challengedAgain(t, status(t, thief.Get(device+"/mobile-id"), 200).Body, s)
	status(t, thief.Get(device+"/mobile-id/back?"+form.Encode()), 200)
	status(t, thief.Post(device+"/mobile-id", form), 303)
	password := url.Values{"password": {goodPassword + "!"}}
	status(t, victim.Get(device), 403)
	status(t, victim.Post(device, password), 403)
	status(t, victim.Post("/sign-in", url.Values{"login": {"minsu"}, "password": {goodPassword}}), 303)
	if p := status(t, victim.Get(keysPath), 200); !p.Has("누군가 모바일 신분증으로") || !p.Has("멈추기") {
		t.Error("the owner is not told, or cannot stop it")
	}
	p := status(t, thief.Post(device, password), 303)
	if c := strings.Join(p.Header.Values("Set-Cookie"), "\n"); p.Location() != keysPath || !strings.Contains(c, regainCookie+"=;") {
		t.Errorf("to %q with %q", p.Location(), c)
	}

	s.d.PublicURL = "https://maru.example.go.kr"
	if c := strings.Join(status(t, victim.Post("/recover", nil), 303).Header.Values("Set-Cookie"), "\n"); !strings.Contains(c, "__Host-"+regainCookie+"=") {
		t.Errorf("over TLS the cookie is %q", c)
	}
}

// The owner hears of a mobile ID that answered before a password is set, and can
// stop it.
func TestRegainByMobileIDIsTold(t *testing.T) {
	s, c := newService(t, storetest.SQLite(t, append(allTables, jobs.Migrations())...))
	ctx := t.Context()
	var told []contract.Recovery
	runner := jobs.New(s.d.DB, c, nil)
	s.d.Events = events.New(runner)
	s.d.Events.Subscribe(contract.Recovered, "test", func(_ context.Context, e events.Event) error {
		var r contract.Recovery
		err := json.Unmarshal(e.Data, &r)
		told = append(told, r)
		return err
	})
	_, me := register(t, s, "minsu")
	provenAs(t, s, me.Account, "p-minsu")
	s.d.MobileID = phone{Presented: Presented{Facts: minsu, Identity: 2, Level: 2}}
	device, _ := begun(t, s)
	r, err := s.Regain(ctx, device)
	fine(t, err)
	fine(t, s.RegainByMobileID(ctx, device, challenged(t, s, forMobileRegain, r.ID), "answer"))
	_, err = runner.RunDue(ctx)
	fine(t, err)
	if len(told) != 1 || told[0].Way != contract.WayAsked || told[0].Account != me.Account || told[0].Agency != "" {
		t.Fatalf("told %+v", told)
	}
	if x, err := s.RegainOf(ctx, me); err != nil || x.At.IsZero() || x.Agency != "" {
		t.Errorf("the owner sees %+v, %v", x, err)
	}
	fine(t, s.StopRegain(ctx, me))
	_, _, err = s.FinishRegain(ctx, device, Reentry{Password: goodPassword + "!"}, "", home)
	want(t, err, kernel.NotFound, "identity.regain.gone")
}
