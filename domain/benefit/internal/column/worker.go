package column

import "maru/domain/benefit/rule"

// val is a step's vector in the block at hand.
type val struct {
	turn uint32 // the block it is of
	// same: every row is known to be one. A truth's is 0 or 1.
	same bool
	kept bool // t is not the worker's to use again
	one  int64
	// num has a number a row, up to a multiple of 64 rows; known is nil where all
	// are known.
	num   []int64
	known []uint64
	// t are the rows of which a truth holds, p those of which it possibly holds:
	// AND and OR go through each on its own, NOT swaps their opposites. p is nil
	// where all is known, for it is t then. No bit is set beyond the last row.
	t, p []uint64
	// bounded: lo and hi bound num, all of which is known.
	bounded bool
	lo, hi  int64
}

// worker computes blocks, one after the other.
type worker struct {
	*prepared
	id   int
	turn uint32
	vals []val
	left []int32 // uses that are still to come in the block
	pool [4]pool // by shape

	here block
	// Of the block: the first person of each household counted from the block's
	// first, at the end the number of persons, and each person's household.
	first []int32
	owner []int32
	owned bool
	// spread brings the households' bits to the persons, once a step asks for it.
	spread spread
	// Of its pairs, where a step has any.
	pairs  int
	paired bool
	fills  [3][64]int64 // numbers that are the same for all rows
	result Result
}

func newWorker(p *prepared, id int) *worker {
	w := &worker{prepared: p, id: id, vals: make([]val, len(p.steps)), left: make([]int32, len(p.steps))}
	w.pool[household].most = p.layout.households
	w.pool[person].most = p.layout.persons
	w.pool[pair].most = p.layout.pairs
	w.first = make([]int32, p.layout.households+1)
	w.owner = make([]int32, p.layout.persons+64)
	return w
}

// block computes all that is wanted in one block.
func (w *worker) block(b block, sink Sink) {
	w.turn++
	w.here = b
	w.owned, w.paired, w.spread.made = false, false, false
	copy(w.left, w.uses)
	for i, s := range w.start[b.house : b.upTo+1] {
		w.first[i] = int32(int(s) - b.from)
	}
	w.first = w.first[:b.upTo-b.house+1]
	w.pool[household].rows, w.pool[person].rows = b.upTo-b.house, b.to-b.from
	w.pool[pair].rows = 0
	for i, k := range w.wanted {
		w.programme(i, &w.programmes[k], sink)
	}
	w.first = w.first[:cap(w.first)]
}

// programme computes one programme and gives it to the sink.
func (w *worker) programme(i int, p *programme, sink Sink) {
	r := &w.result
	*r = Result{Wanted: i, Block: w.here.number, Person: p.person, First: w.here.house}
	sh := household
	if p.person {
		sh, r.First = person, w.here.from
	}
	pool := &w.pool[sh]
	r.Rows = pool.rows
	v := w.eval(p.eligible.step)
	var own, ownPossible []uint64 // made here
	switch {
	case v.same:
		own = pool.bitmap()
		fillBits(own, v.one != 0 != p.eligible.neg, pool.last())
		r.Entitled = own
	case !p.eligible.neg:
		r.Entitled, r.Possible = v.t, v.p
	case v.p == nil:
		own = pool.bitmap()
		opposite(own, v.t, pool.last())
		r.Entitled = own
	default:
		own, ownPossible = pool.bitmap(), pool.bitmap()
		opposite(own, v.p, pool.last())
		opposite(ownPossible, v.t, pool.last())
		r.Entitled, r.Possible = own, ownPossible
	}
	var amount *val
	var made []int64
	if w.amounts {
		if anyBit(r.Entitled) {
			amount = w.eval(p.amount.step)
			if amount.same {
				made = pool.numbers()
				for j := range made {
					made[j] = amount.one
				}
				r.Amount = made
			} else {
				r.Amount, r.AmountKnown = amount.num, amount.known
			}
		}
	}
	sink.Take(w.id, r)
	pool.give(own)
	pool.give(ownPossible)
	if made != nil {
		pool.nums = append(pool.nums, made[:cap(made)])
	}
	w.drop(p.eligible.step)
	if w.amounts {
		w.drop(p.amount.step)
	}
}

// drop says that one use of a step is over. A vector without uses goes back to
// its pool; a step that was never needed drops what it would have used.
func (w *worker) drop(id int32) {
	w.left[id]--
	if w.left[id] > 0 {
		return
	}
	s := &w.steps[id]
	if s.shape == scalar {
		return
	}
	if v := &w.vals[id]; v.turn == w.turn {
		w.pool[s.shape].free(v)
		return
	}
	for _, a := range s.args {
		w.drop(a.step)
	}
}

// eval gives a step's vector, computing it the first time.
func (w *worker) eval(id int32) *val {
	v := &w.vals[id]
	if v.turn == w.turn {
		return v
	}
	s := &w.steps[id]
	if s.shape == scalar {
		return &w.scalars[id]
	}
	v.turn = w.turn
	if s.shape == pair {
		w.pairUp()
	}
	var keep *kept
	if w.atom != nil {
		keep = w.atom[id]
	}
	if keep == nil || !keep.get(w.here.number, &w.pool[s.shape], v) {
		w.compute(s, id, v)
		if keep != nil {
			w.atoms.put(keep, w.here.number, v)
		}
	}
	for _, a := range s.args {
		w.drop(a.step)
	}
	return v
}

// compute fills in a step's vector.
func (w *worker) compute(s *step, id int32, v *val) {
	switch s.op {
	case rule.OpFact, rule.OpHousehold:
		w.load(s, id, v)
	case rule.OpIsHead:
		w.heads(v)
	case rule.OpSame:
		w.diagonal(v)
	case rule.OpAnd:
		w.and(s, v)
	case rule.OpAny:
		w.any(s, v)
	case rule.OpSum:
		w.sum(s, v)
	case opSumIf:
		w.sumIf(s, v)
	case opUp:
		w.up(s, v)
	case opRow, opCol:
		w.toPairs(s, v)
	case opHead:
		w.ofHeads(s, id, v)
	case rule.OpIf:
		if s.truth {
			w.chooseTruth(s, v)
		} else {
			w.chooseNumber(s, v)
		}
	case rule.OpGiven:
		if s.truth {
			w.givenTruth(s, v)
		} else {
			w.givenNumber(s, v)
		}
	case opCut, rule.OpIn, rule.OpHas, rule.OpStarts:
		w.test(s, &w.aux[id], v)
		w.settle(s, v)
	case rule.OpLess:
		w.less(s, v)
		w.settle(s, v)
	case rule.OpEq:
		w.equal(s, v)
		w.settle(s, v)
	case rule.OpTable:
		w.table(s, &w.aux[id], v)
	case rule.OpAt:
		w.at(s, &w.aux[id], v)
	default:
		w.arithmetic(s, v)
	}
}
