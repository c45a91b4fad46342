package govconsent

import (
	"net/http"
	"slices"

	"maru/domain/mydata/contract"
	"maru/kernel"
)

// routes are the 42 operations, in the order of the description.
func (f *Face) routes() {
	get, post, put, del := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	f.handle(post, "/config/policy/", anybody, never(errPack))
	f.handle(get, "/config/policy/{id}/", anybody, f.readPolicy)
	f.handle(put, "/config/policy/{id}/", anybody, never(errPack))
	f.handle(del, "/config/policy/{id}/", anybody, never(errPack))
	f.handle(get, "/config/policy/{id}/revisions/", anybody, f.policyRevisions)
	f.handle(get, "/config/policies/", anybody, f.policies)
	f.handle(get, "/config/data-agreement/{id}/", anybody, f.readAgreement)
	f.handle(put, "/config/data-agreement/{id}/", anybody, never(errPack))
	f.handle(del, "/config/data-agreement/{id}/", anybody, never(errPack))
	f.handle(post, "/config/data-agreement/", anybody, never(errPack))
	f.handle(get, "/config/data-agreements/", anybody, f.agreements("dataAgreement"))
	f.handle(post, "/config/individual/", person, never(errPeople))
	f.handle(get, "/config/individual/{id}/", person, f.readIndividual)
	f.handle(get, "/config/individuals/", person, f.individuals)
	f.handle(post, "/config/webhook/", person, never(errHooks))
	f.handle(get, "/config/webhook/{id}/", person, never(errHooks))
	f.handle(put, "/config/webhook/{id}/", person, never(errHooks))
	f.handle(del, "/config/webhook/{id}/", person, never(errHooks))
	f.handle(get, "/config/webhooks/", person, func(c call) (object, error) {
		list, err := window(c, []object{})
		return object{"webhooks": list}, err
	})
	f.handle(post, "/service/individual/", person, never(errPeople))
	f.handle(get, "/service/individual/{id}/", person, f.readIndividual)
	f.handle(put, "/service/individual/{id}/", person, never(errPeople))
	f.handle(get, "/service/individuals/", person, f.individuals)
	f.handle(get, "/service/data-agreement/{id}/", anybody, f.readAgreement)
	f.handle(get, "/service/policy/{id}/", anybody, f.readPolicy)
	f.handle(get, "/service/verification/data-agreements/", anybody, f.agreements("dataAgreements"))
	f.handle(get, "/service/verification/consent-records/", person, f.records)
	f.handle(get, "/service/verification/consent-record/{id}/", person, f.readRecord)
	f.handle(post, "/service/individual/record/data-agreement/{id}/", person, f.giveFor)
	f.handle(get, "/service/individual/record/data-agreement/{id}/", person, f.latestFor)
	f.handle(post, "/service/individual/record/consent-record/draft/", person, f.draft)
	f.handle(post, "/service/individual/record/consent-record/", person, f.giveSigned)
	f.handle(get, "/service/individual/record/consent-record/", person, f.records)
	f.handle(put, "/service/individual/record/consent-record/{id}/", person, f.change)
	f.handle(post, "/service/individual/record/consent-record/{id}/signature/", person, never(errSigned))
	f.handle(put, "/service/individual/record/consent-record/{id}/signature/", person, never(errSigned))
	f.handle(get, "/service/individual/record/data-agreement/{id}/all/", person, f.allFor)
	f.handle(del, "/service/individual/record/", person, f.withdrawAll)
	f.handle(get, "/audit/consent-records/", auditor, f.audited)
	f.handle(get, "/audit/consent-record/{id}/", auditor, f.auditedOne)
	f.handle(get, "/audit/data-agreements/", auditor, f.agreements("dataAgreements"))
	f.handle(get, "/audit/data-agreement/{id}/", auditor, f.readAgreement)
}

// own refuses an individualId that is not the caller's.
func (c call) own() error {
	if id := c.URL.Query().Get("individualId"); id != string(c.actor.Account) {
		return errUnknown
	}
	return nil
}

