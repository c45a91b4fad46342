package audit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"

	"maru/domain/audit/proof"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Entry is one act, told by the domain that does it.
type Entry struct {
	Actor   authz.Actor
	Office  bool   // done by power of office, also where the data is about the actor
	Act     string // "casework.decide"; its words have the key "casework.act.decide"
	Object  string // "application:ID"
	Subject string // whom the data is about, see SubjectOf; "" if nobody
	Purpose string // message key: what for
	Basis   string // law and article, or "consent:ID"
	Service string // catalogue id of the public service
	Agency  string // for which agency the actor acts, "" if none
	Detail  any    // what else matters, as JSON; no personal data beyond need
}

// Roles a row may record besides those of authz.
const (
	roleSelf    = "self"    // the person the data is about
	roleSystem  = "system"  // a rule or job of the program
	roleVisitor = "visitor" // nobody known
	// roleDelegate acts for the person under a mandate, by law or by order of
	// a court; the basis names which.
	roleDelegate = "delegate"
)

// SubjectOf is whom data belongs to: a registry person, or an account that was
// not proven to be one, whose owner may see all the same who looked at it.
func SubjectOf(person string, account kernel.ID) string {
	if person != "" || account == "" {
		return person
	}
	return "account:" + string(account)
}

// Append records e at now in tx. The row joins the tree afterwards.
func Append(tx *store.Tx, now kernel.Time, e Entry) error {
	r, err := newRow(now, e)
	if err != nil {
		return err
	}
	err = tx.Later(`INSERT INTO audit_row (id, at, account, role, role_agency, system, act, object, subject, purpose, basis, service, agency, detail, salt, leaf)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		string(r.ID), int64(r.At), r.Account, r.Role, r.RoleAgency, r.System, r.Act, r.Object, r.Subject, r.Purpose, r.Basis, r.Service, r.Agency, r.Detail, r.salt, r.leaf)
	if err != nil {
		return fmt.Errorf("audit: append %s: %w", e.Act, err)
	}
	return nil
}

// row is a stored entry. Its JSON, in this order of fields, is the canonical
// form that the commitment covers: fields are added at the end only.
type row struct {
	ID         kernel.ID `json:"id"`
	At         int64     `json:"at"`
	Account    string    `json:"account"`
	Role       string    `json:"role"`
	RoleAgency string    `json:"role_agency"`
	System     string    `json:"system"`
	Act        string    `json:"act"`
	Object     string    `json:"object"`
	Subject    string    `json:"subject"`
	Purpose    string    `json:"purpose"`
	Basis      string    `json:"basis"`
	Service    string    `json:"service"`
	Agency     string    `json:"agency"`
	Detail     string    `json:"detail"`

	salt, leaf []byte
}

// A row's basis is what the act rests on, and after it by whose hands it was done
// where the person did not act alone: byApp and the program that acted by the
// person's consent; then assisted, where an official at a counter acted for the
// person who stands there, or mandated and the mandate under which somebody did.
const (
	byApp    = "app:"
	assisted = "assisted"
	mandated = "mandate:"
)

// rests adds to a basis by whose hands the actor acts.
func rests(basis string, a authz.Actor) string {
	parts := []string{basis}
	if a.App != "" {
		parts = append(parts, byApp+a.App)
	}
	switch {
	case a.Mandated():
		parts = append(parts, mandated+string(a.Helper.Mandate))
	case a.Assisted():
		parts = append(parts, assisted)
	}
	return strings.TrimPrefix(strings.Join(parts, "; "), "; ")
}

// grounds is a row's basis, taken apart again.
type grounds struct {
	basis    string
	app      string
	assisted bool
	mandate  kernel.ID
}

// groundsOf reads a basis that rests wrote. Only its end is looked at: what a law
// is called is no helper.
func groundsOf(basis string) grounds {
	var g grounds
	last := func() string { return basis[strings.LastIndex(basis, " ")+1:] }
	cut := func() { basis = strings.TrimSuffix(strings.TrimSuffix(basis, last()), "; ") }
	if id, ok := strings.CutPrefix(last(), mandated); ok {
		g.mandate = kernel.ID(id)
		cut()
	} else if last() == assisted {
		g.assisted = true
		cut()
	}
	if id, ok := strings.CutPrefix(last(), byApp); ok {
		g.app = id
		cut()
	}
	g.basis = basis
	return g
}

// LegalBasis tells whether a text that somebody wrote can be a basis: it does not
// read like a consent, another body's word, or by whose hands something was done.
func LegalBasis(text string) bool {
	for _, is := range []string{"consent:", "peer ", mandated, byApp} {
		if strings.HasPrefix(text, is) {
			return false
		}
	}
	return groundsOf(text).basis == text
}

const saltBytes = 16 // 128 bits: guessing a row's content stays hopeless

func newRow(now kernel.Time, e Entry) (*row, error) {
	detail := ""
	if e.Detail != nil {
		b, err := json.Marshal(e.Detail) // sorts map keys: canonical
		if err != nil {
			return nil, fmt.Errorf("audit: detail of %s: %w", e.Act, err)
		}
		detail = string(b)
	}
	r := &row{
		ID: kernel.NewID(now), At: int64(now), Account: string(e.Actor.Account), System: e.Actor.System,
		Act: e.Act, Object: e.Object, Subject: pseudonym(e.Subject), Purpose: e.Purpose,
		Basis: e.Basis, Service: e.Service, Agency: e.Agency, Detail: detail,
		salt: make([]byte, saltBytes),
	}
	r.Role, r.RoleAgency = actedAs(e)
	r.Basis = rests(r.Basis, e.Actor)
	if h := e.Actor.Helper; e.Actor.OnBehalf() {
		r.Account = string(h.Account)
		if r.Agency == "" {
			r.Agency = h.Agency
		}
	}
	_, _ = rand.Read(r.salt) // never fails on the platforms Go supports
	leaf, err := r.commit()
	if err != nil {
		return nil, err
	}
	r.leaf = leaf
	return r, nil
}

// commit is SHA-256(salt ‖ canonical row).
func (r *row) commit() ([]byte, error) {
	b, err := r.canonical()
	if err != nil {
		return nil, err
	}
	return proof.Commitment(r.salt, b), nil
}

func (r *row) canonical() ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("audit: canonical row: %w", err)
	}
	return b, nil
}

// actedAs is the role, and its agency, in which the actor acted.
func actedAs(e Entry) (role, agency string) {
	a := e.Actor
	switch {
	case a.System != "":
		return roleSystem, ""
	case a.Assisted():
		return string(authz.Official), a.Helper.Agency
	case a.Mandated():
		return roleDelegate, ""
	case !a.SignedIn():
		return roleVisitor, ""
	case !e.Office && e.Subject != "" && (e.Subject == a.Person || e.Subject == SubjectOf("", a.Account)):
		return roleSelf, ""
	}
	for _, g := range a.Grants {
		if e.Agency != "" && g.Agency == e.Agency {
			return string(g.Role), g.Agency
		}
	}
	for _, g := range a.Grants {
		if g.Role != authz.Resident {
			return string(g.Role), g.Agency
		}
	}
	return string(authz.Resident), ""
}

// pseudonym stands for a subject in rows.
func pseudonym(subject string) string {
	if subject == "" {
		return ""
	}
	h := sha256.Sum256([]byte("maru audit subject\x00" + subject))
	return fmt.Sprintf("%x", h[:16])
}
