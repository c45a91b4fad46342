package population

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"

	"maru/platform/durable"
)

// Writer writes a population, one household after the other, in memory for one
// block. The file appears under its name only when Close succeeds.
type Writer struct {
	schema *Schema
	file   *durable.File
	head   header
	at     int64
	batch  *batch
	buf    []byte
	err    error // the first failure; all that follows fails alike
}

// NewWriter begins a file. The origin must be complete: nothing is gathered
// without a basis and a purpose (ErrAccess).
func NewWriter(path string, s *Schema, o Origin) (*Writer, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	f, err := durable.Create(path)
	if err != nil {
		return nil, err
	}
	w := &Writer{schema: s, file: f, at: preambleSize}
	w.head = header{Origin: o, Facts: s.entries(), Programmes: s.bits}
	if _, err := f.Write(make([]byte, preambleSize)); err != nil {
		w.Abort()
		return nil, err
	}
	return w, nil
}

// Add takes up a household. The error is ErrFact or ErrDictionary, or that of
// writing; the file cannot be finished after it.
func (w *Writer) Add(h *Household) error {
	if w.err != nil {
		return w.err
	}
	if w.batch == nil {
		w.batch = newBatch(w.schema)
	}
	if !w.batch.room(h.Frame.Members) {
		w.flush()
	}
	if w.err == nil {
		w.err = w.batch.add(h)
	}
	return w.err
}

// flush writes the households gathered so far as a block.
func (w *Writer) flush() {
	if w.err != nil || w.batch == nil || w.batch.rows == 0 {
		return
	}
	e := w.batch.encode(w.buf)
	w.buf = e.bytes
	w.block(e)
	w.batch.reset()
}

// block writes a block made elsewhere under the same schema.
func (w *Writer) block(e encoded) {
	if w.err != nil {
		return
	}
	if w.head.Persons > math.MaxUint32-e.rows {
		w.err = errors.New("population: more than 4,294,967,295 persons")
		return
	}
	if _, w.err = w.file.Write(e.bytes); w.err != nil {
		return
	}
	w.head.Blocks = append(w.head.Blocks, blockAt{extent{w.at, int64(len(e.bytes)), e.crc}, e.rows, e.households})
	w.at += int64(len(e.bytes))
	w.head.Persons += e.rows
	w.head.Households += e.households
}

// Abort gives up the file. After Close it does nothing.
func (w *Writer) Abort() {
	w.file.Abort()
	if w.err == nil {
		w.err = os.ErrClosed
	}
}

// Close finishes the file and puts it under its name, in place of another. A
// population without households is an error. On any error there is no file.
func (w *Writer) Close() error {
	err := w.finish()
	if err != nil {
		w.Abort()
	}
	return err
}

func (w *Writer) finish() error {
	w.flush()
	if w.err != nil {
		return w.err
	}
	if w.head.Persons == 0 {
		return fmt.Errorf("%w: there is no household", ErrFact)
	}
	var err error
	if w.head.Index, err = writeIndex(w.file.File, w.at, w.head.Blocks, w.head.Persons); err != nil {
		return err
	}
	text, err := json.Marshal(w.head)
	if err != nil {
		return err
	}
	at := w.head.Index.At + w.head.Index.Length
	if _, err := w.file.WriteAt(text, at); err != nil {
		return err
	}
	if _, err := w.file.WriteAt(preamble(text, at), 0); err != nil {
		return err
	}
	if err := w.file.Commit(); err != nil {
		return err
	}
	w.err = os.ErrClosed
	return nil
}
