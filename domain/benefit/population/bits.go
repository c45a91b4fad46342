package population

// setBits sets n bits from a place on.
func setBits(dst []uint64, at, n int) {
	for n > 0 {
		in := min(n, 64-at&63)
		dst[at>>6] |= ^uint64(0) >> (64 - in) << (at & 63)
		at, n = at+in, n-in
	}
}

// orBits ors n bits of src, from a place on, into dst at another.
func orBits(dst []uint64, at int, src bitmap, from, n int) {
	for n > 0 {
		in := min(n, 64-at&63)
		w := src.word(from>>6) >> (from & 63)
		if from&63 != 0 && from&63+in > 64 {
			w |= src.word(from>>6+1) << (64 - from&63)
		}
		dst[at>>6] |= w & (^uint64(0) >> (64 - in)) << (at & 63)
		at, from, n = at+in, from+in, n-in
	}
}

// putBit makes one bit what it is told.
func putBit(dst []uint64, at int, bit uint64) {
	dst[at>>6] = dst[at>>6]&^(1<<(at&63)) | bit<<(at&63)
}
