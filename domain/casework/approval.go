package casework

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// A decision may go through colleagues before it stands (결재): who checks it,
// whose field it touches, and who answers for it, in this order. While one of
// them is away, their deputy agrees in their place (대결) and says so.

// Approval is one step of a proposal's way.
type Approval = store.Approval

// The kinds of steps (행정업무의 운영 및 혁신에 관한 규정 제9조: 검토와 협조, 제10조: 결재).
const (
	Review  = "review"  // 검토
	Agree   = "agree"   // 협조
	Approve = "approve" // 결재
)

// longestLine bounds a line of approval.
const longestLine = 6

// Approver is a colleague whom the proposer names.
type Approver struct {
	Kind    string    `json:"kind"`
	Account kernel.ID `json:"account"`
}

// checkLine tells whether a line can be walked: known kinds in their order, one
// who approves at its end, nobody twice and not the proposer. It asks who works
// here before any transaction is open.
func (s *Service) checkLine(ctx context.Context, actor authz.Actor, id kernel.ID, line []Approver) error {
	if len(line) == 0 {
		return nil
	}
	bad := func(key string) error {
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("line", key, nil)
	}
	order := []string{Review, Agree, Approve}
	at, seen := 0, map[kernel.ID]bool{actor.Account: true}
	for _, p := range line {
		k := slices.Index(order, p.Kind)
		switch {
		case k < at:
			return bad("casework.approval.error.order")
		case seen[p.Account]:
			return bad("casework.approval.error.twice")
		}
		at, seen[p.Account] = k, true
	}
	if at != 2 || line[len(line)-1].Kind != Approve || len(line) > longestLine {
		return bad("casework.approval.error.order")
	}
	for _, p := range line {
		// Who cannot have the case cannot decide on it either.
		var e *kernel.Error
		if err := s.mayTake(ctx, actor, id, p.Account); errors.As(err, &e) && e.Kind == kernel.Invalid {
			return bad("casework.approval.error.who")
		} else if err != nil {
			return err
		}
	}
	return nil
}

// sendRound writes down who must agree to the proposal on a, and tells the
// first of them.
func (s *Service) sendRound(tx *pstore.Tx, actor authz.Actor, a *Application, line []Approver, now kernel.Time) error {
	kept := make([]string, len(line))
	for i, p := range line {
		row := &Approval{Application: a.ID, Step: i, Kind: p.Kind, Agency: a.Agency, Account: p.Account, Proposer: actor.Account}
		if err := store.InsertApproval(tx, row); err != nil {
			return err
		}
		kept[i] = p.Kind + ":" + string(p.Account)
	}
	if len(line) == 0 {
		return nil
	}
	if err := store.KeepLine(tx, a.Agency, actor.Account, a.Service, strings.Join(kept, " ")); err != nil {
		return err
	}
	return s.ping(tx, now, line[0].Account, a.Agency, a.ID, PingApproval, actor.Account, 1)
}

// agreeTo has the actor agree to the step whose turn it is; last tells that
// nobody else is left to ask. Without a line any colleague will do.
func (s *Service) agreeTo(tx *pstore.Tx, actor authz.Actor, a *Application, p *Proposal, now kernel.Time) (last bool, err error) {
	steps, err := store.Approvals(tx, a.ID)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(steps, func(x *Approval) bool { return x.AgreedAt == 0 })
	if i < 0 {
		if p.By == actor.Account {
			return false, kernel.E(kernel.Forbidden, "casework.error.second_person", nil)
		}
		return true, s.record(tx, a, now, actor, "confirmed", p.Decision.Decision, "", false)
	}
	step := steps[i]
	who, err := standIn(tx, a.Agency, step.Account, s.today())
	if err != nil {
		return false, err
	}
	// A deputy who proposed or agreed already cannot agree for somebody else. Who
	// agreed as a deputy still has their own turn: nobody else could take it.
	inPlace := actor.Account != step.Account
	agreed := inPlace && slices.ContainsFunc(steps[:i], func(x *Approval) bool { return x.AgreedBy == actor.Account })
	switch {
	case inPlace && actor.Account != who:
		return false, kernel.E(kernel.Forbidden, "casework.approval.error.turn", nil)
	case p.By == actor.Account, agreed:
		return false, kernel.E(kernel.Forbidden, "casework.error.second_person", nil)
	}
	step.AgreedBy, step.AgreedAt = actor.Account, now
	if err := store.Agreed(tx, step); err != nil {
		return false, err
	}
	if err := store.DonePings(tx, a.ID, step.Account, PingApproval, now); err != nil {
		return false, err
	}
	note := step.Kind
	if inPlace {
		note += "_for"
	}
	if err := s.record(tx, a, now, actor, "approved", note, "", false); err != nil {
		return false, err
	}
	if i+1 == len(steps) {
		return true, nil
	}
	return false, s.ping(tx, now, steps[i+1].Account, a.Agency, a.ID, PingApproval, actor.Account, 1)
}

