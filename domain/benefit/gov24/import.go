package gov24

import (
	"strings"

	agency "maru/domain/agency/contract"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/i18n"
)

// Catalogue is the whole catalogue as it was read.
type Catalogue struct {
	Services   []Service
	Details    []Detail
	Conditions []Conditions
}

// Reason is why a service is not imported; messages name it (gov24.left_out).
type Reason string

// The reasons.
const (
	OtherUsers   Reason = "other_users"   // for businesses or organisations alone
	BusinessOnly Reason = "business_only" // for persons too, but conditions speak of businesses alone
	NoConditions Reason = "no_conditions" // no row of conditions
	NoPlace      Reason = "no_place"      // a city's or province's, and its place is not known
	BadAges      Reason = "bad_ages"      // from above to
	BadID        Reason = "bad_id"
	Twice        Reason = "twice"
	NoName       Reason = "no_name"
)

// Report tells what became of a catalogue. Lists hold ids of services in the
// order of the catalogue.
type Report struct {
	Services int
	Imported int
	LeftOut  map[Reason][]string
	// Of those imported: a wildcard beside few codes, which restrict all the
	// same; a wildcard beside most codes, which do not restrict; no condition
	// at all; a local body whose place is not known, so that no region is asked.
	Contradictions []string
	Blocks         []string
	OpenToAll      []string
	Unlocated      []string
	// Strange counts keys that look like codes and are none that is known.
	Strange map[string]int
	// Orphans are rows of conditions or details without a service.
	Orphans int
}

// Import makes programmes of the services that are for persons or households.
// provinces are the regions of the pack; texts hold this package's messages.
func Import(c Catalogue, provinces []agency.Province, texts *i18n.Catalog) ([]Programme, Report) {
	im := importer{
		places: newPlaces(provinces), texts: texts, conditions: map[string]*Conditions{}, details: map[string]*Detail{}, seen: map[string]bool{},
		report: Report{Services: len(c.Services), LeftOut: map[Reason][]string{}, Strange: map[string]int{}},
	}
	for i := range c.Conditions {
		im.conditions[c.Conditions[i].ID] = &c.Conditions[i]
	}
	for i := range c.Details {
		im.details[c.Details[i].ID] = &c.Details[i]
	}
	im.simplified = kernel.Text{KO: texts.T(kernel.KO, "gov24.simplified"), EN: texts.T(kernel.EN, "gov24.simplified")}
	var out []Programme
	for _, s := range c.Services {
		p, why := im.programme(s)
		if why != "" {
			im.report.LeftOut[why] = append(im.report.LeftOut[why], s.ID)
			continue
		}
		out = append(out, p)
	}
	im.report.Imported = len(out)
	for id := range im.conditions {
		if !im.seen[id] {
			im.report.Orphans++
		}
	}
	for id := range im.details {
		if !im.seen[id] {
			im.report.Orphans++
		}
	}
	return out, im.report
}

type importer struct {
	places     *places
	texts      *i18n.Catalog
	conditions map[string]*Conditions
	details    map[string]*Detail
	seen       map[string]bool
	simplified kernel.Text
	report     Report
}

func (im *importer) programme(s Service) (Programme, Reason) {
	switch {
	case !validID(s.ID):
		return Programme{}, BadID
	case im.seen[s.ID]:
		return Programme{}, Twice
	}
	im.seen[s.ID] = true
	users := strings.Split(s.Users, UsersJoin)
	for i := range users {
		users[i] = strings.TrimSpace(users[i])
	}
	row := im.conditions[s.ID]
	switch {
	case strings.TrimSpace(s.Name) == "":
		return Programme{}, NoName
	case !has(users, UserPerson) && !has(users, UserHousehold):
		return Programme{}, OtherUsers
	case row == nil:
		return Programme{}, NoConditions
	case businessOnly(row):
		return Programme{}, BusinessOnly
	case row.AgeTo > 0 && row.AgeFrom > row.AgeTo:
		return Programme{}, BadAges
	}
	b := builder{texts: im.texts}
	p := Programme{ID: "gov24-" + s.ID, Service: s}
	if d := im.details[s.ID]; d != nil {
		p.Detail = *d
	}
	if why := im.region(&b, &p); why != "" {
		return Programme{}, why
	}
	b.of(ByRegion)
	b.ages(row.AgeFrom, row.AgeTo)
	b.of(ByAge)
	b.sex(row.Codes)
	b.of(BySex)
	b.income(row.Codes)
	b.of(ByIncome)
	person := b.oneOf(groupPerson, row.Codes)
	b.of(ByPerson)
	household := b.oneOf(groupHousehold, row.Codes)
	b.of(ByHousehold)
	if person == contradiction || household == contradiction {
		im.report.Contradictions = append(im.report.Contradictions, s.ID)
	}
	if person == block || household == block {
		im.report.Blocks = append(im.report.Blocks, s.ID)
	}
	if len(b.out) == 0 {
		im.report.OpenToAll = append(im.report.OpenToAll, s.ID)
		b.add("true", false, "gov24.condition.open")
		b.of(Open)
	}
	p.Kinds = b.kinds
	for _, key := range row.Strange {
		im.report.Strange[key]++
	}
	p.Benefit = contract.Benefit{Unit: "person", Period: "in_kind", Conditions: b.out, Amount: "0", Partial: true, Simplified: im.simplified}
	return p, ""
}

// region adds the condition of place. Central bodies and public institutions
// serve the whole country; for those that a local body founded the name is all
// there is.
func (im *importer) region(b *builder, p *Programme) Reason {
	s := &p.Service
	exact := false
	switch s.AgencyType {
	case Municipality, ProvinceBody:
		exact = true
	case EducationOffice, LocalFoundation, LocalCorporation:
	default:
		return ""
	}
	where, ok := im.places.find(strings.Join(strings.Fields(s.Agency), " "), exact)
	switch {
	case ok:
		p.Regions, p.Local = where.codes, where.local
		b.region(where)
	case exact:
		return NoPlace
	default:
		p.Unlocated = true
		im.report.Unlocated = append(im.report.Unlocated, s.ID)
	}
	return ""
}

// businessOnly tells whether codes speak of businesses or organisations and of
// nothing that makes out a person.
func businessOnly(row *Conditions) bool {
	business := false
	for _, c := range codes {
		if !has(row.Codes, c.id) {
			continue
		}
		if c.group != groupBusiness {
			return false
		}
		business = true
	}
	return business && row.AgeFrom <= 0 && (row.AgeTo <= 0 || row.AgeTo >= noUpperAge)
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// validID: letters, digits and hyphens, so that it can stand in an address and
// in a rule.
func validID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, r := range id {
		if r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return true
}
