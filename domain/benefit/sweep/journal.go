package sweep

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maru/platform/durable"
	"os"
)

// The journal of a run stands beside the results: magic, version, checksum and
// the run's identity, then records of a length and a checksum as uint32 and that
// many bytes: a block that is computed, or one of which the listener was told.
// Where a record is not whole, it and all behind it do not count: those blocks
// are computed, and told, once more.
const (
	journalMagic = "MARUSWJ\n"
	journalHead  = 16 + len(hash{})
	recordHead   = 8
)

// The kinds of records.
const (
	recordBlock = 'b' // number, sections, counts
	recordTold  = 't' // number
)

// journal is the progress of one run.
type journal struct {
	file *os.File
	at   int64
	done map[int]extent // blocks computed
	told map[int]bool
	// counts are the differences by programme in the blocks done.
	counts []Counts
	// foreign: what stood there was another run's.
	foreign bool
}

type extent struct {
	at     int64
	length int
}

func journalPath(results string) string { return results + ".run" }

// openJournal takes up the journal of a run, or begins one.
func openJournal(path string, identity hash, programmes int) (*journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	j := &journal{file: f, done: map[int]extent{}, told: map[int]bool{}, counts: make([]Counts, programmes)}
	if err := j.read(identity); err != nil {
		f.Close() // nothing was written
		return nil, err
	}
	if err := j.begin(path, identity); err != nil {
		f.Close() // it is begun anew the next time
		return nil, err
	}
	return j, nil
}

func head(identity hash) []byte {
	b := make([]byte, journalHead)
	copy(b, journalMagic)
	binary.LittleEndian.PutUint32(b[8:], formatVersion)
	copy(b[16:], identity[:])
	binary.LittleEndian.PutUint32(b[12:], checksum(b))
	return b
}

// read takes up the records that count.
func (j *journal) read(identity hash) error {
	info, err := j.file.Stat()
	if err != nil {
		return err
	}
	var h [journalHead]byte
	n, err := j.file.ReadAt(h[:], 0)
	if n < journalHead {
		j.foreign = info.Size() > 0
		return ignoreEnd(err)
	}
	if !bytes.Equal(h[:], head(identity)) {
		j.foreign = true
		return nil
	}
	j.at = int64(journalHead)
	var record []byte
	for {
		var rh [recordHead]byte
		if n, err := j.file.ReadAt(rh[:], j.at); n < recordHead {
			return ignoreEnd(err)
		}
		length := int64(binary.LittleEndian.Uint32(rh[:]))
		if length == 0 || length > info.Size()-j.at-recordHead {
			return nil
		}
		record = append(record[:0], make([]byte, length)...)
		if n, err := j.file.ReadAt(record, j.at+recordHead); n < len(record) {
			return ignoreEnd(err)
		}
		if checksum(record) != binary.LittleEndian.Uint32(rh[4:]) || !j.take(record, j.at+recordHead) {
			return nil
		}
		j.at += recordHead + length
	}
}

// take takes up one record; not when it cannot be one.
func (j *journal) take(record []byte, at int64) bool {
	r := reader{b: record[1:]}
	b := r.count()
	switch record[0] {
	case recordTold:
		if r.failed || len(r.b) > 0 {
			return false
		}
		j.told[b] = true
		return true
	case recordBlock:
		for n := r.count(); n > 0 && !r.failed; n-- {
			if r.count() >= len(j.counts) {
				return false
			}
			r.part(r.count())
		}
		list := make([]programmeCounts, 0, 8)
		for n := r.count(); n > 0 && !r.failed; n-- {
			c := programmeCounts{programme: r.count()}
			for _, v := range c.fields() {
				*v = int64(r.count())
			}
			if c.programme >= len(j.counts) {
				return false
			}
			list = append(list, c)
		}
		if r.failed || len(r.b) > 0 {
			return false
		}
		if _, again := j.done[b]; !again {
			for _, c := range list {
				j.counts[c.programme].Add(c.Counts)
			}
		}
		j.done[b] = extent{at, len(record)}
		return true
	}
	return false
}

// begin makes the journal end with the last record that counts.
func (j *journal) begin(path string, identity hash) error {
	if err := j.file.Truncate(j.at); err != nil {
		return err
	}
	if j.at == 0 {
		if _, err := j.file.WriteAt(head(identity), 0); err != nil {
			return err
		}
		j.at = int64(journalHead)
	}
	// The first record's sync makes the beginning last too.
	return durable.SyncName(path)
}

// write appends records; they count once sync has returned.
func (j *journal) write(payload []byte) (extent, error) {
	record := make([]byte, recordHead, recordHead+len(payload))
	binary.LittleEndian.PutUint32(record, uint32(len(payload)))
	binary.LittleEndian.PutUint32(record[4:], checksum(payload))
	record = append(record, payload...)
	if int64(len(payload)) > 1<<31 {
		return extent{}, errors.New("sweep: a block's results are larger than 2 GiB")
	}
	if _, err := j.file.WriteAt(record, j.at); err != nil {
		return extent{}, err
	}
	e := extent{j.at + recordHead, len(payload)}
	j.at += int64(len(record))
	return e, nil
}

func (j *journal) sync() error { return j.file.Sync() }

// tell appends that the listener was told of a block.
func (j *journal) tell(b int) error {
	_, err := j.write(binary.AppendUvarint([]byte{recordTold}, uint64(b)))
	j.told[b] = true
	return err
}

// blockRecord is the record of a block: the sections that were computed, by the
// programme's place in the run, and its differences.
func blockRecord(b int, computed []int, sections [][]byte, counts []programmeCounts) []byte {
	n := 64
	for _, s := range sections {
		n += len(s) + 16
	}
	out := append(make([]byte, 0, n), recordBlock)
	out = binary.AppendUvarint(out, uint64(b))
	out = binary.AppendUvarint(out, uint64(len(computed)))
	for i, k := range computed {
		out = binary.AppendUvarint(out, uint64(k))
		out = binary.AppendUvarint(out, uint64(len(sections[i])))
		out = append(out, sections[i]...)
	}
	out = binary.AppendUvarint(out, uint64(len(counts)))
	for _, c := range counts {
		out = binary.AppendUvarint(out, uint64(c.programme))
		for _, v := range c.fields() {
			out = binary.AppendUvarint(out, uint64(*v))
		}
	}
	return out
}

// sections reads the sections of a block that is done into their places.
func (j *journal) sections(b int, into [][]byte) error {
	e := j.done[b]
	record := make([]byte, e.length)
	if _, err := j.file.ReadAt(record, e.at); err != nil {
		return err
	}
	r := reader{b: record[1:]}
	r.count()
	for n := r.count(); n > 0; n-- {
		k := r.count()
		part := r.part(r.count())
		if r.failed || k >= len(into) {
			return fmt.Errorf("%w: the journal has changed under the run", ErrFormat)
		}
		into[k] = part
	}
	return nil
}

func (j *journal) close() error { return j.file.Close() }

// reader reads numbers and parts.
type reader struct {
	b      []byte
	failed bool
}

func (r *reader) count() int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > 1<<53 {
		r.failed, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

func (r *reader) part(n int) []byte {
	if n > len(r.b) {
		r.failed, r.b = true, nil
		return nil
	}
	part := r.b[:n:n]
	r.b = r.b[n:]
	return part
}

// ignoreEnd takes the end of a file for no error.
func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// removeJournal removes the journal of a run that is over. Should it come back
// with a crash, the next run sees that it is another's.
func removeJournal(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
