package identity

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/web"
)

// phone presents whatever it was given.
type phone struct {
	Presented
	err error
}

func (phone) Start(_ context.Context, challenge, back string) (string, error) {
	return "https://wallet.example/?c=" + url.QueryEscape(challenge) + "&back=" + url.QueryEscape(back), nil
}

func (p phone) Present(context.Context, string, string) (Presented, error) { return p.Presented, p.err }

// challenged is the challenge with which somebody goes to the scheme.
func challenged(t testing.TB, s *Service, purpose string, bound kernel.ID) (challenge string) {
	t.Helper()
	_, err := s.startMobile(context.Background(), purpose, bound, func(c string) string {
		challenge = c
		return "/back"
	})
	fine(t, err)
	return challenge
}

func TestMobileID(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := t.Context()
		secret, me := register(t, s, "minsu")
		good := Presented{Facts: minsu, Identity: 2, Level: 3}
		prove := func(p phone) error {
			s.d.MobileID = p
			return s.ProveByMobileID(ctx, me, challenged(t, s, forMobileProof, me.Session), "answer")
		}
		want(t, prove(phone{err: kernel.E(kernel.Invalid, "identity.mobile.refused", errors.New("signature"))}), kernel.Invalid, "identity.mobile.refused")
		want(t, prove(phone{Presented: Presented{Facts: PersonFacts{Name: "남"}, Identity: 2, Level: 2}}), kernel.Invalid, "identity.proof.no_match")
		want(t, prove(phone{Presented: Presented{Facts: minsu, Identity: 1, Level: 2}}), kernel.Forbidden, "identity.mobile.too_low")
		want(t, prove(phone{Presented: Presented{Facts: minsu, Identity: 2, Level: 1}}), kernel.Forbidden, "identity.mobile.too_low")
		s.d.MobileID = phone{Presented: good}
		_, stranger := register(t, s, "stranger")
		once := challenged(t, s, forMobileProof, me.Session)
		late := challenged(t, s, forMobileProof, me.Session)
		for what, err := range map[string]error{
			"no answer":           s.ProveByMobileID(ctx, me, once, ""),
			"a huge one":          s.ProveByMobileID(ctx, me, once, strings.Repeat("x", maxMobile+1)),
			"an invented one":     s.ProveByMobileID(ctx, me, "AAAA", "answer"),
			"another's challenge": s.ProveByMobileID(ctx, stranger, once, "answer"),
			"another purpose's":   s.ProveByMobileID(ctx, me, challenged(t, s, forMobileConfirm, me.Session), "answer"),
		} {
			if !kernel.Is(err, kernel.Invalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		want(t, s.ProveByMobileID(ctx, authz.Actor{Account: me.Account, Token: true}, once, "answer"), kernel.Forbidden, "identity.session_only")
		fine(t, s.ProveByMobileID(ctx, me, once, "answer"))
		want(t, s.ProveByMobileID(ctx, me, once, "answer"), kernel.Invalid, "identity.mobile.refused") // replayed
		c.Advance(challengeTime)
		want(t, s.ProveByMobileID(ctx, me, late, "answer"), kernel.Invalid, "identity.passkey.late")
		if me = who(t, s, secret); me.Person != "p-minsu" || me.Proof.Level != 1 {
			t.Fatalf("linked as %+v", me)
		}
		want(t, prove(phone{Presented: good}), kernel.Conflict, "identity.proof.already")

		// It confirms what weighs most, by its own owner only.
		want(t, s.RequireFresh(ctx, me, web.FreshAct), kernel.Unauthorized, "identity.confirm.needed")
		confirm := func(a authz.Actor, old string, facts PersonFacts) (string, authz.Actor, error) {
			s.d.MobileID = phone{Presented: Presented{Facts: facts, Identity: 2, Level: 3}}
			return s.Confirm(ctx, a, old, Confirmation{MobileID: "answer", Challenge: challenged(t, s, forMobileConfirm, a.Session)}, home)
		}
		_, _, err := confirm(stranger, "x", minsu)
		want(t, err, kernel.Forbidden, "identity.mobile.unproven")
		provenAs(t, s, stranger.Account, "p-other")
		stranger.Person = "p-other"
		_, _, err = confirm(stranger, "x", minsu)
		want(t, err, kernel.Invalid, "identity.mobile.other")
		s.d.Policy.SecondFactor = true
		_, me, err = confirm(me, secret, minsu)
		fine(t, err)
		if me.Proof.Level != 2 || !hasMethod(me, methodMobile) {
			t.Errorf("proven by %+v", me.Proof)
		}
		fine(t, s.RequireFresh(ctx, me, web.FreshAct))
	})
}

