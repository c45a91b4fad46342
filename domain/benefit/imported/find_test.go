package imported

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"maru/domain/audit"
	"maru/domain/benefit/gov24"
	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/situation"
	"maru/kernel"
	"maru/platform/store/storetest"
)

// built is a service that serves a catalogue.
func built(t testing.TB, c gov24.Catalogue) *Service {
	t.Helper()
	s, _, _ := service(t, storetest.SQLite(t, audit.Migrations(), Migrations()))
	if _, err := s.Import(t.Context(), operator, order(c)); err != nil {
		t.Fatal(err)
	}
	if err := s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// alone is somebody who lives alone.
func alone(facts map[string]kernel.Value) situation.Situation {
	return situation.Situation{Date: kernel.MustDate("2026-10-15"), Household: map[string]kernel.Value{"household_size": kernel.IntOf(1)},
		Members: []situation.Member{{ID: "p1", Facts: facts}}}
}

func born(day, region string) map[string]kernel.Value {
	out := map[string]kernel.Value{"birth_date": kernel.DateValueOf(kernel.MustDate(day))}
	if region != "" {
		out["region"] = kernel.TextOf(region)
	}
	return out
}

// everything pages through a whole list.
func everything(t interface{ Fatal(...any) }, s *snapshot, in situation.Situation, q Query) []Item {
	var out []Item
	for q.Limit = 90; ; {
		found, err := s.find(in, q)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, found.Items...)
		if found.Next == 0 {
			if len(out) != found.Total {
				t.Fatal(fmt.Sprintf("%d items of %d", len(out), found.Total))
			}
			return out
		}
		q.From = found.Next
	}
}

// TestAgreesWithClosures: for households drawn at random the two lists hold
// exactly the programmes that package closure does not rule out for some member,
// with its verdicts, on the day of the index and on any other; nobody is told
// more than likely.
func TestAgreesWithClosures(t *testing.T) {
	s := built(t, madeUp(t, 3, 600)).now.Load()
	general := 0
	rapid.Check(t, func(t *rapid.T) {
		in := ruletest.Situations(s.law).Draw(t, "household")
		if rapid.Bool().Draw(t, "today") {
			in.Date, in.KnownOn = s.day, kernel.Date{}
		}
		if rapid.Bool().Draw(t, "placed") {
			in.Members[0].Facts["region"] = kernel.TextOf(rapid.SampledFrom([]string{"12110", "11170", "41111", "36110", "28275", "28260"}).Draw(t, "region"))
		}
		f := frame.New(s.law)
		w := worker{frame: f}
		if err := w.take(in); err != nil {
			t.Fatal(err)
		}
		scratch := s.machine.Scratch()
		scratch.Begin(s.law.At(in.Date, in.KnownOn), f)
		var v closure.Verdicts
		scratch.Decide(&v)
		want := map[string]situation.Tri{}
		for i := range s.list {
			best := situation.No
			for _, one := range v.Of(s.first() + i) {
				switch one.Eligible {
				case closure.Yes:
					best = situation.Yes
				case closure.Unknown:
					best = max(best, situation.Unknown)
				}
			}
			if best != situation.No {
				want[s.list[i].ID] = best
			}
		}
		got := map[string]situation.Tri{}
		for _, apart := range []bool{false, true} {
			seen := situation.Yes
			for _, item := range everything(t, s, in, Query{Apart: apart}) {
				if _, twice := got[item.ID]; twice {
					t.Fatalf("%s stands twice", item.ID)
				}
				got[item.ID] = item.Eligible
				if item.Eligible > seen {
					t.Fatalf("%s: what may hold stands before what holds", item.ID)
				}
				seen = item.Eligible
				check(t, in, item, apart)
				if apart {
					general++
				}
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%d programmes, want %d", len(got), len(want))
		}
		for id, verdict := range want {
			if got[id] != verdict {
				t.Fatalf("%s: %s, want %s", id, got[id], verdict)
			}
		}
	})
	if general == 0 {
		t.Error("nothing was ever listed apart")
	}
}

// check holds an item to what it must be.
func check(t *rapid.T, in situation.Situation, item Item, apart bool) {
	all := slices.Min(item.Conditions)
	switch {
	case item.Sure != Likely && item.Sure != AskOffice, apart && item.Sure != AskOffice:
		t.Fatalf("%s is %s", item.ID, item.Sure)
	case apart != (general(item.Programme) || item.Unlocated):
		t.Fatalf("%s is in the wrong list", item.ID)
	case all != item.Eligible:
		t.Fatalf("%s: %s though its conditions are %v", item.ID, item.Eligible, item.Conditions)
	case (item.Eligible == situation.Unknown) != (len(item.Missing) > 0):
		t.Fatalf("%s: %s lacks %v", item.ID, item.Eligible, item.Missing)
	case item.Member < 0 || item.Member >= len(in.Members):
		t.Fatalf("%s fits member %d", item.ID, item.Member)
	}
}

// TestRanking: near before far, known before unknown, specific before general.
func TestRanking(t *testing.T) {
	var c gov24.Catalogue
	add := func(id, kind, agency string, from int, codes ...string) {
		s, row := entry(id, codes...)
		s.AgencyType, s.Agency, row.AgeFrom = kind, agency, from
		c.Services, c.Conditions = append(c.Services, s), append(c.Conditions, row)
	}
	add("Z1", gov24.Ministry, "가람부", 60)
	add("Z2", gov24.Municipality, "전라남도 목포시", 60)
	add("Z3", gov24.ProvinceBody, "전라남도", 60, "JA0404")
	add("Z4", gov24.Municipality, "전라남도 목포시", 60, "JA0404")
	add("Z5", gov24.Municipality, "전라남도 목포시", 60, "JA0328")
	add("Z6", gov24.Municipality, "서울특별시 용산구", 60)
	add("Z7", gov24.Municipality, "전라남도 목포시", -1)
	add("Z8", gov24.LocalCorporation, "중구시설관리공단", 60)
	add("Z9", gov24.Ministry, "가람부", -1)
	add("ZA", gov24.Ministry, "가람부", -1, "JA0329")
	s := built(t, c).now.Load()
	ids := func(q Query, in situation.Situation) (out []string) {
		for _, item := range everything(t, s, in, q) {
			out = append(out, item.Service.ID)
		}
		return out
	}
	at := alone(born("1955-03-01", "12110"))
	for _, x := range []struct {
		name string
		in   situation.Situation
		q    Query
		want []string
	}{
		{"all", at, Query{}, []string{"Z4", "Z2", "Z3", "Z1", "Z5", "ZA"}},
		{"near", at, Query{Near: true}, []string{"Z4", "Z2", "Z3", "Z1", "Z5"}},
		{"apart", at, Query{Apart: true}, []string{"Z7", "Z8", "Z9"}},
		{"no place", alone(born("1955-03-01", "")), Query{Near: true}, []string{"Z1"}},
		{"no place, all", alone(born("1955-03-01", "")), Query{}, []string{"Z1", "ZA", "Z3", "Z4", "Z2", "Z6", "Z5"}},
		{"young", alone(born("2000-03-01", "12110")), Query{}, []string{"ZA"}},
	} {
		if got := ids(x.q, x.in); !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", x.name, got, x.want)
		}
	}
	// Of a family, the one counts whom it fits.
	family := alone(born("2000-03-01", "12110"))
	family.Members = append(family.Members, situation.Member{ID: "p2", Facts: born("1950-01-01", "")})
	family.Household["household_size"] = kernel.IntOf(2)
	for _, item := range everything(t, s, family, Query{}) {
		if item.Service.ID == "Z2" && (item.Member != 1 || item.Eligible != situation.Yes) {
			t.Errorf("the older one: %+v", item)
		}
	}
}

