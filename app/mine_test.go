package app

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"maru/domain/benefit"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/api/apitest"
	"maru/platform/authz"
	"maru/platform/clock"
)

func openDemo(t *testing.T, day string) *App {
	t.Helper()
	c := clock.NewManual(kernel.TimeOf(kernel.MustDate(day).In(kernel.Seoul)))
	a, err := Open(t.Context(), Config{Data: t.TempDir(), demo: true}, c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// example is a value that a fact can have.
func example(f *contract.Fact) kernel.Value {
	switch f.Type {
	case "bool":
		return kernel.BoolOf(true)
	case "int":
		return kernel.IntOf(7)
	case "date":
		return kernel.DateValueOf(kernel.MustDate("1955-03-01"))
	case "enum":
		return kernel.TextOf(f.Members[0])
	case "code":
		return kernel.TextOf("11110")
	}
	return kernel.Value{}
}

// TestBenefitDrafts begins an application for every programme that can be
// applied for here: what was told of a fact answers each question that asks for
// it, and gives way to what registers know.
func TestBenefitDrafts(t *testing.T) {
	a := openDemo(t, "2026-03-03")
	pack := a.catalog.Active()
	told := map[string]benefit.Statement{}
	wanted, err := a.benefit.Wanted()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range wanted {
		if v := example(pack.Facts[id]); v.Known() {
			told[id] = benefit.Statement{Fact: id, Value: v, On: kernel.MustDate("2026-03-01")}
		}
	}
	begun, filled := 0, 0
	for _, id := range pack.Order {
		svc := pack.Services[id]
		if svc.Benefit == nil {
			continue
		}
		who := authz.Actor{Account: kernel.RandomID(), Person: a.registry.World().Situations()[0].Person, Name: "김마루"}
		path, err := drafts{a.casework}.Begin(t.Context(), who, id, told)
		if !svc.Online {
			if !kernel.Is(err, kernel.Conflict) {
				t.Errorf("%s, which ends at an office: %v", id, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		begun++
		draft, consent := strings.CutSuffix(strings.TrimPrefix(path, "/applications/"), "/consent")
		if !consent {
			t.Errorf("%s: registers are not asked for: %s", id, path)
		}
		c, err := a.casework.Open(t.Context(), who, kernel.ID(draft))
		if err != nil {
			t.Fatal(err)
		}
		for i := range svc.Questions {
			q := &svc.Questions[i]
			st, known := told[q.Fact]
			if !known || q.Of != "" {
				if _, marked := c.Content.Told[q.ID]; marked {
					t.Errorf("%s.%s was told by nobody", id, q.ID)
				}
				continue
			}
			filled++
			if got := c.Content.Answers[q.ID]; got.Text() != st.Value.Text() || c.Content.Told[q.ID] != st.On {
				t.Errorf("%s.%s: %q, told %q", id, q.ID, got.Text(), st.Value.Text())
			}
		}
		if err := a.casework.Agree(t.Context(), who, c.ID); err != nil {
			t.Fatal(err)
		}
		if c, err = a.casework.Open(t.Context(), who, c.ID); err != nil {
			t.Fatal(err)
		}
		for q, src := range c.Content.Sources {
			if _, still := c.Content.Told[q]; still || src.Disputed {
				t.Errorf("%s.%s: what was told stands against the register", id, q)
			}
		}
		// Beginning again leads to the same draft and changes no answer.
		again, err := a.casework.Start(t.Context(), who, id)
		if err != nil || again != c.ID {
			t.Errorf("%s: again %s, %v", id, again, err)
		}
	}
	if begun < 5 || filled < 10 {
		t.Errorf("%d programmes, %d answers", begun, filled)
	}
}

// TestMineOfEverybody: whoever agrees in the sample world is decided from what
// their consent names, and without it not at all.
func TestMineOfEverybody(t *testing.T) {
	a := openDemo(t, "2026-03-03")
	my := homes{a.mydata, a.texts}
	var people []string
	for _, s := range a.registry.World().Situations() {
		people = append(people, s.Person)
	}
	people = append(people, a.registry.World().IDs()[:150]...)
	wanted, err := a.benefit.Wanted()
	if err != nil {
		t.Fatal(err)
	}
	sure := 0
	for _, p := range people {
		who := authz.Actor{Account: "a-" + kernel.ID(p), Person: p}
		if id, err := my.Agreed(t.Context(), p); err != nil {
			t.Fatal(err)
		} else if id == "" {
			if _, err := a.benefit.Known(t.Context(), p); !kernel.Is(err, kernel.Forbidden) {
				t.Fatalf("%s without consent: %v", p, err)
			}
		}
		offer, err := my.Offer(t.Context(), who)
		if err != nil || !slices.Equal(offer.Facts, wanted) {
			t.Fatalf("offer %v, %v", offer.Facts, err)
		}
		if err := my.Agree(t.Context(), who, offer.Pack, true); err != nil {
			t.Fatal(err)
		}
		k, err := a.benefit.Known(t.Context(), p)
		if err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		if k.Persons[k.Self] != p || len(k.New) != 0 || len(k.Members) != len(k.Persons) {
			t.Errorf("%s: self %s of %v", p, k.Self, k.Persons)
		}
		for ref := range k.Held {
			_, fact, _ := strings.Cut(ref, ".")
			if fact != "relation_to_head" && !slices.Contains(wanted, fact) {
				t.Errorf("%s was read", ref)
			}
		}
		for i := range k.Answer.Results {
			if k.Answer.Results[i].Confidence == benefit.Entitled {
				sure++
			}
		}
	}
	if sure == 0 {
		t.Error("nobody is entitled to anything")
	}
}

// TestMineOverAPI: the token's person, by their own consent.
func TestMineOverAPI(t *testing.T) {
	a := openDemo(t, "2026-03-03")
	call := func(method, path, token, body string) (int, string) {
		code, out := apitest.Of(t, a.Handler()).As(token).Under(fmt.Sprintf("once-%d", len(body))).Do(method, path, body)
		return code, string(out)
	}
	token, err := a.identity.SignInDemo(t.Context(), a.registry.World().Situations()[0].Person)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, method, path, token, body string
		status                          int
		says                            string
	}{
		{"nobody", "GET", "/benefits/mine", "", "", http.StatusUnauthorized, ""},
		{"a made-up token", "GET", "/benefits/mine", "maru_nonsense", "", http.StatusUnauthorized, ""},
		{"without consent", "GET", "/benefits/mine?lang=en", token, "", http.StatusForbidden, a.texts.T(kernel.EN, "benefit.error.consent_needed")},
		{"agreeing", "POST", "/consents", token, `{"service": "benefits"}`, http.StatusCreated, `"status":"active"`},
		{"with consent", "GET", "/benefits/mine?lang=en", token, "", http.StatusOK, `"basic-pension":{"title":"Basic pension"`},
		{"nothing sensitive without an act of its own", "GET", "/consents", token, "", http.StatusOK, `"sensitive":[],"declined":["`},
		{"what is sensitive, apart", "POST", "/consents", token, `{"service": "benefits", "sensitive": true}`, http.StatusCreated, `"declined":[]`},
		{"who they are", "GET", "/benefits/mine", token, "", http.StatusOK, `"self":"p`},
	} {
		if code, body := call(c.method, c.path, c.token, c.body); code != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d %s", c.name, code, body)
		}
	}
}
