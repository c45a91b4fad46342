package mydata

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"maru/domain/audit"
	catalog "maru/domain/catalog/contract"
	"maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// RecordSchema is the JSON Schema that every consent record fits.
//
//go:embed record.schema.json
var RecordSchema []byte

// recordContext says what the names of a record mean: the Data Privacy
// Vocabulary (DPV 2.3), Dublin Core terms.
var recordContext = map[string]string{
	"dpv": "https://w3id.org/dpv#", "dct": "http://purl.org/dc/terms/", "xsd": "http://www.w3.org/2001/XMLSchema#",
	"loc": "https://w3id.org/dpv/loc#",
}

// recordProfile is the profile of ISO/IEC TS 27560:2023 in DPV that a record
// follows.
const recordProfile = "https://w3id.org/dpv/schema/dpv-27560#record"

type node = map[string]any

// Record is one of the actor's consents as a consent record of ISO/IEC TS
// 27560:2023, in JSON-LD with terms of DPV. It names the person by the
// identifier of the consent's account, no name and no number of a register. Handing
// it out is in the access log. Another person's consent is NotFound.
func (s *Service) Record(ctx context.Context, actor authz.Actor, id kernel.ID, l kernel.Lang) ([]byte, error) {
	if err := proven(actor); err != nil {
		return nil, err
	}
	c, err := s.Consent(ctx, id)
	if err != nil {
		return nil, err
	}
	if c.Person != actor.Person || !actor.Can(authz.ReadConsents) || !actor.Covers(c.Service) {
		return nil, kernel.E(kernel.NotFound, "mydata.error.no_consent", nil)
	}
	title := names{s.catalog}.ServiceName(ctx, c.Service, c.Pack)
	now := s.clock.Now()
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		return audit.Append(tx, now, audit.Entry{Actor: actor, Act: "mydata.record", Object: "consent:" + string(c.ID), Subject: c.Person,
			Purpose: "mydata.purpose.record", Basis: "consent:" + string(c.ID), Service: c.Service})
	})
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(s.record(c, title, l, now), "", "  ")
}

// record lays a consent out in the four parts of a record: header, what is
// processed, the parties, and the events.
func (s *Service) record(c Consent, title kernel.Text, l kernel.Lang, now kernel.Time) node {
	person := "urn:uuid:" + string(c.Account)
	event := func(status string, at kernel.Time) node {
		return node{"dpv:hasConsentStatus": status, "dct:date": stamp(at), "dct:valid": stamp(c.ExpiresAt), "dpv:isImplementedByEntity": person,
			"dpv:hasLegalBasis": "dpv:ExplicitlyExpressedConsent"}
	}
	events := []node{event("dpv:ConsentGiven", c.GivenAt)}
	switch {
	case c.Ended == "withdrawn":
		events = append(events, event("dpv:ConsentWithdrawn", c.EndedAt))
	case c.Ended == "replaced":
		events = append(events, event("dpv:ConsentInvalidated", c.EndedAt))
	case c.Ended != "" || now >= c.ExpiresAt:
		events = append(events, event("dpv:ConsentExpired", c.ExpiresAt))
	}
	kept := "P0D"
	if c.KeptYears > 0 {
		kept = fmt.Sprintf("P%dY", c.KeptYears)
	}
	return node{
		"@context":       recordContext,
		"@id":            "urn:uuid:" + string(c.ID),
		"@type":          "dpv:ConsentRecord",
		"dct:identifier": string(c.ID), "dct:conformsTo": recordProfile, "dct:language": string(l),
		"dpv:hasDataSubject":    node{"@id": person, "@type": "dpv:Citizen"},
		"dpv:hasDataController": node{"@id": "_:recipient", "@type": []string{"dpv:DataController", "dpv:Recipient"}, "dct:identifier": c.Recipient, "dpv:hasName": s.catalog.AgencyType(c.Recipient).In(l)},
		"dpv:hasJurisdiction":   "loc:KR",
		"dpv:hasProcess": []node{{
			"@type": "dpv:Process", "dct:identifier": c.Service, "dct:hasVersion": c.Pack, "dpv:hasService": title.In(l),
			"dpv:hasNotice":           node{"@type": "dpv:ConsentNotice", "dct:identifier": c.Service + "@" + c.Pack},
			"dpv:hasPurpose":          node{"@type": "dpv:ServiceProvision", "dct:identifier": c.Purpose},
			"dpv:hasLegalBasis":       "dpv:Consent",
			"dpv:hasPersonalData":     s.recordData(c, l),
			"dpv:hasProcessing":       []string{"dpv:Collect", "dpv:Use"},
			"dpv:hasStorageCondition": []node{{"@type": "dpv:StorageLocation", "dpv:hasLocation": "loc:KR"}, {"@type": "dpv:StorageDuration", "dpv:hasDuration": kept}},
			"dpv:hasRecipient":        "_:recipient",
			"dpv:hasConsentControl":   node{"@type": "dpv:WithdrawConsent", "dct:source": "/my-data"},
		}},
		"dpv:hasConsentStatus": events[len(events)-1]["dpv:hasConsentStatus"],
		"dpv:hasActivity":      events,
	}
}

// recordData are the items agreed to, with who holds them.
func (s *Service) recordData(c Consent, l kernel.Lang) []node {
	out := make([]node, 0, len(c.Items))
	for _, item := range c.Items {
		one := node{"@type": "dpv:PersonalData", "dct:identifier": item}
		if f, ok := s.catalog.Fact(item); ok {
			one["@type"], one["dct:title"], one["dpv:hasDataSource"] = dpvType(f), f.Title.In(l), f.Registry
		} else if item == contract.ItemHousehold || item == contract.ItemFamily {
			one["dpv:hasDataSource"] = "resident and family registers"
		}
		out = append(out, one)
	}
	return out
}

// dpvType is DPV's class for a fact's sensitivity.
func dpvType(f *catalog.Fact) string {
	switch f.Sensitivity {
	case "sensitive", "identifier":
		return "dpv:SensitivePersonalData"
	case "financial":
		return "dpv:ConfidentialData"
	}
	return "dpv:PersonalData"
}

// stamp is a time as RFC 3339 has it.
func stamp(t kernel.Time) node { return node{"@type": "xsd:dateTime", "@value": t.String()} }