// TestBadHousehold: what is wrong with an input is said; nothing panics.
func TestBadHousehold(t *testing.T) {
	s := built(t, catalogueWith(3, nil))
	in := alone(map[string]kernel.Value{"height": kernel.IntOf(2)})
	if _, err := s.Find(t.Context(), in, Query{}); !kernel.Is(err, kernel.Invalid) {
		t.Error(err)
	}
	for _, q := range []Query{{From: -5, Limit: -5}, {From: 1 << 40, Limit: 1 << 40}} {
		if _, err := s.Find(t.Context(), alone(nil), q); err != nil {
			t.Error(err)
		}
	}
}

func TestSearch(t *testing.T) {
	s := built(t, madeUp(t, 5, 400))
	list, next, v, err := s.Search(t.Context(), "난방비", 0, 3)
	if err != nil || len(list) != 3 || next != 3 || v.Number != 1 {
		t.Fatalf("%d found, next %d, %v %v", len(list), next, v, err)
	}
	more, _, _, err := s.Search(t.Context(), "난방비", next, 3)
	if err != nil || len(more) == 0 || more[0].ID == list[0].ID {
		t.Errorf("%v %v", more, err)
	}
	for _, bad := range []string{string(make([]rune, 101)), "\xff"} {
		if _, _, _, err := s.Search(t.Context(), bad, 0, 3); !kernel.Is(err, kernel.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if none, _, _, err := s.Search(t.Context(), " ", 0, 3); err != nil || len(none) != 0 {
		t.Errorf("%v %v", none, err)
	}
}

// TestRebuildsAtOnce: while people ask, versions, packs and days change; each answer
// is whole and of one version, and many who want to build make one build.
func TestRebuildsAtOnce(t *testing.T) {
	s, p, c := service(t, storetest.SQLite(t, audit.Migrations(), Migrations()))
	mustImport(t, s, catalogueWith(9, nil))
	if err := s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var readers, builders sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				in := alone(born("1955-03-01", "12110"))
				in.Members[0].Facts["disability"] = kernel.TextOf("severe")
				found, err := s.Find(t.Context(), in, Query{Limit: 50})
				if err != nil || found.Total != found.Version.Programmes || len(found.Items) != found.Total {
					t.Errorf("%+v %v", found, err)
					return
				}
			}
		})
	}
	for n := range 4 {
		mustImport(t, s, catalogueWith(5+n, nil))
		p.change(fmt.Sprint("pack ", n))
		c.Advance(24 * time.Hour)
		for range 3 {
			builders.Go(func() {
				if err := s.Refresh(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		builders.Wait()
		now := s.now.Load()
		if now.version.Number != int64(n+2) || now.pack != p.PackHash() || now.day != c.Now().DateIn(kernel.Seoul) {
			t.Errorf("serves version %d, %s, %s", now.version.Number, now.pack, now.day)
		}
		if err := s.Refresh(t.Context()); err != nil || s.now.Load() != now {
			t.Errorf("built again though nothing changed: %v", err)
		}
	}
	c.Advance(24 * time.Hour)
	before := s.now.Load()
	if err := s.Refresh(t.Context()); err != nil || s.now.Load().day == before.day || s.now.Load().compiled != before.compiled {
		t.Errorf("another day compiles anew, or is not noticed: %v", err)
	}
	close(stop)
	readers.Wait()
}
