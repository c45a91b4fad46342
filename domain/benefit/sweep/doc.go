// Package sweep decides the programmes of a law for everybody in a population,
// keeps what came out, and tells what has changed since the last time.
//
// Words: a run is one sweep on one date; a block is a stretch of the population
// with its results; a section is what one programme decides in one block; a
// programme's meaning is the hash of all that is computed for it on the date; a
// content is the hash of all that a block of the population holds.
//
// Results stand in one file, a block after the other: the pseudonyms of its
// rows, where households begin, and a section a programme, of three compressed
// bitmaps (entitled; unknown; entitled to an amount that is not known) and the
// amounts, which are packed in as few bits as they need. Measured with the 26
// programmes of the Korean pack and a tenth of all facts unknown (maru bench
// benefit), it takes 12.2 bytes a person, of which 8 are the pseudonym: rows have
// other numbers after every birth and move, so differences go by pseudonym.
//
// Memory is a few blocks a worker, and 16 bytes for each person who does not stand
// in the block in which they stood: few after a day, everybody where a population
// is built anew in another order.
//
// A section is computed anew only where its programme has another meaning than in
// the last run or its block another content; otherwise it is carried over. That a
// day went by changes the meaning of a programme which asks for ages: it is
// computed again. A population that was built or rebuilt anew is computed again
// in full. Within a block all households are computed, not those alone that have
// changed.
//
// Progress is kept in a journal beside the results, block by block: a run that
// was interrupted, however, goes on where it was when it is started again with
// the same inputs. The results file appears under its name when it is whole.
//
// Invariants:
//   - results are those of package column, whatever was carried over, resumed or
//     how many worked;
//   - differences are exact and go by person: of a programme of households each
//     member is told about;
//   - a listener hears of every difference at least once, after the block that it
//     stands in is on disk, and may hear of it again after a crash;
//   - where there is nothing to compare with, nobody is told, unless asked for;
//   - a damaged file is refused, and nothing is decided from it;
//   - files are readable by their owner alone.
//
// It must not know who stands behind a pseudonym, or tell anybody anything.
package sweep
