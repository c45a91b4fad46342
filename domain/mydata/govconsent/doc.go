// Package govconsent is the GovStack Consent building block's interface (API
// 1.1.0-rc1) over mydata: its words for our things.
//
// A data agreement is what a service's definition, or a bundle of the pack, asks
// to read; its revision is the version in force. The policy is the one under
// which this installation handles data. A consent record is a consent. An
// individual is the account that calls: nobody sees another's records here, but
// auditors, whose looking is in the log.
//
// What the interface has and we have not is answered 400, which is all that its
// description allows beside 200: agreements and policies change with the pack
// that two people put into force, not by a call (configPolicyCreate, Update,
// Delete, configDataAgreementCreate, Update, Delete); individuals come from
// identity (configIndividualCreate, serviceIndividualCreate, Update); nobody is
// called back (configWebhookCreate, Read, Update, Delete; the list is empty); and a
// record is signed when it is given and not afterwards
// (serviceIndividualSignatureCreate, Update). Who is not known, or may not, is
// answered 401 or 403, which the description leaves out.
package govconsent
