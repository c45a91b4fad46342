package said

import (
	"strconv"
	"strings"
)

// Ways of writing a number.
type script int

const (
	digits script = iota // 65, 1,234, 3.5, 250만
	sino                 // 육십오, 이백오십만
	native               // 예순다섯, 한
)

var (
	sinoDigit = map[rune]float64{'영': 0, '공': 0, '일': 1, '이': 2, '삼': 3, '사': 4, '오': 5, '육': 6, '륙': 6, '칠': 7, '팔': 8, '구': 9}
	small     = map[rune]float64{'십': 10, '백': 100, '천': 1000}
	large     = map[rune]float64{'만': 1e4, '억': 1e8, '조': 1e12}
)

// nativeOnes and nativeTens are counting words; those before a unit are
// shortened (한 명, 석 달).
var (
	nativeOnes = []struct {
		word string
		n    float64
	}{{"하나", 1}, {"한", 1}, {"둘", 2}, {"두", 2}, {"셋", 3}, {"세", 3}, {"석", 3}, {"서", 3}, {"넷", 4}, {"네", 4}, {"넉", 4}, {"너", 4},
		{"다섯", 5}, {"닷", 5}, {"여섯", 6}, {"엿", 6}, {"일곱", 7}, {"여덟", 8}, {"여덜", 8}, {"아홉", 9}}
	nativeTens = []struct {
		word string
		n    float64
	}{{"열", 10}, {"스물", 20}, {"스무", 20}, {"서른", 30}, {"마흔", 40}, {"쉰", 50}, {"예순", 60}, {"일흔", 70}, {"여든", 80}, {"아흔", 90}}
)

// number reads a number at i.
func (s *scan) number(i int) (v float64, end int, how script, ok bool) {
	if v, end, ok = s.written(i); ok {
		return v, end, digits, true
	}
	if v, end, ok = s.nativeNumber(i); ok {
		return v, end, native, true
	}
	if v, end, ok = s.spelled(i); ok {
		return v, end, sino, true
	}
	return 0, i, 0, false
}

// plain reads digits with commas and a decimal point.
func (s *scan) plain(i int) (float64, int, bool) {
	j := i
	for j < len(s.r) && isDigit(s.r[j]) {
		j++
	}
	if j == i || j-i > 15 {
		return 0, i, false
	}
	for j+3 < len(s.r) && s.r[j] == ',' && isDigit(s.r[j+1]) && isDigit(s.r[j+2]) && isDigit(s.r[j+3]) && (j+4 >= len(s.r) || !isDigit(s.r[j+4])) {
		j += 4
	}
	if j+1 < len(s.r) && s.r[j] == '.' && isDigit(s.r[j+1]) {
		for j++; j < len(s.r) && isDigit(s.r[j]); j++ {
		}
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(string(s.r[i:j]), ",", ""), 64)
	return v, j, err == nil
}

// written reads a number that begins with digits and may go on with Korean
// units: 2억 3천5백만.
func (s *scan) written(i int) (float64, int, bool) {
	if i >= len(s.r) || !isDigit(s.r[i]) {
		return 0, i, false
	}
	return s.mixed(i)
}

// spelled reads a number in Sino-Korean words.
func (s *scan) spelled(i int) (float64, int, bool) {
	if i >= len(s.r) || !numeral(s.r[i]) {
		return 0, i, false
	}
	return s.mixed(i)
}

func numeral(r rune) bool {
	_, a := sinoDigit[r]
	return a || small[r] > 0 || large[r] > 0
}

// mixed reads groups of four places, each closed by 만, 억 or 조. Inside a
// number a blank may follow a unit only.
func (s *scan) mixed(i int) (float64, int, bool) {
	total, group, digit := 0.0, 0.0, -1.0
	end, j, closed := i, i, false
	for j < len(s.r) {
		c := s.r[j]
		switch {
		case isDigit(c):
			v, k, ok := s.plain(j)
			if !ok || digit >= 0 {
				return total + group + max(0, digit), end, end > i
			}
			digit, j, closed = v, k, false
		case small[c] > 0:
			if digit < 0 {
				digit = 1
			}
			group, digit, j, closed = group+digit*small[c], -1, j+1, true
		case large[c] > 0:
			if group == 0 && digit < 0 {
				digit = 1
			}
			total, group, digit, j, closed = total+(group+max(0, digit))*large[c], 0, -1, j+1, true
		default:
			d, ok := sinoDigit[c]
			if !ok {
				return total + group + max(0, digit), end, end > i
			}
			if digit >= 0 && isDigit(s.r[j-1]) || c == '이' && j > i && s.particle(i, j+1) {
				return total + group + max(0, digit), end, end > i
			}
			digit, j, closed = max(0, digit)*10+d, j+1, false
		}
		end = j
		if !closed {
			continue
		}
		if k := s.blank(j); k > j && k < len(s.r) && s.carriesOn(k) {
			j = k
		}
	}
	return total + group + max(0, digit), end, end > i
}

// particle tells whether 이, which is two, is the particle or "to be" here: after
// a number written in digits (3억이), and before the endings of that verb.
func (s *scan) particle(from, i int) bool {
	if i < len(s.r) && (numeral(s.r[i]) || strings.ContainsRune("원살세명개년월", s.r[i])) {
		return false
	}
	return isDigit(s.r[from]) || i < len(s.r) && strings.ContainsRune("에예라고며지면야었었다니요", s.r[i])
}

// carriesOn tells whether a number goes on after a blank: a further number
// with a unit of its own, or digits.
func (s *scan) carriesOn(i int) bool {
	if isDigit(s.r[i]) {
		// 3만 2천 goes on, "3만 2026년" does not.
		_, k, ok := s.plain(i)
		return ok && k < len(s.r) && (small[s.r[k]] > 0 || large[s.r[k]] > 0 || s.r[k] == '원' || k-i <= 4 && s.currencyAt(k))
	}
	if !numeral(s.r[i]) {
		return false
	}
	j := i
	for j < len(s.r) && numeral(s.r[j]) {
		if small[s.r[j]] > 0 || large[s.r[j]] > 0 {
			return true
		}
		j++
	}
	return s.currencyAt(j)
}

// nativeNumber reads 한 to 아흔아홉.
func (s *scan) nativeNumber(i int) (float64, int, bool) {
	v, j := 0.0, i
	for _, t := range nativeTens {
		if end, ok := s.has(j, t.word); ok {
			v, j = t.n, end
			break
		}
	}
	for _, o := range nativeOnes {
		if end, ok := s.has(j, o.word); ok {
			return v + o.n, end, true
		}
	}
	return v, j, j > i
}
