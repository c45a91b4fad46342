// Package ask turns everyday words into public services: "집 옮겼어요" finds the
// moving-in report. It works without a model and without the network.
//
// Its words: a query is what somebody typed or said; a result is a service
// with the sentence that matched; a bundle is a life event all of whose
// services belong to what the query tells; a crisis is an emergency in the
// query, answered with the number to call before anything else.
//
// A conversation is a query with the replies to the questions that tell the
// services found apart; a start is what it told of a service's form, on its way
// to an application; a need is what several people asked for and did not find.
//
// Invariants: a query is neither stored nor logged, and travels by POST, so
// that it is in no address, also from the search box on a partner's site; the
// state of a conversation is in its form and worked out anew each turn; nothing
// is chosen for the person: several services are shown, always with a way to say
// "none of these" and to reach a human; no score refuses anybody; what was said
// fills a form only after the person has seen it. Words are kept in one case:
// nothing fitted, and the person agreed on a page that shows them without
// personal data; sealed, 90 days, and shown to nobody as they are.
//
// A language model of the operator may help where somebody asks for it (help.go):
// it rewrites, chooses among what was found and explains, within checks that code
// makes. It acts on nothing and decides nothing; without it nothing is missing.
//
// Tables: ask_unmet, ask_missed. No events. It reads the active pack of the
// catalogue, asks benefits' rules whom programmes are for, and must not know what
// a service decides. Facts said in a query (an age, a date, a place) become facts
// of the dictionary; they order what is found, and are offered to whoever asked.
// How it works and how it is measured: docs/everyday-language.md.
package ask
