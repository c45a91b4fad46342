// Package mydata moves a person's data between registers and services, only by
// that person's consent or by a named law.
//
// Its words: a fact is one value a register holds about a person or their
// household, with the day it held and the register that holds it. A bundle is
// the list of facts that one version of a service's definition names. A
// consent is one person's agreement to move one bundle for one service; it
// says purpose, items, recipient and period, and can be withdrawn at any time.
// A basis is the article of law that lets a body read without consent.
//
// Invariants:
//   - no fact leaves without an active consent of the person it is about (or
//     of the guardian of a minor), or a named basis;
//   - only facts that the service's definition names are returned;
//   - each read is in the access log, durably, before the data is returned:
//     when the log cannot be written, no data is. A single person's facts are
//     asked for only once the log is written; a household's, which the program
//     also reads by itself and again and again, once the registers answered, so
//     that a register that is down leaves no readings that were none;
//   - what the fact dictionary calls sensitive is read only where its person
//     agreed to it by an act of its own (Personal Information Protection Act art.
//     23(1)1), which can be taken back alone; without it the rest works;
//   - of a household, each member's facts rest on that member's own consent
//     for the same service, a minor's on a guardian's who lives there; facts of
//     the household as a whole rest on the consent of who asks, if they are an
//     adult (a minor's opens none, and who has no known birth date counts as a
//     minor), and each reading of them is in the access log of every adult of
//     the household;
//   - the same holds for the household's means (income, property, debt) that one
//     service reads: no minor's consent opens them, every adult of the household
//     sees the reading;
//   - an unknown fact stays unknown; a register that does not answer is an
//     error, never an empty value;
//   - an account that is not proven to be a person sees nothing.
//
// Tables: mydata_consent (one row a person, service and bundle) and, for the
// sample registers of the try-out world, mydata_sample_world and
// mydata_sample_fact. Events out: that a register changed something
// (contract.Changed), that a consent was given or taken back (contract.Granted,
// contract.Withdrawn), in part (contract.Narrowed), gave way to another
// (contract.Replaced), or ran out (contract.Expired). It must not keep copies of facts: the application that
// asked keeps, sealed, what its person confirmed.
package mydata
