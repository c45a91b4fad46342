// Package population holds the facts of many households in one file of columns,
// so that a whole country can be read for the rules of benefits, and makes
// sample populations.
//
// Words: a row is a person; households follow one another with their members
// side by side, the head first; a block is up to 65,535 rows of whole
// households, with every fact as a column of its own; a column is constant,
// dense (a number a row) or sparse (the rows that differ from a default); a
// pseudonym stands for a person and is found again only with the key; a
// snapshot is an open file with its journal of changes; a view is a snapshot at
// one moment and never changes.
//
// A file: a preamble of 64 bytes, the blocks, the index of pseudonyms, and a
// header that says under which legal basis, for what purpose, by whom and when
// it was built, which facts it holds, and where each block lies. All of it
// stands under checksums that are checked before a row can be read. Rows of
// each block are also listed by birthday. Changes are kept in a journal beside
// the file and are read back over it; Rebuild writes both as one new file.
//
// Invariants:
//   - no row is read before the opening was recorded with basis, purpose and
//     role; if that fails nothing is opened;
//   - numbers are exact, and those of rules (package rule): what comes out is
//     what went in;
//   - a fact is known or not; the number of an unknown one is 0;
//   - the head is the first member and its relation to the head is known;
//   - a file is whole or it is not there; a change that was acknowledged
//     survives a crash, one that was not is wholly absent;
//   - files are readable by their owner alone.
//
// The sample population is made up. How many people live where, by sex and age,
// follows the published counts where the caller hands them in; everything else,
// above all INCOMES, RENT AND PROPERTY, IS SYNTHETIC: drawn from plain
// distributions with plausible rates, scaled so that the middle household earns
// what a table of medians says. It serves to measure speed and to try rules
// out. It says nothing about what a benefit would cost or whom it would reach.
//
// It must not decide anything that stands in a rule, and keeps no names,
// numbers or addresses of people.
package population
