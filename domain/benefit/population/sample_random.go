package population

import "math"

// random is a stream of numbers that depends on nothing but what it was begun
// with (SplitMix64, Steele, Lea and Flood 2014).
type random uint64

// mix spreads a number over all 64 bits.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// stream is the stream of a household, or another purpose, of a region.
func stream(seed uint64, region, number int64) random {
	return random(mix(seed ^ mix(uint64(region)*0x9e3779b97f4a7c15^mix(uint64(number)+0x632be59bd9b4e019))))
}

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	return mix(uint64(*r))
}

// share is evenly spread over 0 to 1, 1 excluded.
func (r *random) share() float64 { return float64(r.next()>>11) / (1 << 53) }

// chance is true with a probability.
func (r *random) chance(p float64) bool { return r.share() < p }

// below is evenly spread over 0 to n-1.
func (r *random) below(n int64) int64 { return int64(r.share() * float64(n)) }

// normal is a standard normal number (Box and Muller 1958).
func (r *random) normal() float64 {
	return math.Sqrt(-2*math.Log(1-r.share())) * math.Cos(2*math.Pi*r.share())
}

// lognormal has a median and a spread of its logarithm.
func (r *random) lognormal(median, spread float64) float64 {
	return median * math.Exp(spread*r.normal())
}

// pick is a place by weights that sum to 1; the last takes the rest.
func (r *random) pick(weights ...float64) int {
	u := r.share()
	for i, w := range weights {
		if u -= w; u < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// shuffle is where a number below n goes in a random order of them: four rounds
// of a Feistel network over the least even number of bits, walked on until the
// result is below n.
func shuffle(seed uint64, region int64, i, n int) int {
	half := 1
	for 1<<(2*half) < n {
		half++
	}
	mask := uint64(1)<<half - 1
	x := uint64(i)
	for {
		left, right := x>>half, x&mask
		for round := range 4 {
			left, right = right, left^mix(seed^uint64(region)<<8^uint64(round)^right<<24)&mask
		}
		if x = left<<half | right; x < uint64(n) {
			return int(x)
		}
	}
}
