// Package words is casework's index of words: which applications hold a word.
//
// A case has a hundred words, and in one large table each of them would stand
// on another page: at a million cases a submission then writes a hundred pages
// for them, and reads them first. This index is only ever written in order:
//
//   - The words of a new case wait in one list (casework_waiting), which a
//     search reads as it is.
//   - Many lists become a segment at once: its postings, sorted by word, packed
//     into blocks of some 2 KB (casework_block). A segment never changes.
//   - Four segments of a size are merged into one of the next size, in steps
//     that are short however large they are; it takes their place in one
//     transaction. A search so asks some ten segments a million cases, with one
//     look at an index for each word.
//   - What is taken out leaves a row (casework_unword) that hides it in the
//     segments made before; merging drops it for good, and a segment that holds
//     such postings longer than a week is merged by itself.
//
// Segments and removals draw their numbers from one counter, which tells what
// came first: a removal hides the postings of segments born before it only, so
// that a case may be taken out and put in again.
//
// Words are keyed hashes (Term); this package never sees the words themselves.
// A crash leaves a merge where its last step ended. Several copies of the
// program may merge at once: a step that another copy did first changes nothing.
package words
