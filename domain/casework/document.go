package casework

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	pstore "maru/platform/store"
)

// Paper is the content of an issued document, in both languages. Its canonical
// JSON is what the hash covers.
type Paper struct {
	Number    string      `json:"number"`
	Case      string      `json:"case"`
	Title     kernel.Text `json:"title"`
	Issuer    kernel.Text `json:"issuer"`
	Issued    kernel.Time `json:"issued"`
	Holder    string      `json:"holder"`
	Rows      []PaperRow  `json:"rows"` // what the document certifies
	Statement kernel.Text `json:"statement"`
	Decision  string      `json:"decision"`
	Reason    kernel.Text `json:"reason"`
	Law       string      `json:"law"`
	Objection *PaperRoute `json:"objection,omitempty"`
	// About says whom it is about and who receives what it brings.
	About []PaperRow `json:"about,omitempty"`
	// Grounds are the provisions of an adverse decision on the whole, Parts the
	// decisions on the entries, Next what the service itself says comes now.
	Grounds []PaperGround `json:"grounds,omitempty"`
	Parts   []PaperPart   `json:"parts,omitempty"`
	Next    []kernel.Text `json:"next,omitempty"`
	// ByRule: a rule decided, no person.
	ByRule bool `json:"by_rule,omitempty"`
	// Unproven: the holder's name is what they gave, not what a register tells.
	Unproven bool `json:"unproven,omitempty"`
	// Salt keeps the published hash from confirming a guess at the content.
	Salt []byte `json:"salt"`
}

// PaperRow is one line of a document.
type PaperRow struct {
	Label kernel.Text `json:"label"`
	Value kernel.Text `json:"value"`
}

// PaperRoute tells how and until when one may object.
type PaperRoute struct {
	Route kernel.Text `json:"route"`
	Law   string      `json:"law"`
	Until kernel.Date `json:"until"`
}

// issue writes the document of a decision.
func (s *Service) issue(a *Application, svc *catalog.Service, c *Content, d Decision, now kernel.Time) (*Document, error) {
	p := Paper{
		Number:   newNumber("D", now, 3),
		Case:     a.Number,
		Title:    svc.Title,
		Issuer:   kernel.Text{KO: s.Agencies.Name(a.Agency, kernel.KO), EN: s.Agencies.Name(a.Agency, kernel.EN)},
		Issued:   now,
		Holder:   c.Applicant,
		Decision: d.Decision,
		Reason:   kernel.Text{KO: d.Reason}, // an official writes in one language
		Law:      d.Law,
		ByRule:   a.Assignee == "",
		Unproven: a.Person == "",
		Salt:     make([]byte, 16),
		Grounds:  paperGrounds(svc, d.Grounds),
		Parts:    paperParts(svc, d.Parts),
		Next:     svc.NoticesOn(d.Decision),
	}
	for _, t := range s.taking(svc, c) {
		if Adverse(d.Decision) || !slices.Contains(svc.Outcome.Questions, t.Question) {
			names := strings.Join(t.Names, ", ")
			p.About = append(p.About, PaperRow{Label: t.Title, Value: kernel.Text{KO: names, EN: names}})
		}
	}
	_, _ = rand.Read(p.Salt) // never fails
	if p.ByRule && svc.Auto != nil {
		p.Reason = svc.Auto.Reason
	}
	if !Adverse(d.Decision) && !svc.Outcome.Title.IsZero() {
		p.Title, p.Statement = svc.Outcome.Title, svc.Outcome.Statement
		for _, f := range svc.Outcome.Facts {
			if v, ok := c.Facts[f]; ok {
				p.Rows = append(p.Rows, PaperRow{
					Label: kernel.Text{KO: s.Registers.FactTitle(f, kernel.KO), EN: s.Registers.FactTitle(f, kernel.EN)},
					Value: kernel.Text{KO: s.Registers.FactLabel(f, v, kernel.KO), EN: s.Registers.FactLabel(f, v, kernel.EN)},
				})
			}
		}
		for _, id := range svc.Outcome.Questions {
			if q, ok := svc.Question(id); ok && c.Answers[id].Known() {
				p.Rows = append(p.Rows, PaperRow{Label: q.Title,
					Value: kernel.Text{KO: s.Words(q, c.Answers[id], c.Known(), nil, kernel.KO), EN: s.Words(q, c.Answers[id], c.Known(), nil, kernel.EN)}})
			}
		}
	}
	if Adverse(d.Decision) && svc.Objection != nil {
		p.Objection = &PaperRoute{Route: svc.Objection.Route, Law: svc.Objection.Law.Name + " " + svc.Objection.Law.Article, Until: a.ObjectUntil}
	}
	body, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	sealed, err := s.Keys.Seal("casework.document:"+p.Number, body)
	if err != nil {
		return nil, err
	}
	return &Document{Number: p.Number, Application: a.ID, Service: a.Service, Agency: a.Agency, IssuedAt: now,
		Hash: hex.EncodeToString(sum[:]), Body: sealed}, nil
}