// proposed opens a case whose decision waits for others.
func (s *Service) proposed(ctx context.Context, a *Application) (svc *catalog.Service, c Content, err error) {
	if svc, err = s.Definition(ctx, a); err != nil {
		return nil, c, err
	}
	if c, err = s.openContent(a, svc); err == nil && (a.Status != SecondLook || c.Pending == nil) {
		err = kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
	}
	return svc, c, err
}

// Recall takes a proposal back on which the last word is not said yet.
func (s *Service) Recall(ctx context.Context, actor authz.Actor, id kernel.ID, key string) (*Application, error) {
	return s.act(ctx, actor, id, key, "recall", nil, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		_, c, err := s.proposed(ctx, a)
		if err != nil {
			return err
		}
		if c.Pending.By != actor.Account && a.Assignee != actor.Account { // who got the case from a proposer who left
			return kernel.E(kernel.Forbidden, "casework.approval.error.proposer", nil)
		}
		return s.putBack(tx, actor, a, &c, now, "recalled", "")
	})
}

// putBack ends a proposal without a decision.
func (s *Service) putBack(tx *pstore.Tx, actor authz.Actor, a *Application, c *Content, now kernel.Time, act, reason string) error {
	p := c.Pending
	c.Pending = nil
	back := InReview
	if p.Objection {
		back = Objected
	}
	if err := move(a, back); err != nil {
		return err
	}
	if err := s.endRound(tx, a, now); err != nil {
		return err
	}
	if err := s.sealContent(a, *c); err != nil {
		return err
	}
	return s.record(tx, a, now, actor, act, p.Decision.Decision, reason, false)
}

// endRound forgets who had to agree to a proposal that waits no more, and the
// note to whoever was to be next.
func (s *Service) endRound(tx *pstore.Tx, a *Application, now kernel.Time) error {
	steps, err := store.Approvals(tx, a.ID)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if err := store.DonePings(tx, a.ID, step.Account, PingApproval, now); err != nil {
			return err
		}
	}
	return store.DropApprovals(tx, a.ID)
}

// Round is how far a proposal has come, and whether the actor may agree now.
type Round struct {
	Steps []*Approval
	Turn  bool
}

// RoundOf reads how far the proposal on a case has come.
func (s *Service) RoundOf(ctx context.Context, actor authz.Actor, a *Application) (Round, error) {
	var r Round
	err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		if r.Steps, err = store.Approvals(tx, a.ID); err != nil {
			return err
		}
		i := slices.IndexFunc(r.Steps, func(x *Approval) bool { return x.AgreedAt == 0 })
		if i < 0 {
			r.Turn = true
			return nil
		}
		who, err := standIn(tx, a.Agency, r.Steps[i].Account, s.today())
		r.Turn = actor.Account == who || actor.Account == r.Steps[i].Account
		return err
	})
	return r, err
}

// Line is the line that the actor chose last for a service at an agency.
func (s *Service) Line(ctx context.Context, actor authz.Actor, agency, service string) ([]Approver, error) {
	var kept string
	err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		kept, err = store.LastLine(tx, agency, actor.Account, service)
		return err
	})
	var out []Approver
	for step := range strings.FieldsSeq(kept) {
		kind, account, _ := strings.Cut(step, ":")
		out = append(out, Approver{Kind: kind, Account: kernel.ID(account)})
	}
	return out, err
}

// Approvals lists the cases whose proposals wait for the actor, or for those
// for whom they act today, up to a page.
func (s *Service) Approvals(ctx context.Context, actor authz.Actor, agency string) ([]*Application, error) {
	agency, err := deskAgency(actor, agency)
	if err != nil {
		return nil, err
	}
	const page = 100
	var out []*Application
	err = s.DB.View(ctx, func(tx *pstore.Tx) error {
		out = nil
		r, err := readRoster(tx, agency, s.today())
		if err != nil {
			return err
		}
		for _, account := range r.ears(actor.Account) {
			steps, err := store.ApprovalsBefore(tx, agency, account, page)
			if err != nil {
				return err
			}
			for _, step := range steps {
				if step.Proposer == actor.Account {
					continue
				}
				a, err := store.Get(tx, step.Application)
				if err != nil {
					return err
				}
				out = append(out, a)
			}
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b *Application) int { return cmp.Compare(a.DueAt, b.DueAt) })
	return out[:min(len(out), page)], err
}
