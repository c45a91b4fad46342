package identity

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/store"
	"maru/platform/web"
)

// A mobile ID signs its owner in, in the browser that began, once, and makes no
// account of its own.
func TestSignInByMobileID(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := t.Context()
		s.d.MobileID = phone{Presented: Presented{Facts: minsu, Identity: 2, Level: 3}}
		device, other := newDevice(), newDevice()
		begin := func(device string) string { return challenged(t, s, forMobileSignIn, deviceID(device)) }
		enter := func(device, challenge string) (string, error) {
			secret, _, err := s.SignInByMobileID(ctx, device, challenge, "answer", "", home)
			return secret, err
		}
		// Nobody's account: none is made, and it says who it was.
		var missing *NoAccountError
		if _, err := enter(device, begin(device)); !errors.As(err, &missing) || missing.Name != minsu.Name {
			t.Fatalf("without an account: %v", err)
		}
		var accounts int
		fine(t, s.d.DB.View(ctx, func(tx *store.Tx) error { return tx.QueryRow(`SELECT count(*) FROM identity_account`).Scan(&accounts) }))
		if accounts != 0 {
			t.Fatalf("%d accounts were made", accounts)
		}
		good := Credentials{Login: "minsu", Name: "가상민수", Password: goodPassword}
		for what, x := range map[string][2]string{"another browser": {other, missing.Proven}, "no browser": {"", missing.Proven}, "invented": {device, "AAAA"}, "cut": {device, missing.Proven[:20]}} {
			if _, err := s.RegisterProven(ctx, good, x[0], x[1], home); !kernel.Is(err, kernel.Invalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		id, err := s.RegisterProven(ctx, good, device, missing.Proven, home)
		fine(t, err)
		a, err := s.Account(ctx, id)
		fine(t, err)
		if a.Person != "p-minsu" || acts(t, s, "identity.prove") != 1 {
			t.Fatalf("made %+v", a)
		}
		// Again it makes nothing: one person has one account.
		_, err = s.RegisterProven(ctx, Credentials{Login: "second", Name: "남", Password: goodPassword}, device, missing.Proven, home)
		want(t, err, kernel.Conflict, "identity.proof.taken")
		want(t, third(s.SignIn(ctx, "second", goodPassword, "", home)), kernel.Invalid, "identity.sign_in.wrong")

		once := begin(device)
		for what, x := range map[string][2]string{
			"another browser":   {other, once},
			"no browser":        {"", once},
			"another purpose's": {device, challenged(t, s, forMobileConfirm, deviceID(device))},
			"an invented one":   {device, "AAAA"},
		} {
			if _, err := enter(x[0], x[1]); !kernel.Is(err, kernel.Invalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		old, _ := signIn(t, s, "minsu")
		secret, actor, err := s.SignInByMobileID(ctx, device, once, "answer", old, home)
		fine(t, err)
		if actor.Account != id || secret == old {
			t.Errorf("signed in as %+v", actor)
		}
		me := who(t, s, secret)
		if me.Proof.Level != 2 || !hasMethod(me, methodMobile) || s.RequireFresh(ctx, me, web.FreshAct) != nil {
			t.Errorf("proven by %+v", me.Proof)
		}
		c.Advance(cacheTime)
		_, err = s.AuthenticateSession(ctx, old)
		want(t, err, kernel.Unauthorized, "error.sign_in")
		_, err = enter(device, once)
		want(t, err, kernel.Invalid, "identity.mobile.refused") // replayed

		// After a recovery it waits as everything young does.
		fine(t, s.d.DB.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE identity_account SET cooling_until = $1 WHERE id = $2`, int64(s.now().Add(coolingTime)), string(id))
			return err
		}))
		secret, err = enter(device, begin(device))
		fine(t, err)
		want(t, s.RequireFresh(ctx, who(t, s, secret), web.FreshAct), kernel.Forbidden, "identity.cooling")

		// Staff sign in as staff do.
		fine(t, s.d.DB.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE identity_account SET kind = 'staff' WHERE id = $1`, string(id))
			return err
		}))
		_, err = enter(device, begin(device))
		want(t, err, kernel.Forbidden, "identity.mobile.staff")
		// Somebody whom it proves for too little is nobody.
		s.d.MobileID = phone{Presented: Presented{Facts: minsu, Identity: 2, Level: 1}}
		_, err = enter(device, begin(device))
		want(t, err, kernel.Forbidden, "identity.mobile.too_low")
		for range 60 {
			_, err = enter(device, "AAAA")
		}
		want(t, err, kernel.Limited, "identity.too_often")
	})
}