// Words says an answer the way people read it. Person ids are shown as names
// where members tells them; files by their names.
func (s *Service) Words(q *catalog.Question, v kernel.Value, members []Member, files []FileView, l kernel.Lang) string {
	name := func(id string) string {
		for _, m := range members {
			if m.Person == id {
				return m.Name
			}
		}
		return id
	}
	option := func(value string) string {
		for _, o := range q.Options {
			if o.Value == value {
				return o.Text.In(l)
			}
		}
		return value
	}
	if !v.Known() {
		return ""
	}
	switch q.Type {
	case "bool":
		if yes, _ := v.Bool(); yes {
			return s.Texts.T(l, "casework.yes")
		}
		return s.Texts.T(l, "casework.no")
	case "date":
		d, _ := v.Date()
		return i18n.Date(l, d)
	case "money":
		n, _ := v.Int()
		return i18n.Money(l, kernel.Money(n))
	case "int":
		n, _ := v.Int()
		return i18n.Number(l, n)
	case "enum":
		return option(v.Text())
	case "region":
		return s.Agencies.RegionName(v.Text(), l)
	case "agency":
		return s.Agencies.Name(v.Text(), l)
	case "person":
		return name(v.Text())
	case "slot":
		if at, ok := catalog.ParseSlot(v.Text()); ok {
			return i18n.DateTime(l, at)
		}
	case "set", "persons", "file", "counts", "list":
		set, _ := v.Set()
		out := make([]string, 0, len(set))
		for _, m := range set {
			switch q.Type {
			case "set":
				m = option(m)
			case "counts":
				if value, n, ok := catalog.ParseCount(m); ok {
					m = s.Texts.T(l, "casework.counts.line", "what", option(value), "n", n)
				}
			case "persons":
				m = name(m)
			case "file":
				for _, f := range files {
					if string(f.ID) == m {
						m = f.Name
					}
				}
			}
			out = append(out, m)
		}
		return strings.Join(out, ", ")
	}
	if q.Fact != "" {
		return s.Registers.FactLabel(q.Fact, v, l)
	}
	return v.Text()
}

// PaperOf opens a document for the person it was issued to.
func (s *Service) PaperOf(ctx context.Context, actor authz.Actor, number string) (*Paper, *Document, error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return nil, nil, err
	}
	number, ok := ParseNumber(number)
	if !ok {
		return nil, nil, kernel.E(kernel.NotFound, "casework.error.no_document", nil)
	}
	var d *Document
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		var err error
		if d, err = store.GetDocument(tx, number); err != nil {
			return err
		}
		a, err := store.Get(tx, d.Application)
		if err != nil {
			return err
		}
		if !mayKnow(actor, a) {
			return kernel.E(kernel.NotFound, "casework.error.no_document", nil)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	p, err := s.openPaper(d)
	return p, d, err
}

func (s *Service) openPaper(d *Document) (*Paper, error) {
	if len(d.Body) == 0 {
		return nil, kernel.E(kernel.NotFound, "casework.error.document_purged", nil)
	}
	body, err := s.Keys.Open("casework.document:"+d.Number, d.Body)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(d.Hash)) != 1 {
		return nil, kernel.E(kernel.Internal, "", nil)
	}
	var p Paper
	return &p, json.Unmarshal(body, &p)
}

// Checked is what anybody may learn of a document by its number: that it was
// issued, by whom, when, and whether it still stands. It holds no personal
// data; the hash lets a reader compare the copy in hand.
type Checked struct {
	Number  string
	Title   kernel.Text
	Agency  string
	Issued  kernel.Time
	Revoked kernel.Time
	Hash    string
}

// Check looks a document up by the number somebody typed.
func (s *Service) Check(ctx context.Context, typed string) (*Checked, error) {
	number, ok := ParseNumber(typed)
	if !ok || number[0] != 'D' {
		return nil, kernel.E(kernel.Invalid, "casework.error.document_number", nil).Field("number", "casework.error.document_number", nil)
	}
	var d *Document
	var a *Application
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		var err error
		if d, err = store.GetDocument(tx, number); err != nil {
			return err
		}
		a, err = store.Get(tx, d.Application)
		return err
	})
	if err != nil {
		return nil, err
	}
	svc, err := s.Definition(ctx, a)
	if err != nil {
		return nil, err
	}
	c := &Checked{Number: d.Number, Title: svc.Title, Agency: d.Agency, Issued: d.IssuedAt, Revoked: d.RevokedAt, Hash: d.Hash}
	if p, err := s.openPaper(d); err == nil {
		c.Title = p.Title
	}
	return c, nil
}

// Registered gives the answers of a decided application to the register that
// has to act on it, with the person who applied. The program reads it for the
// register; the act is logged.
func (s *Service) Registered(ctx context.Context, id kernel.ID) (answers map[string]kernel.Value, person string, err error) {
	err = s.DB.Update(ctx, func(tx *pstore.Tx) error {
		a, err := store.Get(tx, id)
		if err != nil {
			return err
		}
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		c, err := s.openContent(a, svc)
		if err != nil {
			return err
		}
		answers, person = c.Answers, a.Person
		return s.audited(tx, s.Clock.Now(), authz.Actor{System: "register"}, "casework.register", a, "casework.purpose.handling")
	})
	return answers, person, err
}
