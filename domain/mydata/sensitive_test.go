package mydata_test

import (
	"slices"
	"testing"
	"time"

	"maru/domain/mydata"
	"maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/store"
)

// work runs the jobs that wait.
func (b *homeBench) work(t *testing.T) {
	t.Helper()
	if _, err := b.jobs.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestSensitiveApart: what is sensitive is read only where it was agreed to by an
// act of its own; that part can be taken back alone, and given again.
func TestSensitiveApart(t *testing.T) {
	eachHome(t, func(t *testing.T, b *homeBench) {
		b.shelf.sensitive = []string{"disability", "debt"}
		me, ctx := b.as("alone_80"), t.Context()
		plain := b.agree(t, me)
		if !slices.Equal(plain.Declined, []string{"debt", "disability"}) || len(plain.Sensitive) != 0 || slices.Contains(plain.Items, "disability") {
			t.Fatalf("without the act: %+v", plain)
		}
		h := b.home(t, me)
		if got := b.watch.read[me.Person]; !slices.Equal(got, []string{"birth_date", "region"}) {
			t.Errorf("read %v", got)
		}
		if !slices.Equal(h.Declined, []string{"debt", "disability"}) || len(h.New) != 0 {
			t.Errorf("declined %v, new %v", h.Declined, h.New)
		}
		facts, err := b.Fetch(ctx, mydata.FetchRequest{Actor: me, Service: "benefits"})
		if _, there := facts["disability"]; there || err != nil || len(facts) != 2 {
			t.Errorf("fetched %v, %v", facts, err)
		}
		if _, err := b.Fetch(ctx, mydata.FetchRequest{Actor: me, Service: "benefits", Facts: []string{"disability"}}); !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("asked for by name: %v", err)
		}
		whole, err := b.GrantSensitive(ctx, me, "benefits", "")
		if err != nil || whole.ID == plain.ID || !slices.Equal(whole.Sensitive, []string{"debt", "disability"}) || len(whole.Declined) != 0 {
			t.Fatalf("with the act: %+v, %v", whole, err)
		}
		clear(b.watch.read)
		b.home(t, me)
		if got := b.watch.read[me.Person]; !slices.Equal(got, []string{"birth_date", "region", "debt", "disability"}) {
			t.Errorf("read %v", got)
		}
		if _, err := b.WithdrawSensitive(ctx, b.as("moved"), whole.ID); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("somebody else's: %v", err)
		}
		b.clock.Advance(24 * time.Hour)
		part, err := b.WithdrawSensitive(ctx, me, whole.ID)
		if err != nil || part.ID == whole.ID || part.ExpiresAt != whole.ExpiresAt || !slices.Equal(part.Declined, []string{"debt", "disability"}) {
			t.Fatalf("taken back in part: %+v, %v", part, err)
		}
		if again, err := b.WithdrawSensitive(ctx, me, part.ID); err != nil || again.ID != part.ID {
			t.Errorf("twice: %+v, %v", again, err)
		}
		if _, err := b.WithdrawSensitive(ctx, me, whole.ID); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("the one that ended: %v", err)
		}
		clear(b.watch.read)
		b.home(t, me)
		if got := b.watch.read[me.Person]; !slices.Equal(got, []string{"birth_date", "region"}) {
			t.Errorf("read %v after it was taken back", got)
		}
		b.work(t)
		if !slices.Equal(b.other, []string{contract.Narrowed + " " + string(part.ID)}) || len(b.told) != 0 {
			t.Errorf("events %v, %v", b.other, b.told)
		}
		// Agreeing anew without that part takes it back as well.
		second, err := b.GrantSensitive(ctx, me, "benefits", "")
		if err != nil {
			t.Fatal(err)
		}
		last := b.agree(t, me)
		b.work(t)
		replaced := []kernel.ID{plain.ID, part.ID, second.ID}
		slices.Sort(replaced)
		if slices.Sort(b.gone); !slices.Equal(b.gone, replaced) {
			t.Errorf("replaced %v, want %v", b.gone, replaced)
		}
		if len(b.other) != 2 || b.other[1] != contract.Narrowed+" "+string(last.ID) {
			t.Errorf("events %v", b.other)
		}
	})
}

