package column

// pool holds the vectors of one shape that are not in use.
type pool struct {
	most int // rows of the largest block
	rows int // rows of this block
	bits [][]uint64
	nums [][]int64
}

func words(rows int) int { return (rows + 63) / 64 }

func (p *pool) bitmap() []uint64 {
	if n := len(p.bits) - 1; n >= 0 {
		b := p.bits[n]
		p.bits = p.bits[:n]
		return b[:words(p.rows)]
	}
	return make([]uint64, words(p.most))[:words(p.rows)]
}

func (p *pool) numbers() []int64 {
	if n := len(p.nums) - 1; n >= 0 {
		b := p.nums[n]
		p.nums = p.nums[:n]
		return b[:64*words(p.rows)]
	}
	return make([]int64, 64*words(p.most))[:64*words(p.rows)]
}

// last is the mask of the rows in the last word.
func (p *pool) last() uint64 {
	return ^uint64(0) >> (-p.rows & 63)
}

func (p *pool) free(v *val) {
	if v.kept {
		v.t = nil
	}
	for _, b := range [3][]uint64{v.known, v.t, v.p} {
		p.give(b)
	}
	if v.num != nil {
		p.nums = append(p.nums, v.num[:cap(v.num)])
	}
	*v = val{}
}

// give takes a bitmap back, if there is one.
func (p *pool) give(b []uint64) {
	if b != nil {
		p.bits = append(p.bits, b[:cap(b)])
	}
}
