package mydata_test

import (
	"context"
	"testing"

	"maru/domain/audit"
	catalog "maru/domain/catalog/contract"
	"maru/domain/mydata"
	"maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

// richShelf is a service that reads a household's debt beside a name.
type richShelf struct{ shelf }

func (s richShelf) Fact(id string) (*catalog.Fact, bool) {
	f, ok := s.shelf.Fact(id)
	if ok && id == "debt" {
		f.Entity, f.Sensitivity = "household", "financial"
	}
	return f, ok
}

// family is a register of three: two adults and a minor.
type family struct{}

func (family) Facts(_ context.Context, _ string, facts []string) (map[string]mydata.Fact, error) {
	out := map[string]mydata.Fact{}
	for _, f := range facts {
		out[f] = mydata.Fact{Value: kernel.IntOf(7), Registry: "r"}
	}
	return out, nil
}

func (family) Household(context.Context, string) ([]mydata.Member, error) {
	return []contract.Member{{Person: "head"}, {Person: "spouse"}, {Person: "child"}}, nil
}
func (family) Family(context.Context, string) ([]mydata.Member, error) { return nil, nil }
func (family) Guards(context.Context, string, string) (bool, error)    { return false, nil }
func (family) Withheld(context.Context, string, string) (bool, error)  { return false, nil }
func (family) Adult(_ context.Context, p string, _ kernel.Date) (bool, error) {
	return p != "child", nil
}

// TestFetchOfHouseholdMeans: no minor's consent opens them, every adult who
// lives there sees that they were read, and what is the person's own is told
// all the same.
func TestFetchOfHouseholdMeans(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		list := testShelf()
		list[catalog.Ref{ServiceID: "loan", Pack: "v2"}] = &catalog.Service{ID: "loan", Title: kernel.Text{KO: "대출", EN: "Loan"},
			Questions: []catalog.Question{{ID: "name", Fact: "name"}, {ID: "debt", Fact: "debt"}}}
		s := mydata.New(mydata.Deps{DB: db, Clock: clock.NewManual(kernel.TimeOf(today.In(kernel.Seoul))), Catalog: richShelf{list}, Provider: family{}})
		read := func(req mydata.FetchRequest) map[string]mydata.Fact {
			t.Helper()
			req.Service = "loan"
			got, err := s.Fetch(ctx, req)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		logged := func(person string) (n int) {
			t.Helper()
			mine, _, err := audit.New(audit.Deps{DB: db, Texts: words{}, Agencies: words{}}).Mine(ctx, actor(person), kernel.EN, "")
			if err != nil {
				t.Fatal(err)
			}
			return len(mine)
		}
		for _, p := range []string{"head", "child"} {
			if _, err := s.Grant(ctx, actor(p), "loan", ""); err != nil {
				t.Fatal(err)
			}
		}
		if got := read(mydata.FetchRequest{Actor: actor("child")}); got["debt"].Value.Known() || !got["name"].Value.Known() || len(got) != 2 {
			t.Errorf("a minor reads %v", got)
		}
		if n := logged("head") + logged("spouse"); n != 1 { // head's own consent
			t.Errorf("%d rows of the adults after a minor's reading", n)
		}
		if got := read(mydata.FetchRequest{Actor: actor("head")}); !got["debt"].Value.Known() {
			t.Errorf("an adult reads %v", got)
		}
		if n := logged("spouse"); n != 1 {
			t.Errorf("the spouse sees %d rows", n)
		}
		official := authz.Actor{Account: "o", Grants: []authz.Grant{{Role: authz.Official, Agency: "x"}}}
		if got := read(mydata.FetchRequest{Actor: official, Person: "child", Basis: "law", Agency: "x"}); !got["debt"].Value.Known() {
			t.Errorf("by law: %v", got)
		}
		if n := logged("spouse"); n != 2 {
			t.Errorf("the spouse sees %d rows after a reading by law", n)
		}
	}, audit.Migrations(), mydata.Migrations())
}

// words are audit's texts and names, which this test does not read.
type words struct{}

func (words) Has(string) bool                      { return true }
func (words) T(kernel.Lang, string, ...any) string { return "" }
func (words) Name(string, kernel.Lang) string      { return "" }
