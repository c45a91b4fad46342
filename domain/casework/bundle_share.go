package casework

import (
	"cmp"
	"slices"
	"strings"

	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// shareName is the name under which services of one life event share the answer
// to q, "" where it is the service's own. Files and appointments belong to one
// application each.
func shareName(q *catalog.Question) string {
	switch {
	case q.Type == "file" || q.Type == "slot":
		return ""
	case q.Share != "":
		return q.Share
	case q.Fact != "" && q.Of == "":
		return "fact." + q.Fact
	}
	return ""
}

// alike tells whether one answer can answer both questions: they share a name,
// and offer the same to choose from.
func alike(a, b *catalog.Question) bool {
	name := shareName(a)
	return name != "" && name == shareName(b) && a.Type == b.Type && a.From == b.From &&
		slices.EqualFunc(a.Options, b.Options, func(x, y catalog.Option) bool { return x.Value == y.Value })
}

// place writes a checked answer. Another value than the register's is noted as
// disputed, the register's own again as agreed.
func (s *Service) place(c *Content, q *catalog.Question, val kernel.Value) {
	if src, told := c.Sources[q.ID]; told {
		src.Disputed = !s.borneOut(q, val, c)
		c.Sources[q.ID] = src
	}
	delete(c.Told, q.ID)
	// An empty answer to an optional question is kept as "asked".
	c.Answers[q.ID] = val
}

// opened is a draft of a bundle, open in a transaction.
type opened struct {
	*Application
	svc *catalog.Service
	c   Content
}

// openDrafts opens the drafts of a bundle, moved to the definition in force.
func (s *Service) openDrafts(tx *pstore.Tx, actor authz.Actor, bundle kernel.ID) ([]*opened, error) {
	members, err := store.BundleMembers(tx, bundle)
	if err != nil {
		return nil, err
	}
	var out []*opened
	for _, m := range members {
		if m.Fate != "" {
			continue
		}
		a, err := own(tx, actor, m.Application)
		if err != nil {
			return nil, err
		}
		if a.Status != Draft {
			continue
		}
		svc, err := s.Definition(tx.Context(), a)
		if err != nil {
			return nil, err
		}
		c, err := s.openContent(a, svc)
		if err != nil {
			return nil, err
		}
		if cur, ref, err := s.Catalog.Current(a.Service); err == nil && ref.Pack != a.Pack {
			rebase(&c, svc, cur)
			a.Pack, svc = ref.Pack, cur
		}
		out = append(out, &opened{a, svc, c})
	}
	return out, nil
}

// keep stores a draft that was answered.
func (s *Service) keep(tx *pstore.Tx, o *opened) error {
	now := s.Clock.Now()
	o.UpdatedAt, o.PurgeAt = now, now.Add(draftLife)
	if err := s.sealContent(o.Application, o.c); err != nil {
		return err
	}
	return store.Update(tx, o.Application)
}

// spread writes the shared answers of one draft into the others of its open
// bundle. What another form would not take is asked there again.
func (s *Service) spread(tx *pstore.Tx, actor authz.Actor, a *Application, svc *catalog.Service, c *Content) error {
	b, err := store.BundleOf(tx, a.ID)
	if kernel.Is(err, kernel.NotFound) || err == nil && b.Status != BundleOpen {
		return nil
	}
	if err != nil {
		return err
	}
	b.UpdatedAt = s.Clock.Now()
	if err := store.UpdateBundle(tx, b); err != nil {
		return err
	}
	drafts, err := s.openDrafts(tx, actor, b.ID)
	if err != nil {
		return err
	}
	for _, o := range drafts {
		if o.ID != a.ID && s.takeOver(o, svc, c) {
			if err := s.keep(tx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// agreeAll makes the drafts of a bundle say the same where they share a name:
// where they differ, the draft that was written last is right.
func (s *Service) agreeAll(tx *pstore.Tx, actor authz.Actor, b *store.Bundle) error {
	drafts, err := s.openDrafts(tx, actor, b.ID)
	if err != nil {
		return err
	}
	byAge := slices.Clone(drafts)
	slices.SortStableFunc(byAge, func(x, y *opened) int { return cmp.Compare(x.UpdatedAt, y.UpdatedAt) })
	changed := map[kernel.ID]bool{}
	for _, from := range byAge {
		for _, to := range drafts {
			if from != to && s.takeOver(to, from.svc, &from.c) {
				changed[to.ID] = true
			}
		}
	}
	for _, o := range drafts {
		if changed[o.ID] {
			if err := s.keep(tx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeOver takes over into a draft what it shares with the answers of another, and
// tells whether anything changed.
func (s *Service) takeOver(to *opened, svc *catalog.Service, from *Content) bool {
	changed := false
	for i := range svc.Questions {
		q := &svc.Questions[i]
		v, asked := from.Answers[q.ID]
		if !asked {
			continue
		}
		for j := range to.svc.Questions {
			other := &to.svc.Questions[j]
			if !alike(q, other) {
				continue
			}
			if old, has := to.c.Answers[other.ID]; has && old.Equal(v) {
				continue
			}
			val, fe := s.check(other, v, nil, append(to.c.Known(), from.Known()...), s.today())
			if fe != nil {
				if _, has := to.c.Answers[other.ID]; has {
					delete(to.c.Answers, other.ID)
					changed = true
				}
				continue
			}
			s.place(&to.c, other, val)
			to.c.meet(val, from)
			changed = true
		}
	}
	return changed
}

// meet keeps the names of the persons whom an answer mentions and whom only
// another draft's registers told of.
func (c *Content) meet(v kernel.Value, from *Content) {
	set, ok := v.Set()
	if !ok {
		set = []string{v.Text()}
	}
	for _, m := range from.Known() {
		if slices.Contains(set, m.Person) && !people(c.Known()).has(m.Person) {
			if c.People == nil {
				c.People = map[string]string{}
			}
			c.People[m.Person] = m.Name
		}
	}
}

// BundleQuestion is one question of a bundle: asked once, answered in every
// draft that it belongs to.
type BundleQuestion struct {
	Key  string // stable, for addresses: "<service>.<question>" of the first that asks
	Uses []Use  // the drafts that ask it, the first one's words are shown
	// Shared: more than one service has the question.
	Shared bool
}

// Use is a question of one of a bundle's drafts.
type Use struct {
	Case *Case
	Q    *catalog.Question
	// Shown: the answers so far have it asked.
	Shown bool
}

// Lead is the use whose words are shown.
func (q *BundleQuestion) Lead() Use {
	for _, u := range q.Uses {
		if u.Shown {
			return u
		}
	}
	return q.Uses[0]
}

// Answered tells whether every draft that asks has an answer.
func (q *BundleQuestion) Answered() bool {
	return !slices.ContainsFunc(q.Uses, func(u Use) bool {
		_, asked := u.Case.Content.Answers[u.Q.ID]
		return u.Shown && !asked
	})
}

// Optional tells whether every draft that asks would do without.
func (q *BundleQuestion) Optional() bool {
	return !slices.ContainsFunc(q.Uses, func(u Use) bool { return u.Shown && !u.Q.Optional })
}

// Value is the answer so far.
func (q *BundleQuestion) Value() kernel.Value {
	for _, u := range q.Uses {
		if v, ok := u.Case.Content.Answers[u.Q.ID]; ok && u.Shown {
			return v
		}
	}
	return kernel.Value{}
}

// Known are the persons whom any draft of the bundle may name.
func (b *Bundle) Known() []Member {
	var out []Member
	for _, c := range b.Drafts() {
		for _, m := range c.Content.Known() {
			if !people(out).has(m.Person) {
				out = append(out, m)
			}
		}
	}
	return out
}

// Questions are what the bundle asks, given the answers so far: first what
// services share, then what each service asks by itself.
func (b *Bundle) Questions(today kernel.Date) []BundleQuestion {
	return slices.DeleteFunc(b.all(today), func(q BundleQuestion) bool {
		return !slices.ContainsFunc(q.Uses, func(u Use) bool { return u.Shown })
	})
}

// all are the questions of every draft's form, asked now or not.
func (b *Bundle) all(today kernel.Date) []BundleQuestion {
	var out []BundleQuestion
	for _, c := range b.Drafts() {
		shown := c.Content.Shown(c.Service, today)
		for i := range c.Service.Questions {
			q := &c.Service.Questions[i]
			use := Use{c, q, slices.ContainsFunc(shown, func(x *catalog.Question) bool { return x.ID == q.ID })}
			at := slices.IndexFunc(out, func(x BundleQuestion) bool { return alike(x.Uses[0].Q, q) })
			if at < 0 {
				out = append(out, BundleQuestion{Key: c.Service.ID + "." + q.ID, Uses: []Use{use}})
				continue
			}
			out[at].Uses = append(out[at].Uses, use)
			out[at].Shared = out[at].Shared || out[at].Uses[0].Case != c
		}
	}
	// Stable: inside each half the order of the forms stays.
	slices.SortStableFunc(out, func(x, y BundleQuestion) int {
		return boolRank(x.Shared) - boolRank(y.Shared)
	})
	return out
}

func boolRank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// Question finds a question by its key, among those asked now.
func (b *Bundle) Question(key string, today kernel.Date) (*BundleQuestion, bool) {
	for _, q := range b.Questions(today) {
		if q.Key == key {
			return &q, true
		}
	}
	return nil, false
}

// splitKey undoes a question's key.
func splitKey(key string) (service, question string, ok bool) { return strings.Cut(key, ".") }
