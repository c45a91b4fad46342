package govconsent

import (
	"context"
	"slices"
	"strings"

	"maru/domain/mydata/contract"
	"maru/kernel"
)

// Policy is how this installation handles data.
type Policy struct {
	Name, Version, URL string
	// At is since when it is in force.
	At kernel.Time
}

// policyID is that of the one policy there is.
const policyID = "1"

func (f *Face) policy() object {
	return object{"id": policyID, "name": f.d.Policy.Name, "version": f.d.Policy.Version, "url": f.d.Policy.URL, "jurisdiction": "KR",
		"industrySector": "government", "geographicRestriction": "KR", "storageLocation": "KR"}
}

func (f *Face) readPolicy(c call) (object, error) {
	if c.PathValue("id") != policyID {
		return nil, errUnknown
	}
	p := f.policy()
	rev := revision("Policy", policyID, p, f.d.Policy.At.String())
	if want := c.URL.Query().Get("revisionId"); want != "" && want != rev["id"] {
		return nil, errUnknown
	}
	return object{"policy": p, "revision": rev}, nil
}

func (f *Face) policyRevisions(c call) (object, error) {
	got, err := f.readPolicy(c)
	if err != nil {
		return nil, err
	}
	return object{"policy": got["policy"], "revisions": []any{got["revision"]}}, nil
}

func (f *Face) policies(c call) (object, error) {
	list, err := window(c, []object{f.policy()})
	return object{"policies": list}, err
}

// agreement is a data agreement in the interface's words.
func (f *Face) agreement(a Agreement) object {
	return object{"id": a.ID, "version": a.Version, "controller": object{"id": a.ID + "-controller", "name": a.Recipient.EN, "url": f.d.Policy.URL}, "policy": f.policy(),
		"purpose": a.Title.EN, "lawfulBasis": "consent", "dataUse": "data_using_service", "dpia": "", "active": true, "forgettable": false,
		"lifecycle": object{"id": "complete", "name": "Complete"}}
}

func (f *Face) agreementRevision(a Agreement) object {
	data := f.agreement(a)
	attributes := []object{}
	for _, i := range a.Items {
		attributes = append(attributes, object{"id": i.ID, "name": i.Title.EN, "sensitivity": i.Sensitivity, "category": i.Sensitivity})
	}
	data["attributes"] = attributes
	return revision("DataAgreement", a.ID, data, f.d.Policy.At.String())
}

// offered is what of an agreement is agreed to by one call: without what is
// sensitive, which asks for an act of its own that the interface does not have.
func offered(a Agreement) Agreement {
	a.Items = slices.DeleteFunc(slices.Clone(a.Items), func(i Item) bool { return i.Sensitivity == "sensitive" })
	return a
}

func (f *Face) find(c call, id string) (Agreement, error) {
	if id == "" || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '!' || r == '%' }) {
		return Agreement{}, errUnknown
	}
	a, err := f.d.Agreements.Agreement(c.Context(), id)
	if kernel.Is(err, kernel.NotFound) {
		return Agreement{}, errUnknown
	}
	return a, err
}

func (f *Face) readAgreement(c call) (object, error) {
	a, err := f.find(c, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return object{"dataAgreement": f.agreement(a), "revision": f.agreementRevision(offered(a))}, nil
}

func (f *Face) agreements(name string) handler {
	return func(c call) (object, error) {
		all, err := f.d.Agreements.Agreements(c.Context())
		if err != nil {
			return nil, err
		}
		if all, err = window(c, all); err != nil {
			return nil, err
		}
		out := []object{}
		for _, a := range all {
			out = append(out, f.agreement(a))
		}
		return object{name: out}, nil
	}
}

// individual is an account; no name and no number of a register.
func individual(id kernel.ID) object {
	return object{"id": string(id), "externalId": string(id), "externalIdType": "account", "identityProviderId": "maru"}
}

func (f *Face) readIndividual(c call) (object, error) {
	if c.PathValue("id") != string(c.actor.Account) {
		return nil, errUnknown
	}
	return object{"individual": individual(c.actor.Account)}, nil
}

func (f *Face) individuals(c call) (object, error) {
	list, err := window(c, []object{individual(c.actor.Account)})
	return object{"individuals": list}, err
}

// record is a consent in the interface's words, with what was agreed to then. A
// draft has no id, and is of what can be agreed to now.
func (f *Face) record(ctx context.Context, consent contract.Consent, draft bool) (object, error) {
	a, err := f.d.Agreements.Agreement(ctx, consent.Service)
	if kernel.Is(err, kernel.NotFound) {
		a, err = Agreement{ID: consent.Service}, nil // it went with an older pack
	}
	if err != nil {
		return nil, err
	}
	a.Version = consent.Pack
	if draft {
		a = offered(a)
	} else {
		a.Items = itemsOf(consent, a.Items)
	}
	rev := f.agreementRevision(a)
	active := consent.Active(f.d.Consents.Now())
	out := object{"id": string(consent.ID), "dataAgreement": f.agreement(a), "dataAgreementRevision": rev, "dataAgreementRevisionHash": rev["serializedHash"],
		"individual": individual(consent.Account), "optIn": active, "state": "signed"}
	if draft {
		out["id"], out["state"], out["optIn"] = "", "unsigned", true
	}
	return out, nil
}

// itemsOf are the items of a consent, in the words of today where there are any.
func itemsOf(consent contract.Consent, today []Item) []Item {
	out := make([]Item, len(consent.Items))
	for i, id := range consent.Items {
		out[i] = Item{ID: id, Sensitivity: "personal", Title: kernel.Text{KO: id, EN: id}}
		if n := slices.IndexFunc(today, func(t Item) bool { return t.ID == id }); n >= 0 {
			out[i] = today[n]
		}
		if slices.Contains(consent.Sensitive, id) {
			out[i].Sensitivity = "sensitive"
		}
	}
	return out
}

// signature says how a consent is signed here: by the session or token that
// gives it, over the hash of what is agreed to.
func (f *Face) signature(record object, by kernel.ID, at kernel.Time, draft bool) object {
	id, _ := record["id"].(string)
	hash, _ := record["dataAgreementRevisionHash"].(string)
	rev, _ := record["dataAgreementRevision"].(object)
	payload, _ := rev["serializedSnapshot"].(string)
	out := object{"id": id, "payload": hash, "signature": "", "verificationMethod": "maru-authenticated-call", "verificationPayload": payload, "verificationPayloadHash": hash,
		"verificationSignedBy": string(by), "timestamp": at.String(), "signedWithoutObjectReference": draft, "objectType": "ConsentRecord", "objectReference": id}
	if draft {
		out["id"], out["objectReference"] = "", ""
	}
	return out
}