// TestSensitiveBefore: a consent from before sensitive items were asked for apart
// opens them no more, and they are offered anew.
func TestSensitiveBefore(t *testing.T) {
	eachHome(t, func(t *testing.T, b *homeBench) {
		me := b.as("alone_80")
		old := b.agree(t, me)
		b.shelf.sensitive = []string{"disability"}
		h := b.home(t, me)
		if slices.Contains(b.watch.read[me.Person], "disability") || !slices.Equal(h.New, []string{"disability"}) || h.Declined != nil {
			t.Errorf("read %v, new %v, declined %v", b.watch.read[me.Person], h.New, h.Declined)
		}
		if l, err := b.Consents(t.Context(), me); err != nil || slices.Contains(l[0].Items, "disability") {
			t.Errorf("listed %+v, %v", l, err)
		}
		if got := b.agree(t, me); got.ID == old.ID || !slices.Equal(got.Declined, []string{"disability"}) {
			t.Errorf("asked and left out: %+v", got)
		}
	})
}

// TestExpire: a consent whose time is over ends as of that time, once, and is
// told of; so does one that is replaced or taken back before the job came by.
func TestExpire(t *testing.T) {
	eachHome(t, func(t *testing.T, b *homeBench) {
		ctx := t.Context()
		first, second, third := b.agree(t, b.as("alone_80")), b.agree(t, b.as("job_loss")), b.agree(t, b.as("student"))
		if n, err := b.Expire(ctx); n != 0 || err != nil {
			t.Fatalf("%d ended before their time, %v", n, err)
		}
		b.clock.Set(first.ExpiresAt)
		if n, err := b.Expire(ctx); n != 3 || err != nil {
			t.Fatalf("%d ended, %v", n, err)
		}
		if n, _ := b.Expire(ctx); n != 0 {
			t.Errorf("%d ended twice", n)
		}
		c, err := b.Consent(ctx, first.ID)
		if err != nil || c.Ended != "expired" || c.EndedAt != first.ExpiresAt {
			t.Errorf("%+v, %v", c, err)
		}
		if c, err := b.Withdraw(ctx, b.as("alone_80"), first.ID); err != nil || c.Ended != "expired" {
			t.Errorf("withdrawn after its end: %+v, %v", c, err)
		}
		b.work(t)
		want := []string{}
		for _, c := range []kernel.ID{first.ID, second.ID, third.ID} {
			want = append(want, contract.Expired+" "+string(c))
		}
		slices.Sort(want)
		slices.Sort(b.other)
		if !slices.Equal(b.other, want) || len(b.told) != 0 {
			t.Errorf("told %v, want %v", b.other, want)
		}
		if n := b.entries(t, "mydata.expire"); n != 3 {
			t.Errorf("%d rows in the log", n)
		}
		// Before the job comes by: agreed anew, and taken back.
		b.other = nil
		late, gone := b.agree(t, b.as("alone_80")), b.agree(t, b.as("job_loss"))
		b.clock.Set(late.ExpiresAt.Add(time.Hour))
		fresh := b.agree(t, b.as("alone_80"))
		if c, err := b.Withdraw(ctx, b.as("job_loss"), gone.ID); err != nil || c.Ended != "expired" || c.EndedAt != gone.ExpiresAt {
			t.Errorf("%+v, %v", c, err)
		}
		if c, _ := b.Consent(ctx, late.ID); fresh.ID == late.ID || c.Ended != "expired" {
			t.Errorf("%+v", c)
		}
		b.work(t)
		if len(b.other) != 2 || len(b.told) != 0 {
			t.Errorf("told %v, %v", b.other, b.told)
		}
		err = b.db.View(ctx, func(tx *store.Tx) error {
			var n int
			if err := tx.QueryRow(`SELECT count(*) FROM mydata_consent WHERE ended_at = 0`).Scan(&n); err != nil {
				return err
			}
			if n != 1 {
				t.Errorf("%d consents stand", n)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
