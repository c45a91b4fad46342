package imported

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"maru/domain/benefit/gov24"
)

// record is a programme as a version keeps it: the cleaned entry, from which
// conditions are made anew with the pack in force.
type record struct {
	Service gov24.Service `json:"service"`
	Detail  *gov24.Detail `json:"detail,omitempty"`
	Codes   []string      `json:"codes,omitempty"`
	From    int           `json:"from"`
	To      int           `json:"to"`
}

// maxContent bounds what a version unpacks to, in bytes.
const maxContent = 512 << 20

// records are the entries of the catalogue that became programmes, by id.
func recordsOf(c gov24.Catalogue, programmes []gov24.Programme) []record {
	rows := map[string]*gov24.Conditions{}
	for i := range c.Conditions {
		rows[c.Conditions[i].ID] = &c.Conditions[i]
	}
	out := make([]record, 0, len(programmes))
	for i := range programmes {
		p := &programmes[i]
		r := record{Service: p.Service, From: -1, To: -1}
		if p.Detail != (gov24.Detail{}) {
			r.Detail = &p.Detail
		}
		if row := rows[p.Service.ID]; row != nil {
			r.Codes, r.From, r.To = row.Codes, row.AgeFrom, row.AgeTo
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b record) int { return strings.Compare(a.Service.ID, b.Service.ID) })
	return out
}

// catalogueOf is what the importer reads of records.
func catalogueOf(list []record) gov24.Catalogue {
	c := gov24.Catalogue{Services: make([]gov24.Service, 0, len(list)), Conditions: make([]gov24.Conditions, 0, len(list))}
	for _, r := range list {
		c.Services = append(c.Services, r.Service)
		c.Conditions = append(c.Conditions, gov24.Conditions{ID: r.Service.ID, Codes: r.Codes, AgeFrom: r.From, AgeTo: r.To})
		if r.Detail != nil {
			c.Details = append(c.Details, *r.Detail)
		}
	}
	return c
}

// seal writes records as a version keeps them, with the hash of what they say.
func seal(list []record) (content []byte, hash string, err error) {
	plain, err := json.Marshal(list)
	if err != nil {
		return nil, "", fmt.Errorf("benefit: write an import: %w", err)
	}
	sum := sha256.Sum256(plain)
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(plain); err != nil {
		return nil, "", fmt.Errorf("benefit: write an import: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, "", fmt.Errorf("benefit: write an import: %w", err)
	}
	return out.Bytes(), hex.EncodeToString(sum[:]), nil
}

// errContent says that a version does not hold what was written.
var errContent = errors.New("benefit: an import is damaged: its hash differs")

// unseal reads them back.
func unseal(content []byte, hash string) ([]record, error) {
	z, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("benefit: read an import: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(z, maxContent))
	if err != nil {
		return nil, fmt.Errorf("benefit: read an import: %w", err)
	}
	if sum := sha256.Sum256(plain); hex.EncodeToString(sum[:]) != hash {
		return nil, errContent
	}
	var out []record
	if err := json.Unmarshal(plain, &out); err != nil {
		return nil, fmt.Errorf("benefit: read an import: %w", err)
	}
	return out, nil
}

// difference is what a list of records has and lacks against an older one.
func difference(before, after []record) (d Difference, err error) {
	old := make(map[string][sha256.Size]byte, len(before))
	sum := func(r record) ([sha256.Size]byte, error) {
		b, err := json.Marshal(r)
		return sha256.Sum256(b), err
	}
	for _, r := range before {
		if old[r.Service.ID], err = sum(r); err != nil {
			return d, fmt.Errorf("benefit: compare imports: %w", err)
		}
	}
	for _, r := range after {
		was, there := old[r.Service.ID]
		is, err := sum(r)
		if err != nil {
			return d, fmt.Errorf("benefit: compare imports: %w", err)
		}
		switch {
		case !there:
			d.New = append(d.New, r.Service.ID)
		case was != is:
			d.Changed = append(d.Changed, r.Service.ID)
		}
		delete(old, r.Service.ID)
	}
	for _, r := range before {
		if _, gone := old[r.Service.ID]; gone {
			d.Gone = append(d.Gone, r.Service.ID)
		}
	}
	return d, nil
}