func third(_ string, _ any, err error) error { return err }

// What a mobile ID proved is over after a while, and whoever is proven but
// unregistered is told to begin again.
func TestProvenEnds(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		device := newDevice()
		proven, err := s.sealProven(device, provenPerson{"p-minsu", "가상민수", 2, s.now().Add(provenTime)})
		fine(t, err)
		c.Advance(provenTime)
		_, err = s.RegisterProven(t.Context(), Credentials{Login: "minsu", Name: "가상민수", Password: goodPassword}, device, proven, home)
		want(t, err, kernel.Invalid, "identity.mobile.proven_over")
	})
}

// The pages: coming back shows a button and does nothing, another browser is told
// why not, and no return path leads away.
func TestMobileSignInPages(t *testing.T) {
	s, w := site(t, true)
	if p := status(t, w.Get("/sign-in?next=/account"), 200); !strings.Contains(p.Body, "/sign-in/mobile-id?") {
		t.Error("signing in does not offer it")
	}
	link := regexp.MustCompile(`href="([^"]*/demo/mobile-id[^"]*)"`)
	begin := func(path string) url.Values {
		p := status(t, w.Get(path), 200)
		m := link.FindStringSubmatch(p.Body)
		if m == nil {
			t.Fatal("no link to the scheme")
		}
		u, err := url.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
		fine(t, err)
		back, err := url.Parse(u.Query().Get("back"))
		fine(t, err)
		form := back.Query()
		answer, err := tryOutID{s.d.Keys, world{}}.answer(u.Query().Get("challenge"), "p-minsu")
		fine(t, err)
		form.Set("answer", answer)
		return form
	}
	for _, lang := range []string{"", "/en"} {
		form := begin(lang + "/sign-in/mobile-id?next=//evil.example")
		status(t, w.Get(lang+"/sign-in/mobile-id/back?"+form.Encode()), 200)
		if len(w.Get("/account").Location()) == 0 {
			t.Fatal("coming back signed somebody in")
		}
		p := status(t, w.Post(lang+"/sign-in/mobile-id", form), 200)
		if !p.Has(minsu.Name) || !strings.Contains(p.Body, `name="proven"`) {
			t.Error("no account, and not led to making one")
		}
	}
	form := begin("/sign-in/mobile-id?next=/account/keys")
	// A link to the scheme that somebody sent: the one who answers is in another
	// browser, which began nothing, or something of its own.
	sent := elsewhere(t, s, w)
	for range 2 {
		if p := sent.Get("/sign-in/mobile-id/back?" + form.Encode()); p.Status == 200 && !strings.Contains(p.Body, `name="answer"`) {
			t.Error("coming back shows neither a button nor why not")
		}
		status(t, sent.Post("/sign-in/mobile-id", form), 422)
		status(t, sent.Get("/account"), 303)
		status(t, sent.Get("/sign-in/mobile-id"), 200)
	}
	p := status(t, w.Post("/sign-in/mobile-id", form), 200)
	proven := regexp.MustCompile(`name="proven" value="([^"]+)"`).FindStringSubmatch(p.Body)[1]
	account := url.Values{"login": {"minsu"}, "name": {"가상민수"}, "password": {"short"}, "proven": {proven}}
	if p := status(t, w.Post("/register", account), 422); !strings.Contains(p.Body, proven) || !p.Has(minsu.Name) {
		t.Error("a mistake in the form loses who it was")
	}
	account.Set("password", goodPassword)
	status(t, w.Post("/register", account), 303)
	if _, me := signIn(t, s, "minsu"); me.Person != "p-minsu" {
		t.Error("not linked")
	}
	status(t, w.Post("/sign-out", nil), 303)
	form = begin("/sign-in/mobile-id?next=/account/keys")
	if p := status(t, w.Post("/sign-in/mobile-id", form), 303); p.Location() != "/account/keys" {
		t.Errorf("leads to %q", p.Location())
	}
	status(t, w.Get("/account"), 200)
	status(t, w.Post("/sign-out", nil), 303)
	status(t, w.Post("/sign-in/mobile-id", form), 422) // replayed

	closed, w := site(t, false)
	closed.d.MobileID = nil
	if p := status(t, w.Get("/sign-in"), 200); strings.Contains(p.Body, "mobile-id") {
		t.Error("offered where none is connected")
	}
	status(t, w.Get("/sign-in/mobile-id"), 503)
	status(t, w.Post("/sign-in/mobile-id", url.Values{"challenge": {"x"}, "answer": {"x"}}), 503)
}
