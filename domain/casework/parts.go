package casework

import (
	"fmt"
	"slices"
	"strings"

	catalog "maru/domain/catalog/contract"
	"maru/kernel"
)

// PartDecision is the decision on one entry of an application that is decided
// in parts.
type PartDecision struct {
	Entry    string   `json:"entry"`
	Decision string   `json:"decision"`          // granted or refused
	Grounds  []string `json:"grounds,omitempty"` // ids in the definition
	Reason   string   `json:"reason,omitempty"`
}

// entries are what is decided one by one; none where the service decides on
// the whole.
func (c *Content) entries(svc *catalog.Service) []string {
	if svc.Parts == "" {
		return nil
	}
	set, _ := c.Answers[svc.Parts].Set()
	return set
}

// Entries are the parts of the case that are decided one by one.
func (c *Case) Entries() []string { return c.Content.entries(c.Service) }

// inParts tells whether a decision of this name is made of decisions on parts.
func inParts(decision string) bool {
	return decision == "" || decision == Granted || decision == PartlyGranted || decision == Refused
}

// settle fills in what follows from the rest of a decision: the whole from its
// parts, the parts from a decision that is the same for all, and the law from
// the grounds.
func settle(svc *catalog.Service, c *Content, d *Decision) error {
	entries := c.entries(svc)
	if len(entries) == 0 || !inParts(d.Decision) {
		d.Parts = nil
	} else if err := settleParts(svc, entries, d); err != nil {
		return err
	}
	if !Adverse(d.Decision) {
		d.Grounds = nil
	}
	if err := knownGrounds(svc, d.Grounds, "ground"); err != nil {
		return err
	}
	if d.Law == "" {
		all := slices.Clone(d.Grounds)
		for _, p := range d.Parts {
			all = append(all, p.Grounds...)
		}
		var laws []string
		for _, g := range svc.Grounds {
			if slices.Contains(all, g.ID) {
				laws = append(laws, g.Law.Name+" "+g.Law.Article)
			}
		}
		d.Law = strings.Join(slices.Compact(laws), ", ")
	}
	return nil
}

func knownGrounds(svc *catalog.Service, ids []string, field string) error {
	for _, id := range ids {
		if !slices.ContainsFunc(svc.Grounds, func(g catalog.Ground) bool { return g.ID == id }) {
			return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field(field, "casework.error.ground_unknown", nil)
		}
	}
	return nil
}

func settleParts(svc *catalog.Service, entries []string, d *Decision) error {
	bad := func(field, key string) error {
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field(field, key, nil)
	}
	if len(d.Parts) == 0 && d.Decision != Granted && d.Decision != Refused {
		return bad("parts", "casework.error.parts_missing")
	}
	if len(d.Parts) == 0 {
		for _, e := range entries {
			p := PartDecision{Entry: e, Decision: d.Decision}
			if d.Decision == Refused {
				p.Grounds, p.Reason = d.Grounds, d.Reason
			}
			d.Parts = append(d.Parts, p)
		}
	}
	d.Grounds = nil
	parts, granted := make([]PartDecision, 0, len(entries)), 0
	for i, e := range entries {
		at := slices.IndexFunc(d.Parts, func(p PartDecision) bool { return p.Entry == e })
		if at < 0 {
			return bad(PartField(i, "decision"), "casework.error.part_missing")
		}
		p := d.Parts[at]
		switch p.Decision {
		case Granted:
			granted++
			p.Grounds, p.Reason = nil, ""
		case Refused:
			var err error
			if p.Reason, err = text("reason", p.Reason, true); err != nil {
				return bad(PartField(i, "reason"), "casework.error.reason_missing")
			}
			if len(p.Grounds) == 0 && len(svc.Grounds) > 0 {
				return bad(PartField(i, "grounds"), "casework.error.ground_missing")
			}
			if err := knownGrounds(svc, p.Grounds, PartField(i, "grounds")); err != nil {
				return err
			}
		default:
			return bad(PartField(i, "decision"), "casework.error.part_missing")
		}
		parts = append(parts, p)
	}
	if len(d.Parts) != len(entries) {
		return bad("parts", "casework.error.part_unknown")
	}
	whole := PartlyGranted
	switch granted {
	case len(entries):
		whole = Granted
	case 0:
		whole = Refused
	}
	if d.Decision != "" && d.Decision != whole {
		return bad("decision", "casework.error.parts_differ")
	}
	d.Decision, d.Parts = whole, parts
	return nil
}

// PartField names the input of a part, counted from 0, in forms and errors.
func PartField(i int, field string) string { return fmt.Sprintf("part-%d-%s", i+1, field) }

// PaperPart is the decision on one entry as a document tells it.
type PaperPart struct {
	Entry    string        `json:"entry"`
	Decision string        `json:"decision"`
	Grounds  []PaperGround `json:"grounds,omitempty"`
	Reason   string        `json:"reason,omitempty"`
}

// PaperGround is a provision with what it protects, in plain words.
type PaperGround struct {
	Law  kernel.Text `json:"law"`
	Text kernel.Text `json:"text"`
}

// paperParts writes the decisions on the entries.
func paperParts(svc *catalog.Service, parts []PartDecision) []PaperPart {
	var out []PaperPart
	for _, p := range parts {
		out = append(out, PaperPart{p.Entry, p.Decision, paperGrounds(svc, p.Grounds), p.Reason})
	}
	return out
}

func paperGrounds(svc *catalog.Service, ids []string) []PaperGround {
	var out []PaperGround
	for _, g := range svc.Grounds {
		if slices.Contains(ids, g.ID) {
			name := g.Law.NameEN
			if name == "" {
				name = g.Law.Name
			}
			out = append(out, PaperGround{kernel.Text{KO: g.Law.Name + " " + g.Law.Article, EN: name + " " + g.Law.Article}, g.Text})
		}
	}
	return out
}

// PaperParts are the decisions on the case's entries, as its document tells
// them.
func (c *Case) PaperParts() []PaperPart { return paperParts(c.Service, c.Content.Parts) }

// refused are the entries of the decision that were not granted.
func (c *Content) refused() []string {
	var out []string
	for _, p := range c.Parts {
		if p.Decision == Refused {
			out = append(out, p.Entry)
		}
	}
	return out
}

// Refused are the entries that an objection can name.
func (c *Case) Refused() []string { return c.Content.refused() }
