package column

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"maru/domain/benefit/rule"
)

// computation is raised when the engine computes the same meaning otherwise than
// before, so that nothing computed earlier passes for its result.
const computation = 1

// Meanings are hashes of what programmes decide and pay on the date of a run, in
// the order of wanted: where two are equal, whatever law they come from, the same
// facts have the same verdict and amount. A change of date, of a parameter or of a
// text leaves a meaning as it was where nothing that is computed rests on it.
func (e *Engine) Meanings(run *rule.Run, wanted []int) ([][sha256.Size]byte, error) {
	if err := e.check(run, wanted); err != nil {
		return nil, err
	}
	p, err := e.prepare(run, nobody{}, Options{Wanted: wanted, Amounts: true})
	if err != nil {
		return nil, err
	}
	// A step's operands stand before it.
	hashes := make([]meaning, len(p.steps))
	for i := range p.steps {
		if p.uses[i] > 0 {
			hashes[i] = p.hash(int32(i), hashes)
		}
	}
	out := make([][sha256.Size]byte, len(wanted))
	for i, k := range wanted {
		of := &p.programmes[k]
		h := sha256.New()
		fmt.Fprintln(h, computation, of.person)
		for _, r := range []ref{of.eligible, of.amount} {
			h.Write(hashes[r.step][:])
			binary.Write(h, binary.LittleEndian, r.neg) // a hash never fails
		}
		h.Sum(out[i][:0])
	}
	return out, nil
}

// nobody is a population without rows.
type nobody struct{}

func (nobody) Households() int                                { return 0 }
func (nobody) Persons() int                                   { return 0 }
func (nobody) Start() []uint32                                { return []uint32{0} }
func (nobody) LoadPerson(int, int, int, []int64, []uint64)    {}
func (nobody) LoadHousehold(int, int, int, []int64, []uint64) {}
