package audit

import (
	"context"
	"fmt"
	"strings"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Access is one act on a person's data, in words for that person.
type Access struct {
	ID      kernel.ID   `json:"id"`
	At      kernel.Time `json:"at"`
	Actor   string      `json:"actor" doc:"who: you, or the role and agency"`
	Act     string      `json:"act" doc:"what was done"`
	Object  string      `json:"object" doc:"what it was done to"`
	Purpose string      `json:"purpose" doc:"what for"`
	Items   []string    `json:"items,omitempty" doc:"which data, where the record names it"`
	Basis   string      `json:"basis,omitempty" doc:"on what it rested: the person's consent, or law and article"`
}

// accessPage is how many entries a page of the access log has.
const accessPage = 50

// newest sorts after every id.
const newest kernel.ID = "g"

// Mine is who did what to the actor's data, the newest first, in lang: what is
// about the person the account is proven to be, and what is about the account
// itself. before is the id of the last entry already seen, "" from the start;
// next is what to hand in for more, "" when there is none.
func (l *Log) Mine(ctx context.Context, a authz.Actor, lang kernel.Lang, before kernel.ID) (list []Access, next kernel.ID, err error) {
	return l.Ledger(ctx, a, lang, Filter{Before: before})
}

// Ledger is Mine, of what the filter leaves.
func (l *Log) Ledger(ctx context.Context, a authz.Actor, lang kernel.Lang, f Filter) (list []Access, next kernel.ID, err error) {
	if err := a.Require(authz.ScopeApplications); err != nil {
		return nil, "", err
	}
	if f.Before == "" {
		f.Before = newest
	}
	kinds, span := f.where()
	account, either := pseudonym(SubjectOf("", a.Account)), pseudonym(SubjectOf(a.Person, a.Account))
	err = l.d.DB.View(ctx, func(tx *store.Tx) error {
		list, next = nil, ""
		rows, err := tx.Query(rowColumns+` WHERE subject <> '' AND subject IN ($1, $2) AND id < $3 AND at >= $5 AND at < $6`+kinds+` ORDER BY id DESC LIMIT $4`,
			account, either, string(f.Before), int64(accessPage+1), span[0], span[1])
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			r, _, err := scanRow(rows)
			if err != nil {
				return err
			}
			if len(list) == accessPage {
				next = list[accessPage-1].ID
				break
			}
			one := l.words(r, lang)
			l.named(ctx, r, lang, &one)
			list = append(list, one)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, "", fmt.Errorf("audit: access log: %w", err)
	}
	return list, next, nil
}

// words puts a row into plain words. Officials are shown as role and agency:
// the agency answers for them.
func (l *Log) words(r *row, lang kernel.Lang) Access {
	t := l.d.Texts
	a := Access{ID: r.ID, At: kernel.Time(r.At), Object: l.objectWords(r, lang)}
	a.Actor = t.T(lang, "audit.role."+r.Role)
	if r.RoleAgency != "" {
		agency := l.d.Agencies.Name(r.RoleAgency, lang)
		if agency == "" {
			agency = r.RoleAgency
		}
		a.Actor = t.T(lang, "audit.actor", "agency", agency, "role", a.Actor)
	}
	if peer := peerOf(r); peer != "" {
		a.Actor = t.T(lang, "audit.peer", "name", peer)
	}
	a.Act = l.orGeneral(lang, actKey(r.Act), "audit.act.other")
	a.Purpose = l.orGeneral(lang, r.Purpose, "audit.purpose.other")
	if groundsOf(r.Basis).assisted && r.System != peerActor {
		a.Purpose = t.T(lang, "audit.assisted", "purpose", a.Purpose)
	}
	a.Items, a.Basis = l.itemWords(r, lang), l.basisWords(r, lang)
	return a
}

// named says who acted for the person: whoever the data belongs to may know by
// name to whom they, the law or a court gave that power, and which program it was.
// It also calls a register by its name.
func (l *Log) named(ctx context.Context, r *row, lang kernel.Lang, a *Access) {
	if r.System == peerActor {
		return
	}
	if code, ok := strings.CutPrefix(r.Object, "register:"); ok && l.d.Registers != nil {
		name, err := l.d.Registers.RegisterName(ctx, code, lang)
		if err != nil {
			l.d.Log.WarnContext(ctx, "what a register is called", "register", code, "err", err)
		} else if name != "" {
			a.Object = name
		}
	}
	g := groundsOf(r.Basis)
	if g.mandate != "" && l.d.Mandates != nil {
		name, err := l.d.Mandates.ActorName(ctx, g.mandate)
		if err != nil {
			l.d.Log.WarnContext(ctx, "who acted under a mandate", "mandate", g.mandate, "err", err)
		} else {
			a.Actor = l.d.Texts.T(lang, "audit.delegate", "name", name)
		}
	}
	if g.app != "" && l.d.Apps != nil {
		name, err := l.d.Apps.AppName(ctx, g.app, lang)
		if err != nil {
			l.d.Log.WarnContext(ctx, "which app acted", "app", g.app, "err", err)
			name = g.app // the person's own act it never was
		}
		if r.Role == roleSelf {
			a.Actor = l.d.Texts.T(lang, "audit.app", "name", name)
		} else {
			a.Actor = l.d.Texts.T(lang, "audit.app_of", "actor", a.Actor, "name", name)
		}
	}
}

func (l *Log) orGeneral(lang kernel.Lang, key, general string) string {
	if key != "" && l.d.Texts.Has(key) {
		return l.d.Texts.T(lang, key)
	}
	return l.d.Texts.T(lang, general)
}

// actKey is the message key of an act: "casework.act.decide" for
// "casework.decide". Every domain words its own acts.
func actKey(act string) string {
	for i := range len(act) {
		if act[i] == '.' {
			return act[:i] + ".act" + act[i:]
		}
	}
	return ""
}

// objectWords names the kind of object; its id is for support, not for people.
func (l *Log) objectWords(r *row, lang kernel.Lang) string {
	kind, id := r.Object, ""
	for i := range len(kind) {
		if kind[i] == ':' {
			kind, id = kind[:i], kind[i+1:]
			break
		}
	}
	key := "audit.object." + kind
	if !l.d.Texts.Has(key) {
		return r.Object
	}
	return l.d.Texts.T(lang, key, "id", id)
}
