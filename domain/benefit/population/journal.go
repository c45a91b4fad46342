package population

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"os"

	"maru/domain/benefit/internal/mapped"
	"maru/domain/benefit/rule"
	"maru/platform/durable"
)

// The journal stands beside the file: magic, version and the file's number, then
// records of a length and a checksum as uint32 and that many bytes. A record is
// one Update: the changed households, each whole. The last record of a household
// counts.
const (
	journalMagic = "MARUPOJ\n"
	journalHead  = 32
	recordHead   = 8
)

func (s *Snapshot) journalPath() string { return s.path + ".journal" }

func (b *base) journalHead() []byte {
	h := make([]byte, journalHead)
	copy(h, journalMagic)
	binary.LittleEndian.PutUint32(h[8:], formatVersion)
	copy(h[16:], b.number[:])
	binary.LittleEndian.PutUint32(h[12:], checksum(h))
	return h
}

// readJournal takes up the changes since the file was built. What stands at the
// end and is not whole was never acknowledged and does not count; anything else
// that is wrong is ErrFormat.
func (s *Snapshot) readJournal() (map[Key]*stored, error) {
	text, err := os.ReadFile(s.journalPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s.seen = int64(len(text))
	if len(text) < journalHead {
		return nil, nil // it had hardly begun
	}
	if string(text[:8]) != journalMagic || binary.LittleEndian.Uint32(text[8:]) != formatVersion {
		if zeros(text) {
			return nil, nil
		}
		return nil, fmt.Errorf("%w: the journal does not begin like one of version %d", ErrFormat, formatVersion)
	}
	head := [journalHead]byte(text)
	said := binary.LittleEndian.Uint32(head[12:])
	clear(head[12:16])
	if checksum(head[:]) != said {
		return nil, fmt.Errorf("%w: the beginning of the journal is damaged", ErrFormat)
	}
	switch of := fileNumber(head[16:]); of {
	case s.base.number:
	default:
		if of.String() == s.base.head.Replaces {
			return nil, nil // what it holds went into this file
		}
		return nil, fmt.Errorf("%w: the journal belongs to the file %s", ErrFormat, of)
	}
	changes := map[Key]*stored{}
	added := 0
	at := journalHead
	for at < len(text) {
		rest := text[at:]
		if len(rest) < recordHead || zeros(rest) {
			break
		}
		n, sum := int(binary.LittleEndian.Uint32(rest)), binary.LittleEndian.Uint32(rest[4:])
		if n > len(rest)-recordHead {
			break
		}
		if checksum(rest[recordHead:recordHead+n]) != sum {
			if recordHead+n == len(rest) || zeros(rest[recordHead+n:]) {
				break
			}
			return nil, fmt.Errorf("%w: the journal is damaged at byte %d", ErrFormat, at)
		}
		if err := s.base.replay(rest[recordHead:recordHead+n], changes, &added); err != nil {
			return nil, fmt.Errorf("%w: the journal's record at byte %d: %v", ErrFormat, at, err)
		}
		at += recordHead + n
	}
	s.written = int64(at)
	return changes, nil
}

func zeros(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}

// record is an Update as the journal holds it.
func (b *base) record(keys []Key, changes map[Key]*stored) []byte {
	out := make([]byte, recordHead)
	out = binary.AppendUvarint(out, uint64(len(keys)))
	for _, key := range keys {
		s := changes[key]
		out = binary.AppendUvarint(out, uint64(key))
		out = binary.AppendUvarint(out, uint64(len(s.ids)))
		if len(s.ids) == 0 {
			continue
		}
		for m, id := range s.ids {
			out = binary.LittleEndian.AppendUint64(out, uint64(id))
			out = appendFacts(out, b.schema.persons, s.person[m*len(b.person):], s.personKnown[m])
		}
		out = appendFacts(out, b.schema.households, s.household, s.householdKnown)
	}
	binary.LittleEndian.PutUint32(out, uint32(len(out)-recordHead))
	binary.LittleEndian.PutUint32(out[4:], checksum(out[recordHead:]))
	return out
}

// appendFacts writes which fields are known, then their numbers.
func appendFacts(out []byte, fields []field, values []int64, known uint64) []byte {
	var mask uint64
	for i := range fields {
		mask |= known >> fields[i].fact.Slot & 1 << i
	}
	out = binary.AppendUvarint(out, mask)
	for i := range fields {
		if mask>>i&1 == 1 {
			out = binary.AppendVarint(out, fields[i].toFile(values[fields[i].fact.Slot]))
		}
	}
	return out
}

// replay takes up one record.
func (b *base) replay(text []byte, changes map[Key]*stored, added *int) error {
	r := reader{b: text}
	for n := r.count(len(text)); n > 0; n-- {
		key := r.uvarint()
		switch end := uint64(b.head.Households + *added); {
		case key > end:
			return errors.New("it names no household")
		case key == end:
			*added++
		}
		members := r.count(rule.MaxMembers)
		s := &stored{household: make([]int64, len(b.household))}
		if members > 0 {
			s.person, s.personKnown = make([]int64, members*len(b.person)), make([]uint64, members)
			for m := range members {
				s.ids = append(s.ids, ID(r.word()))
				s.personKnown[m] = r.facts(b.schema.persons, s.person[m*len(b.person):])
			}
			s.householdKnown = r.facts(b.schema.households, s.household)
		}
		if r.failed {
			return errors.New("it cannot be read")
		}
		changes[Key(key)] = s
	}
	if r.failed || len(r.b) > 0 {
		return errors.New("it is too long or too short")
	}
	return nil
}

type reader struct {
	b      []byte
	failed bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.failed, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.failed, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) word() uint64 {
	if len(r.b) < 8 {
		r.failed, r.b = true, nil
		return 0
	}
	v := binary.LittleEndian.Uint64(r.b)
	r.b = r.b[8:]
	return v
}

// count is a number up to a limit.
func (r *reader) count(limit int) int {
	v := r.uvarint()
	if v > uint64(limit) {
		r.failed, r.b = true, nil
		return 0
	}
	return int(v)
}

func (r *reader) facts(fields []field, values []int64) (known uint64) {
	mask := r.uvarint()
	if bits.Len64(mask) > len(fields) {
		r.failed = true
		return 0
	}
	for i := range fields {
		if mask>>i&1 == 0 {
			continue
		}
		d := &fields[i]
		v := r.varint()
		if d.fact.Type == rule.Word && (v < 1 || v > int64(len(d.members))) {
			r.failed = true
			return 0
		}
		v = d.toLaw(v)
		r.failed = r.failed || !d.holds(v)
		values[d.fact.Slot] = v
		known |= 1 << d.fact.Slot
	}
	return known
}

// openJournal makes the journal ready for a record: nobody else writes to it,
// and it ends with the last record that counts. The error is ErrReplaced when
// the file or its journal are no longer those that were read.
func (s *Snapshot) openJournal() error {
	if s.journal != nil {
		return nil
	}
	f, err := os.OpenFile(s.journalPath(), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := s.takeJournal(f); err != nil {
		f.Close() // nothing was written
		return err
	}
	s.journal = f
	return nil
}

func (s *Snapshot) takeJournal(f *os.File) error {
	if err := mapped.Lock(f); err != nil {
		return fmt.Errorf("population: somebody else is changing it: %w", err)
	}
	mine, err := s.file.Stat()
	if err != nil {
		return err
	}
	there, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	// The journal itself may have been struck out by a rebuild in between.
	named, err := os.Stat(s.journalPath())
	if err != nil {
		return err
	}
	if !os.SameFile(mine, there) || !os.SameFile(info, named) || info.Size() != s.seen {
		return ErrReplaced
	}
	if s.written == 0 {
		if err := f.Truncate(0); err != nil {
			return err
		}
		if _, err := f.WriteAt(s.base.journalHead(), 0); err != nil {
			return err
		}
		s.written = journalHead
	} else if err := f.Truncate(s.written); err != nil {
		return err
	}
	s.seen = s.written
	if err := f.Sync(); err != nil {
		return err
	}
	return durable.SyncName(s.path)
}

// append writes a record so that it survives a crash, or not at all.
func (s *Snapshot) append(record []byte) error {
	_, err := s.journal.WriteAt(record, s.written)
	if err == nil {
		err = s.journal.Sync()
	}
	if err != nil {
		undo := errors.Join(s.journal.Truncate(s.written), s.journal.Sync())
		if undo != nil {
			s.failed = fmt.Errorf("population: the journal is in doubt, open the file anew: %w", undo)
		}
		return err
	}
	s.written += int64(len(record))
	s.seen = s.written
	return nil
}
