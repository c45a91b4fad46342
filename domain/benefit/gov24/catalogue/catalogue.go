package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	agency "maru/domain/agency/contract"
	"maru/domain/benefit/gov24"
)

// Pages are the answers of the three operations, page by page.
type Pages struct {
	List, Detail, Conditions [][]byte
}

// Make makes up n services, in pages of perPage entries.
func Make(seed uint64, n, perPage int, provinces []agency.Province) (Pages, error) {
	m := maker{dice: dice{rand.NewPCG(seed, 15113968)}}
	for i := range provinces {
		for _, r := range provinces[i].Regions {
			if r.City == "" {
				m.places = append(m.places, spot{&provinces[i], r})
			}
		}
	}
	if len(m.places) == 0 {
		return Pages{}, errors.New("catalogue: no regions to spread services over")
	}
	var list []gov24.Service
	var details []gov24.Detail
	var conditions []json.RawMessage
	for i := range n {
		s, r := m.service(i)
		list = append(list, s)
		details = append(details, gov24.Detail{ID: s.ID})
		raw, err := conditionRow(s, r)
		if err != nil {
			return Pages{}, err
		}
		conditions = append(conditions, raw)
	}
	var out Pages
	var err error
	if out.List, err = pages(list, perPage); err != nil {
		return Pages{}, err
	}
	if out.Detail, err = pages(details, perPage); err != nil {
		return Pages{}, err
	}
	out.Conditions, err = pages(conditions, perPage)
	return out, err
}

// Read is what the importer reads of the pages.
func (p Pages) Read() (gov24.Catalogue, error) {
	var c gov24.Catalogue
	var err error
	if c.Services, err = gov24.Decode[gov24.Service](bytes.NewReader(slices.Concat(p.List...))); err != nil {
		return c, err
	}
	if c.Details, err = gov24.Decode[gov24.Detail](bytes.NewReader(slices.Concat(p.Detail...))); err != nil {
		return c, err
	}
	c.Conditions, err = gov24.Decode[gov24.Conditions](bytes.NewReader(slices.Concat(p.Conditions...)))
	return c, err
}

// pages cuts rows into pages as the API answers them.
func pages[T any](rows []T, perPage int) ([][]byte, error) {
	var out [][]byte
	for n := 0; n*perPage < len(rows); n++ {
		part := rows[n*perPage : min((n+1)*perPage, len(rows))]
		b, err := json.Marshal(struct {
			Page    int `json:"page"`
			PerPage int `json:"perPage"`
			Total   int `json:"totalCount"`
			Current int `json:"currentCount"`
			Match   int `json:"matchCount"`
			Data    []T `json:"data"`
		}{n + 1, perPage, len(rows), len(part), len(rows), part})
		if err != nil {
			return nil, fmt.Errorf("catalogue: %w", err)
		}
		out = append(out, append(b, '\n'))
	}
	return out, nil
}

// conditionRow writes a row as the API does: every code a key, "Y" or null.
func conditionRow(s gov24.Service, r row) (json.RawMessage, error) {
	m := map[string]any{idKey: s.ID, nameKey: s.Name}
	for _, c := range gov24.Codes() {
		m[c] = nil
	}
	for _, c := range r.codes {
		m[c] = "Y"
	}
	if r.from >= 0 {
		m["JA0110"] = r.from
	}
	if r.to >= 0 {
		m["JA0111"] = r.to
	}
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return b, nil
}

type maker struct {
	dice
	places []spot
}

// spot is a city, county or district with its own government.
type spot struct {
	province *agency.Province
	region   agency.Region
}

func (m *maker) service(i int) (gov24.Service, row) {
	s := gov24.Service{
		ID: fmt.Sprintf("M%09d", i+1), Summary: summary, Until: one(m.dice, untils), Method: visit, Field: one(m.dice, fields), Kind: one(m.dice, kinds),
		Name:       strings.Join([]string{one(m.dice, people), one(m.dice, things), one(m.dice, forms)}, " "),
		Registered: "20210923123456", Modified: "20260101000000",
	}
	m.agency(&s)
	var r row
	switch m.pick(795, 35, 15, 22, 45, 70, 18) {
	case 0:
		s.Users, r = gov24.UserPerson, m.person()
	case 1:
		s.Users, r = gov24.UserPerson+gov24.UsersJoin+gov24.UserHousehold, m.person()
	case 2:
		s.Users, r = gov24.UserHousehold, m.person()
	case 3:
		s.Users, r = gov24.UserPerson+gov24.UsersJoin+gov24.UserBusiness, m.person()
	case 4:
		s.Users, r = gov24.UserBusiness, m.business(false)
	case 5:
		s.Users, r = gov24.UserOrganisation, m.business(true)
	default: // for persons by its users, for firms by its codes
		s.Users, r = gov24.UserPerson+gov24.UsersJoin+gov24.UserOrganisation, m.business(true)
	}
	return s, r
}

// agency draws the body: most are those of a city, county or district.
func (m *maker) agency(s *gov24.Service) {
	at := one(m.dice, m.places)
	prov, region := at.province, at.region
	s.AgencyCode = string(region.Code) + "00"
	switch m.pick(735, 100, 50, 45, 30, 25, 15) {
	case 0:
		s.AgencyType, s.Agency = gov24.Municipality, prov.Name.KO+" "+region.KO
		if region.KO == prov.Name.KO {
			s.AgencyType, s.Agency = gov24.ProvinceBody, prov.Name.KO
		}
	case 1:
		s.AgencyType, s.Agency = gov24.ProvinceBody, prov.Name.KO
	case 2:
		s.AgencyType, s.Agency = gov24.Ministry, one(m.dice, ministries)
	case 3:
		s.AgencyType, s.Agency = gov24.PublicInstitution, one(m.dice, bodies)
	case 4:
		s.AgencyType, s.Agency = gov24.LocalFoundation, prov.Name.KO+foundation
	case 5:
		s.AgencyType, s.Agency = gov24.LocalCorporation, region.KO+one(m.dice, bodies)
	default:
		s.AgencyType, s.Agency = gov24.EducationOffice, prov.Name.KO+education
	}
}