// shown turns consents into records.
func (f *Face) shown(c call, list []contract.Consent) ([]object, error) {
	out := []object{}
	for _, one := range list {
		r, err := f.record(c.Context(), one, false)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func (f *Face) listed(c call, list []contract.Consent) (object, error) {
	list, err := window(c, list)
	if err != nil {
		return nil, err
	}
	out, err := f.shown(c, list)
	return object{"consentRecords": out}, err
}

func (f *Face) records(c call) (object, error) {
	list, err := f.d.Consents.Consents(c.Context(), c.actor)
	if err != nil {
		return nil, err
	}
	return f.listed(c, list)
}

// mine is one of the caller's consents.
func (f *Face) mine(c call, id string) (contract.Consent, error) {
	list, err := f.d.Consents.Consents(c.Context(), c.actor)
	if err != nil {
		return contract.Consent{}, err
	}
	i := slices.IndexFunc(list, func(one contract.Consent) bool { return string(one.ID) == id })
	if i < 0 {
		return contract.Consent{}, errUnknown
	}
	return list[i], nil
}

func (f *Face) readRecord(c call) (object, error) {
	one, err := f.mine(c, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return f.single(c, one)
}

// single is a record with the revision of its agreement.
func (f *Face) single(c call, one contract.Consent) (object, error) {
	r, err := f.record(c.Context(), one, false)
	if err != nil {
		return nil, err
	}
	return object{"consentRecord": r, "revision": r["dataAgreementRevision"]}, nil
}

// wanted is the agreement named by a call, in the revision named, if one is.
func (f *Face) wanted(c call, id string) (Agreement, error) {
	if err := c.own(); err != nil {
		return Agreement{}, err
	}
	a, err := f.find(c, id)
	if err != nil {
		return Agreement{}, err
	}
	if want := c.URL.Query().Get("revisionId"); want != "" && want != f.agreementRevision(offered(a))["id"] {
		return Agreement{}, errUnknown
	}
	return a, nil
}

func (f *Face) giveFor(c call) (object, error) {
	a, err := f.wanted(c, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	one, err := f.d.Consents.Grant(c.Context(), c.actor, a.ID, a.Version)
	if err != nil {
		return nil, err
	}
	return f.single(c, one)
}

// forAgreement are the caller's consents to one agreement, the newest first.
func (f *Face) forAgreement(c call) ([]contract.Consent, error) {
	a, err := f.find(c, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	list, err := f.d.Consents.Consents(c.Context(), c.actor)
	return slices.DeleteFunc(list, func(one contract.Consent) bool { return one.Service != a.ID }), err
}

func (f *Face) latestFor(c call) (object, error) {
	list, err := f.forAgreement(c)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errUnknown
	}
	r, err := f.record(c.Context(), list[0], false)
	return object{"consentRecord": r}, err
}

func (f *Face) allFor(c call) (object, error) {
	list, err := f.forAgreement(c)
	if err != nil {
		return nil, err
	}
	return f.listed(c, list)
}

func (f *Face) draft(c call) (object, error) {
	a, err := f.wanted(c, c.URL.Query().Get("dataAgreementId"))
	if err != nil {
		return nil, err
	}
	one, err := f.d.Consents.Propose(c.Context(), c.actor, a.ID, a.Version)
	if err != nil {
		return nil, err
	}
	r, err := f.record(c.Context(), one, true)
	if err != nil {
		return nil, err
	}
	return object{"consentRecord": r, "signature": f.signature(r, c.actor.Account, one.GivenAt, true)}, nil
}

// give gives what a record asks for: it must be the caller's, and its hash that
// of the agreement in force, so that nobody agrees to what has changed since.
func (f *Face) give(c call, id string, record object) (contract.Consent, error) {
	a, err := f.find(c, id)
	if err != nil {
		return contract.Consent{}, err
	}
	if who, ok := record["individual"].(object); ok && who["id"] != string(c.actor.Account) {
		return contract.Consent{}, errUnknown
	}
	if record["dataAgreementRevisionHash"] != f.agreementRevision(offered(a))["serializedHash"] {
		return contract.Consent{}, errUnknown
	}
	return f.d.Consents.Grant(c.Context(), c.actor, a.ID, a.Version)
}

// giveSigned gives the consent of a draft.
func (f *Face) giveSigned(c call) (object, error) {
	in, err := c.body("consentRecord")
	if err != nil {
		return nil, err
	}
	of, _ := in["dataAgreement"].(object)
	id, _ := of["id"].(string)
	if in["optIn"] == false {
		return nil, errUnknown
	}
	one, err := f.give(c, id, in)
	if err != nil {
		return nil, err
	}
	out, err := f.single(c, one)
	if err != nil {
		return nil, err
	}
	out["signature"] = f.signature(out["consentRecord"].(object), c.actor.Account, one.GivenAt, false)
	return out, nil
}

// change takes a consent back (optIn false) or gives it anew (true), which is
// agreeing to what is in force now.
func (f *Face) change(c call) (object, error) {
	in, err := c.body("consentRecord")
	if err != nil {
		return nil, err
	}
	yes, ok := in["optIn"].(bool)
	one, err := f.mine(c, c.PathValue("id"))
	if err != nil || !ok {
		return nil, errUnknown
	}
	switch active := one.Active(f.d.Consents.Now()); {
	case yes && !active:
		one, err = f.give(c, one.Service, in)
	case !yes && active:
		one, err = f.d.Consents.Withdraw(c.Context(), c.actor, one.ID)
	}
	if err != nil {
		return nil, err
	}
	return f.single(c, one)
}

// withdrawAll takes everything back. What was agreed to and when stays as
// evidence: no agreement here is forgettable, and each says so.
func (f *Face) withdrawAll(c call) (object, error) {
	list, err := f.d.Consents.Consents(c.Context(), c.actor)
	if err != nil {
		return nil, err
	}
	for _, one := range list {
		if !one.Active(f.d.Consents.Now()) {
			continue
		}
		if _, err := f.d.Consents.Withdraw(c.Context(), c.actor, one.ID); err != nil {
			return nil, err
		}
	}
	return object{}, nil
}

func (f *Face) audited(c call) (object, error) {
	offset, limit, err := c.window()
	if err != nil {
		return nil, err
	}
	list, err := f.d.Consents.Audited(c.Context(), c.actor, "", offset, limit)
	if err != nil {
		return nil, err
	}
	out, err := f.shown(c, list)
	return object{"consentRecords": out}, err
}

func (f *Face) auditedOne(c call) (object, error) {
	id, err := kernel.ParseID(c.PathValue("id"))
	if err != nil {
		return nil, errUnknown
	}
	list, err := f.d.Consents.Audited(c.Context(), c.actor, id, 0, 1)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errUnknown
	}
	r, err := f.record(c.Context(), list[0], false)
	return object{"consentRecord": r}, err
}
