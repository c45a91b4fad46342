package casework

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Comment is what an official wrote for colleagues about a case. It is kept
// sealed, never shown to the applicant, and read at the desk where it was
// written: another office that the case is transferred to begins afresh.
type Comment struct {
	ID       kernel.ID
	Author   kernel.ID
	At       kernel.Time
	Text     string
	Mentions []kernel.ID
}

// Teamwork is what a case's page shows of colleagues: the comments, the
// hand-over that waits, and whether the actor follows the case.
type Teamwork struct {
	Comments []Comment
	Handover *Handover
	Follows  bool
	Owner    kernel.ID // before whom the case lies today, "" for everybody
}

const (
	maxMentions = 20
	maxComments = 500 // shown of one case
)

// Teamwork reads it for an official who may open the case.
func (s *Service) Teamwork(ctx context.Context, actor authz.Actor, id kernel.ID) (*Teamwork, error) {
	if err := s.notOwnHousehold(ctx, actor, id); err != nil {
		return nil, err
	}
	out := &Teamwork{}
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		*out = Teamwork{}
		a, err := desk(tx, actor, id)
		if err != nil {
			return err
		}
		rows, err := store.Comments(tx, id, a.Agency, "", maxComments)
		if err != nil {
			return err
		}
		for _, c := range rows {
			body, err := s.openText(id, c.Body)
			if err != nil {
				return err
			}
			out.Comments = append(out.Comments, Comment{ID: c.ID, Author: c.Author, At: c.At, Text: body, Mentions: c.Mentions})
		}
		followers, err := store.Followers(tx, id, a.Agency)
		if err != nil {
			return err
		}
		out.Follows = slices.Contains(followers, actor.Account)
		r, err := readRoster(tx, a.Agency, s.today())
		if err != nil {
			return err
		}
		out.Owner = r.owner(a)
		out.Handover, err = s.handoverOf(tx, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Comment leaves a comment on a case. Colleagues are mentioned by picking them,
// or by typing @ and their name; who is mentioned, has the case or follows it
// is told. Whoever comments follows from then on.
func (s *Service) Comment(ctx context.Context, actor authz.Actor, id kernel.ID, key, body string, mentions []kernel.ID) (*Application, error) {
	body, err := text("comment", body, true)
	if err != nil {
		return nil, err
	}
	slices.Sort(mentions)
	sent := struct {
		Text     string
		Mentions []kernel.ID
	}{body, mentions}
	agency, err := s.agencyOf(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	here, err := s.Officials.Officials(ctx, agency)
	if err != nil {
		return nil, err
	}
	named, err := mentioned(body, mentions, here)
	if err != nil {
		return nil, err
	}
	return s.act(ctx, actor, id, key, "comment", sent, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		sealed, err := s.sealText(a.ID, body)
		if err != nil {
			return err
		}
		c := &store.Comment{ID: kernel.NewID(now), Application: a.ID, Agency: a.Agency, Author: actor.Account, At: now, Body: sealed, Mentions: named}
		if err := store.AddComment(tx, c); err != nil {
			return err
		}
		followers, err := store.Followers(tx, a.ID, a.Agency)
		if err != nil {
			return err
		}
		if a.Assignee != "" {
			followers = append(followers, a.Assignee)
		}
		slices.Sort(followers)
		for _, to := range named {
			if to != actor.Account {
				if err := s.ping(tx, now, to, a.Agency, a.ID, PingMention, actor.Account, 1); err != nil {
					return err
				}
			}
		}
		for _, to := range slices.Compact(followers) {
			if to != actor.Account && !slices.Contains(named, to) {
				if err := s.ping(tx, now, to, a.Agency, a.ID, PingComment, actor.Account, 1); err != nil {
					return err
				}
			}
		}
		return store.Follow(tx, a.ID, actor.Account, a.Agency)
	})
}

// agencyOf is the agency in charge of a case that the actor may open.
func (s *Service) agencyOf(ctx context.Context, actor authz.Actor, id kernel.ID) (string, error) {
	agency := ""
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		a, err := desk(tx, actor, id)
		if err == nil {
			agency = a.Agency
		}
		return err
	})
	return agency, err
}

// mentioned are the colleagues whom a comment names: those picked, and those
// whose name stands in the text behind @. Of names that begin alike the longest
// counts; one that two colleagues bear has to be picked.
func mentioned(body string, picked []kernel.ID, here []Official) ([]kernel.ID, error) {
	wrong := func(key string, args map[string]any) error {
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("mentions", key, args)
	}
	out := []kernel.ID{}
	for _, id := range picked {
		if !slices.ContainsFunc(here, func(o Official) bool { return o.Account == id }) {
			return nil, wrong("casework.team.error.stranger", nil)
		}
		out = append(out, id)
	}
	longest := slices.Clone(here)
	slices.SortFunc(longest, func(a, b Official) int { return cmp.Compare(len(b.Name), len(a.Name)) })
	for _, part := range strings.Split(body, "@")[1:] {
		var same []kernel.ID
		name := ""
		for _, o := range longest {
			if o.Name != "" && strings.HasPrefix(part, o.Name) && (name == "" || name == o.Name) {
				name, same = o.Name, append(same, o.Account)
			}
		}
		switch {
		case len(same) == 1:
			out = append(out, same[0])
		case len(same) > 1 && !slices.ContainsFunc(same, func(id kernel.ID) bool { return slices.Contains(picked, id) }):
			return nil, wrong("casework.comment.error.twins", map[string]any{"name": name})
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > maxMentions {
		return nil, wrong("casework.comment.error.many", map[string]any{"max": maxMentions})
	}
	return out, nil
}

// Follow has the actor told of comments on a case, or no more.
func (s *Service) Follow(ctx context.Context, actor authz.Actor, id kernel.ID, on bool) error {
	if err := s.notOwnHousehold(ctx, actor, id); err != nil {
		return err
	}
	return s.update(ctx, func(tx *pstore.Tx) error {
		a, err := desk(tx, actor, id)
		if err != nil {
			return err
		}
		if err := stillHere(tx, actor, a.Agency); err != nil {
			return err
		}
		if on {
			return store.Follow(tx, id, actor.Account, a.Agency)
		}
		return store.Unfollow(tx, id, actor.Account)
	})
}