// With a mobile ID an account is given back without a counter, and what weighs
// most waits all the same.
func TestRegainByMobileID(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := t.Context()
		_, me := register(t, s, "minsu")
		s.d.MobileID = phone{Presented: Presented{Facts: minsu, Identity: 2, Level: 2}}
		device, _ := begun(t, s)
		r, err := s.Regain(ctx, device)
		fine(t, err)
		want(t, s.RegainByMobileID(ctx, device, challenged(t, s, forMobileRegain, r.ID), "answer"), kernel.Conflict, "identity.regain.no_account")
		provenAs(t, s, me.Account, "p-minsu")
		want(t, s.RegainByMobileID(ctx, device, challenged(t, s, forMobileRegain, "another"), "answer"), kernel.Invalid, "identity.mobile.refused")
		fine(t, s.RegainByMobileID(ctx, device, challenged(t, s, forMobileRegain, r.ID), "answer"))
		want(t, s.RegainByMobileID(ctx, device, challenged(t, s, forMobileRegain, r.ID), "answer"), kernel.NotFound, "identity.regain.gone")
		session, _, err := s.FinishRegain(ctx, device, Reentry{Password: goodPassword + "!"}, "", home)
		fine(t, err)
		back := who(t, s, session)
		want(t, s.RequireFresh(ctx, back, web.FreshAct), kernel.Forbidden, "identity.cooling")
		_, back, err = s.Confirm(ctx, back, session, Confirmation{MobileID: "answer", Challenge: challenged(t, s, forMobileConfirm, back.Session)}, home)
		fine(t, err)
		want(t, s.RequireFresh(ctx, back, web.FreshAct), kernel.Forbidden, "identity.cooling")
		c.Advance(coolingTime - time.Minute)
	})
}

// The try-out plays a phone, whose answers hold for one challenge; a server has
// no such page and no scheme.
func TestTryOutMobileID(t *testing.T) {
	s, w := site(t, true)
	status(t, w.Post("/register", url.Values{"login": {"minsu"}, "name": {"김민수"}, "password": {goodPassword}}), 303)
	var forms []url.Values
	for _, lang := range []string{"", "/en"} {
		p := status(t, w.Get(lang+"/account/mobile-id"), 200)
		to := strings.ReplaceAll(regexp.MustCompile(`href="([^"]*/demo/mobile-id[^"]*)"`).FindStringSubmatch(p.Body)[1], "&amp;", "&")
		status(t, w.Get(to), 200)
		u, err := url.Parse(to)
		fine(t, err)
		form := u.Query()
		form.Set("person", "p-minsu")
		back := status(t, w.Post(lang+"/demo/mobile-id", form), 303).Location()
		if !strings.HasPrefix(back, lang+"/account/mobile-id/back?") {
			t.Fatalf("back to %q", back)
		}
		status(t, w.Get(back), 200)
		u, err = url.Parse(back)
		fine(t, err)
		forms = append(forms, u.Query())
		form.Set("person", "nobody")
		status(t, w.Post("/demo/mobile-id", form), 422)
		for _, evil := range []string{"https://evil.example/x", "//evil.example/x", "https://evil.example//evil.example", "\\evil"} {
			form.Set("person", "p-minsu")
			form.Set("back", evil)
			if to := status(t, w.Post("/demo/mobile-id", form), 303).Location(); strings.HasPrefix(to, "//") || !strings.HasPrefix(to, "/") {
				t.Errorf("back %q leads to %q", evil, to)
			}
		}
	}
	swapped := url.Values{"challenge": forms[0]["challenge"], "answer": forms[1]["answer"]}
	status(t, w.Post("/account/mobile-id", swapped), 422)
	status(t, w.Post("/account/mobile-id", url.Values{"challenge": forms[1]["challenge"], "answer": {"made up"}}), 422)
	form := challengedAgain(t, w.Get("/account/mobile-id").Body, s)
	if p := status(t, w.Post("/account/mobile-id", form), 303); p.Location() != "/account" {
		t.Errorf("leads to %q", p.Location())
	}
	if _, me := signIn(t, s, "minsu"); me.Person != "p-minsu" {
		t.Error("not linked")
	}
	status(t, w.Get("/account/mobile-id?for=confirm&next=//evil"), 200)

	closed, w := site(t, false)
	closed.d.MobileID = nil
	status(t, w.Get("/demo/mobile-id"), 404)
	status(t, w.Post("/register", url.Values{"login": {"minsu"}, "name": {"김민수"}, "password": {goodPassword}}), 303)
	status(t, w.Get("/account/mobile-id"), 503)
	status(t, w.Post("/account/mobile-id", url.Values{"challenge": {"x"}, "answer": {"x"}}), 503)
	d := deps(t, closed.d.DB, closed.d.Keys, closed.d.Clock)
	if d.Demo = false; New(d).MobileIDs() {
		t.Error("a server plays a mobile ID")
	}
}

// challengedAgain answers the challenge in a page's link.
func challengedAgain(t *testing.T, body string, s *Service) url.Values {
	t.Helper()
	challenge := regexp.MustCompile(`challenge=([A-Za-z0-9_-]+)`).FindStringSubmatch(body)[1]
	answer, err := tryOutID{s.d.Keys, world{}}.answer(challenge, "p-minsu")
	fine(t, err)
	return url.Values{"challenge": {challenge}, "answer": {answer}}
}
