package casework

import (
	"context"
	"slices"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// An agency in charge may need the word of others before it decides (관계 기관
// 협조, 민원 처리에 관한 법률 제20조; 복합민원, 제31조). It stays in charge: it
// asks each of them, shows each no more than the answers and files it picks,
// and sets a date for the reply within its own time limit. The asked agency may
// take longer once, by no more than the time it was given (제20조제2항), and
// here never beyond the day by which the applicant is to have the decision.
//
// A request ends by the opinion, by being withdrawn, and with the case's
// decision, withdrawal or transfer: a new agency in charge judges anew whose
// word it needs, and finds the opinions given so far in the case. From then on
// the asked agency sees its own opinion only.

// Joint is a request with its texts opened.
type Joint struct {
	*store.Joint
	Ask    string
	Reason string
}

// The states of a request.
const (
	JointOpen      = "open"      // nobody of the asked agency has taken it
	JointTaken     = "taken"     // somebody works on it
	JointAnswered  = "answered"  // the opinion is given
	JointWithdrawn = "withdrawn" // the agency in charge takes it back
	JointEnded     = "ended"     // the case went on without it
)

// Opinions are what an asked agency can say.
var Opinions = []string{"agree", "conditions", "object", "not_ours"}

// maxJoint is how many requests of one case are open at once at most.
const maxJoint = 20

// joints reads a case's requests.
func (s *Service) joints(tx *pstore.Tx, application kernel.ID) ([]Joint, error) {
	rows, err := store.Joints(tx, application)
	if err != nil {
		return nil, err
	}
	var out []Joint
	for _, r := range rows {
		j, err := s.openJoint(r)
		if err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	return out, nil
}

func (s *Service) openJoint(r *store.Joint) (j Joint, err error) {
	j.Joint = r
	if j.Ask, err = s.openText(r.Application, r.Ask); err != nil {
		return j, err
	}
	j.Reason, err = s.openText(r.Application, r.Reason)
	return j, err
}

// jointCode marks an entry of the timeline as one about a request.
func jointCode(j *store.Joint) string { return j.Agency + " " + string(j.ID) }

// JointStep is an entry of the timeline that all agencies taking part share:
// who did what when. Words are only those of the reader's own request.
type JointStep struct {
	At     kernel.Time
	Act    string
	By     string // agency
	Agency string // the asked one
	Note   string
}

// JointQuery says which requests an agency's list holds.
type JointQuery struct {
	Agency string // "" for the official's first agency
	Closed bool   // those that are over, newest first; otherwise what waits, the most urgent first
	At     kernel.Time
	ID     kernel.ID // of the last request seen, "" from the start
	Limit  int       // 1..100, 0 for 50
}

// JointRow is a line of that list: nothing personal.
type JointRow struct {
	*store.Joint
	Number  string
	Service string
	Pack    string
}

// JointDesk lists what other agencies ask of the official's.
func (s *Service) JointDesk(ctx context.Context, actor authz.Actor, q JointQuery) ([]JointRow, error) {
	agency, err := deskAgency(actor, q.Agency)
	if err != nil {
		return nil, err
	}
	if q.Limit <= 0 || q.Limit > 100 {
		q.Limit = 50
	}
	var out []JointRow
	err = s.DB.View(ctx, func(tx *pstore.Tx) error {
		out = nil
		list := store.OpenJoints
		if q.Closed {
			list = store.ClosedJoints
		}
		l, err := list(tx, agency, q.At, q.ID, q.Limit)
		if err != nil {
			return err
		}
		for _, j := range l {
			a, err := store.Get(tx, j.Application)
			if err != nil {
				return err
			}
			out = append(out, JointRow{j, a.Number, a.Service, a.Pack})
		}
		return nil
	})
	return out, err
}

// JointCount counts what waits for the opinion of the official's agency.
func (s *Service) JointCount(ctx context.Context, actor authz.Actor, agency string) (n int, err error) {
	if agency, err = deskAgency(actor, agency); err != nil {
		return 0, err
	}
	err = s.DB.View(ctx, func(tx *pstore.Tx) error {
		n, err = store.CountJoints(tx, agency)
		return err
	})
	return n, err
}

// endJoints ends what a case still waits for, because it goes on without.
func (s *Service) endJoints(tx *pstore.Tx, a *Application, actor authz.Actor, now kernel.Time) error {
	l, err := store.Joints(tx, a.ID)
	if err != nil {
		return err
	}
	for _, j := range l {
		if j.ClosedAt > 0 {
			continue
		}
		j.State, j.ClosedAt = JointEnded, now
		if err := store.UpdateJoint(tx, j); err != nil {
			return err
		}
		if err := s.record(tx, a, now, actor, "joint_ended", jointCode(j), "", true); err != nil {
			return err
		}
	}
	return nil
}

// withoutJoints refuses to decide over requests that are open, unless the
// official said to go on without; that is recorded.
func (s *Service) withoutJoints(tx *pstore.Tx, actor authz.Actor, a *Application, now kernel.Time, goOn bool) error {
	l, err := store.Joints(tx, a.ID)
	if err != nil || !slices.ContainsFunc(l, func(j *store.Joint) bool { return j.ClosedAt == 0 }) {
		return err
	}
	if !goOn {
		return kernel.E(kernel.Conflict, "casework.joint.error.waits", nil).Field("without", "casework.joint.error.waits", nil)
	}
	return s.record(tx, a, now, actor, "joint_without", "", "", false)
}

// JointLast is the last instant by which a reply about c can be asked for.
func (s *Service) JointLast(c *Case) kernel.Time {
	return s.jointLast(c.Application, c.Service.TimeLimit, s.Clock.Now())
}
