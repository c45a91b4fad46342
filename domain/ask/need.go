package ask

import (
	"cmp"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"maru/kernel"
	"maru/platform/search"
)

// Need is something that several people asked for and did not find.
type Need struct {
	// Words are shared by at least leastPeople of the sentences, the most frequent
	// first. The sentences themselves are shown to nobody.
	Words []string
	Count int
	// Korean of them were said on pages in Korean.
	Korean int
	// From and To are the first and last day.
	From, To string
	// Near are the services that the finder gives for them, the most frequent
	// first.
	Near []string
}

// sentence is what somebody left, opened.
type sentence struct {
	text string
	lang kernel.Lang
	day  string

	stems []string           // each once
	parts map[string]float64 // features with their weight, of length 1
}

const (
	// leastPeople is how many sentences a need has at least: below it nothing is
	// shown but that there are others.
	leastPeople = 5
	// alike is how near a sentence is to the middle of its group at least, as a
	// cosine; joined how near two groups are that are one.
	alike, joined = 0.3, 0.5
	// common is the share of the sentences beyond which a feature tells nothing.
	common = 0.4
	// maxWords a need is told by, maxNear services beside it.
	maxWords, maxNear = 6, 3
)

// marks are what stands where personal data was.
var marks = regexp.MustCompile(`\[[A-Z_]+\]`)

// group gathers sentences that ask for alike things: each goes to the nearest
// middle, or begins a group; then each goes again to the middle that is nearest
// once all are known, and groups that came to mean the same are joined. The same
// sentences give the same groups in whatever order they come.
func group(list []*sentence) [][]*sentence {
	slices.SortFunc(list, func(a, b *sentence) int {
		return cmp.Or(strings.Compare(a.text, b.text), strings.Compare(a.day, b.day), cmp.Compare(a.lang, b.lang))
	})
	weigh(list)
	var middles []map[string]float64
	var groups [][]*sentence
	for _, s := range list {
		at, near := nearest(middles, s.parts)
		if near < alike {
			at = len(groups)
			groups, middles = append(groups, nil), append(middles, map[string]float64{})
		}
		groups[at] = append(groups[at], s)
		add(middles[at], s.parts)
	}
	again := make([][]*sentence, len(groups))
	for _, s := range list {
		at, _ := nearest(middles, s.parts)
		if at < 0 {
			at = slices.IndexFunc(groups, func(g []*sentence) bool { return slices.Contains(g, s) })
		}
		again[at] = append(again[at], s)
	}
	return join(again)
}

// join makes one of groups whose middles are near.
func join(groups [][]*sentence) [][]*sentence {
	groups = slices.DeleteFunc(groups, func(g []*sentence) bool { return len(g) == 0 })
	middle := func(g []*sentence) map[string]float64 {
		m := map[string]float64{}
		for _, s := range g {
			add(m, s.parts)
		}
		return m
	}
	var out [][]*sentence
	var middles []map[string]float64
	slices.SortStableFunc(groups, func(a, b []*sentence) int { return cmp.Compare(len(b), len(a)) })
	for _, g := range groups {
		m := middle(g)
		if at, near := nearest(middles, m); near >= joined {
			out[at] = append(out[at], g...)
			add(middles[at], m)
			continue
		}
		out, middles = append(out, g), append(middles, m)
	}
	return out
}

// weigh gives each sentence its features: stems, and pairs of letters for what
// typing errors and endings change; what nearly all have counts nothing, what
// few have counts more.
func weigh(list []*sentence) {
	in := map[string]int{}
	raw := make([]map[string]float64, len(list))
	for i, s := range list {
		normalized := search.Normalize(marks.ReplaceAllString(s.text, " "))
		raw[i] = map[string]float64{}
		for _, w := range search.Stems(normalized) {
			if !slices.Contains(s.stems, w) {
				s.stems = append(s.stems, w)
			}
			raw[i]["w"+w] = 1.5
		}
		letters := []rune(strings.ReplaceAll(normalized, " ", ""))
		for j := 0; j+1 < len(letters); j++ {
			raw[i]["g"+string(letters[j:j+2])] = 1
		}
		for f := range raw[i] {
			in[f]++
		}
	}
	for i, s := range list {
		s.parts = map[string]float64{}
		for f, w := range raw[i] {
			if n := in[f]; n > 1 && (len(list) < 2*leastPeople || float64(n) <= common*float64(len(list))) {
				s.parts[f] = w * math.Log(1+float64(len(list))/float64(n))
			}
		}
		shorten(s.parts)
	}
}

// sorted are the features in order, so that sums come out alike each time.
func sorted(m map[string]float64) []string { return slices.Sorted(maps.Keys(m)) }

func shorten(m map[string]float64) {
	sum := 0.0
	for _, f := range sorted(m) {
		sum += m[f] * m[f]
	}
	if sum == 0 {
		return
	}
	length := math.Sqrt(sum)
	for f := range m {
		m[f] /= length
	}
}

func add(to, parts map[string]float64) {
	for f, w := range parts {
		to[f] += w
	}
}

// nearest is the middle with the greatest cosine to parts, -1 and 0 for none.
func nearest(middles []map[string]float64, parts map[string]float64) (at int, near float64) {
	at = -1
	features := sorted(parts)
	length := norm2(parts)
	for i, m := range middles {
		dot := 0.0
		for _, f := range features {
			dot += parts[f] * m[f]
		}
		if dot == 0 {
			continue
		}
		if c := dot / math.Sqrt(length*norm2(m)); c > near {
			at, near = i, c
		}
	}
	return at, near
}

func norm2(m map[string]float64) float64 {
	sum := 0.0
	for _, f := range sorted(m) {
		sum += m[f] * m[f]
	}
	return sum
}

// needs are the groups that are large enough to be told, the largest first, and
// how many sentences are in others.
func (s *Service) needs(list []*sentence) (out []Need, rest int) {
	for _, g := range group(list) {
		words := sharedWords(g)
		if len(g) < leastPeople || len(words) == 0 {
			rest += len(g)
			continue
		}
		n := Need{Words: words, Count: len(g), From: g[0].day, To: g[0].day, Near: s.near(g)}
		for _, x := range g {
			n.From, n.To = min(n.From, x.day), max(n.To, x.day)
			if x.lang == kernel.KO {
				n.Korean++
			}
		}
		out = append(out, n)
	}
	slices.SortStableFunc(out, func(a, b Need) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), slices.Compare(a.Words, b.Words))
	})
	return out, rest
}

// sharedWords are the stems that enough of the sentences have.
func sharedWords(g []*sentence) []string {
	in := map[string]int{}
	for _, s := range g {
		for _, w := range s.stems {
			in[w]++
		}
	}
	words := slices.DeleteFunc(slices.Sorted(maps.Keys(in)), func(w string) bool { return in[w] < leastPeople })
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(in[b], in[a]) })
	return words[:min(len(words), maxWords)]
}

// near asks the finder for a few of the sentences.
func (s *Service) near(g []*sentence) []string {
	const asked = 8
	in := map[string]int{}
	for _, x := range g[:min(len(g), asked)] {
		a, err := s.Ask(Query{Text: x.text, Limit: 2})
		if err != nil {
			continue // nothing is left of it without personal data
		}
		for _, r := range a.Results {
			in[r.Service.ID]++
		}
	}
	ids := slices.SortedFunc(maps.Keys(in), func(a, b string) int { return cmp.Or(cmp.Compare(in[b], in[a]), strings.Compare(a, b)) })
	return ids[:min(len(ids), maxNear)]
}
