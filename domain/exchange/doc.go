// Package exchange moves a person's own data from the bodies that hold it to
// where the person wants it: into an application, or into their own hands. It
// is the right of a person over administrative data about themselves (Electronic
// Government Act art. 43-2; for civil applications Civil Petitions Act art.
// 10-2).
//
// Its words: a bundle (묶음정보) is the necessary fields for one purpose, in a
// version, with its legal basis and how long they are kept. A source is one
// holder's register, behind one interface whether it is in this program, behind
// HTTP or behind X-Road. A demand is what a person signs: this bundle, to this
// receiver, once or regularly, until then. A transfer is one carrying out of a
// demand; it has a call a source. A receipt is the signed list of what a
// transfer moved. The installation's own keys sign queries, demands and
// receipts; each source signs its answers.
//
// Invariants:
//   - a demand rests on a consent of mydata: it is signed with a fresh proof of
//     who signs, and when the consent ends, it ends, and what it brought is
//     deleted;
//   - a query asks for the bundle's fields and nothing else; what a source
//     answers beyond them is dropped, and the log says so;
//   - an answer counts only if it is signed with the source's configured key and
//     names the very query it answers; a forged or replayed one brings nothing;
//   - what arrives is kept sealed, in the transaction that writes the access
//     log, and deleted when the bundle says;
//   - a source that does not answer makes the transfer wait, not fail: it is asked
//     again with growing pauses for as long as the demand stands. What other
//     sources answered is kept meanwhile;
//   - a source may refuse, on a ground of the Personal Information Protection Act
//     (art. 35 para. 4), which the person is told; a refusal is not asked again;
//   - the means of a household (income, property, debt) and what is sensitive
//     are in no demand, and no other installation may ask for them: they are not
//     one person's to move, or are agreed to apart. Of a household there is only
//     what any of its people may say of it, such as how many they are;
//   - another person's demand is not there.
//
// Tables: exchange_key, exchange_demand, exchange_transfer, exchange_served.
// Events in: mydata.withdrawn, mydata.replaced. It must not decide anything about anybody.
package exchange
