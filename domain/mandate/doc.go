// Package mandate owns who may act for whom, and decides it.
//
// Words: the principal is whom it is about, the actor who acts. A mandate rests
// on a basis: law (parents and guardians of minors, by what the registers say;
// 민법 제911조, 제920조, 제928조), register (people of one household, for its
// papers alone; 주민등록법 제29조), order (a court; 민법 제938조, 제949조),
// mandate (the principal gave it; 민법 제114조, 제680조). Help at a counter is
// the fifth: casework keeps it (assist.go), here it is shown and ended. A theme says
// which services it reaches and what may be done there.
//
// Invariants:
//   - a version of a theme never changes once something rests on it: its content
//     is frozen in the store, and decisions read that copy;
//   - what is not allowed is denied, and a denial has no reason: it is the same
//     for an unknown mandate, another's, an ended one and an action too many;
//   - who looks or acts is written to the log before anything is shown, as the
//     actor with the principal as subject; if it cannot be, nothing is;
//   - nothing of an active mandate changes; it ends, at once and for good. Who
//     gave it and who acts under it may end it at any time (민법 제689조); an
//     order is ended by the office that registered it;
//   - whoever acts for somebody gives no mandate, accepts none and ends none;
//   - an offer is for one person: code, name and date of birth must fit, and
//     who accepts is proven;
//   - an order is registered by one official and confirmed by another of the
//     same body, neither of the households of those concerned, with the hash of
//     the paper;
//   - power over a minor is asked of the register each time and ends at the
//     19th birthday (민법 제4조) or with marriage (제826조의2);
//   - who acts by the resident register sees what they began themselves, and
//     nothing else of the other's; the register is asked each time;
//   - a mandate ends with the death of either (민법 제127조): whom no register
//     knows as living, nobody acts for.
//
// Names, what courts wrote and whom an offer is for are sealed. Tables:
// mandate_*. Events in: none. Events out: contract.Changed. It must not know
// what applications are: others ask an actor what it may do (platform/authz).
package mandate
