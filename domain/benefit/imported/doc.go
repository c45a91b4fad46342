// Package imported keeps the programmes of the public catalogue (package
// gov24) in the store and decides them for people: some ten thousand programmes
// beside the few whose law the pack writes out.
//
// Words: a version is one import of the whole catalogue, by number; the active
// version is the one that is shown; a snapshot is that version compiled with
// the pack's facts and formulas; an item is a programme that may fit somebody.
//
// Invariants:
//   - nobody is told to be entitled: an item is likely at best, because the
//     catalogue's codes are only a part of each programme's conditions;
//   - unknown is not no: a programme is left out only where a condition is
//     known not to hold;
//   - a programme of which no condition says more than where somebody lives, or
//     whose place is not known, is never likely: it is listed apart;
//   - the texts are somebody else's: they are cleaned when they come in
//     (clean.go), bounded, and only ever shown as plain text; addresses lead to
//     government hosts over https or nowhere (link.go);
//   - a version is written and made active in one transaction, with its audit
//     row; an import that lost half of the programmes needs force;
//   - one build at a time: the snapshot before serves meanwhile, and a build
//     that fails leaves it standing.
//
// Tables: benefit_import_version, benefit_import_part, benefit_import_active.
// Nothing about a person is kept.
//
// It must not decide the pack's own programmes (benefit) nor read the catalogue
// by itself where no key was given.
package imported
