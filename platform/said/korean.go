package said

import "strings"

// currencies are what amounts are told in, longer names first.
var currencies = []struct{ word, code string }{
	{"원", "won"}, {"캐나다 달러", "CAD"}, {"호주 달러", "AUD"}, {"홍콩 달러", "HKD"}, {"미국 달러", "USD"}, {"달러", "USD"}, {"불", "USD"},
	{"스위스 프랑", "CHF"}, {"프랑", "FRF"}, {"유로", "EUR"}, {"엔화", "JPY"}, {"엔", "JPY"}, {"위안", "CNY"}, {"파운드", "GBP"}, {"센트", "cent"}, {"펜스", "pence"},
}

// currencyAt tells whether a currency stands at i, after blanks.
func (s *scan) currencyAt(i int) bool {
	_, end := s.currency(i)
	return end > i
}

// currency reads the currency at i, after blanks. 원 is also the beginning and
// end of other words (원룸, 직원), which it is not beside a number of its own.
func (s *scan) currency(i int) (string, int) {
	j := s.blank(i)
	for _, c := range currencies {
		end, ok := s.has(j, c.word)
		if !ok {
			continue
		}
		if c.code == "won" {
			if _, _, other := s.any(j, "원룸|원인|원서|원본|원하|원해|원래|원금"); other {
				return "", i
			}
		}
		if c.word == "불" || c.word == "엔" {
			if j > i || end < len(s.r) && isHangul(s.r[end]) && !strings.ContainsRune("을를이가은는로에의", s.r[end]) {
				continue
			}
		}
		return c.code, end
	}
	return "", i
}

// koreanAge reads "만 65세" before 만 can become ten thousand, school years
// and decades of life.
func (s *scan) koreanAge(i int) (Measure, int) {
	if end, ok := s.has(i, "만"); ok {
		if v, j, _, ok := s.number(s.blank(end)); ok {
			if m, k := s.ageUnit(v, j); k > j {
				return m, k
			}
		}
	}
	for _, g := range []struct{ words, unit string }{
		{"초등학교 |초등학생 |초등 |초", "elementary"}, {"중학교 |중학생 |중등 |중", "middle"}, {"고등학교 |고등학생 |고등 |고", "high"}, {"대학교 |대학 |대", "university"},
	} {
		word, j, ok := s.any(i, g.words)
		if !ok || i > 0 && isHangul(s.r[i-1]) {
			continue
		}
		j = s.blank(j)
		v, k, how, ok := s.number(j)
		if !ok || v < 1 || v > 6 || how == native {
			continue
		}
		if end, ok := s.has(k, " 학년"); ok {
			return Measure{Kind: Grade, Value: v, Unit: g.unit}, end
		}
		// 초3 stands short for it; what follows must not make it something else.
		short := len([]rune(strings.TrimSpace(word))) == 1 && word != "대"
		if short && how == digits && (k >= len(s.r) || !strings.ContainsRune("번월일시분개명차", s.r[k])) {
			return Measure{Kind: Grade, Value: v, Unit: g.unit}, k
		}
	}
	return Measure{}, i
}

// ageUnit reads 살 or 세 after a number.
func (s *scan) ageUnit(v float64, i int) (Measure, int) {
	j := s.blank(i)
	if end, ok := s.has(j, "살"); ok && v < 130 {
		return Measure{Kind: Age, Value: v, Unit: "year"}, end
	}
	if end, ok := s.has(j, "세"); ok && v < 130 {
		if _, _, other := s.any(j, "세대|세금|세입|세제|세상|세트|세무|세관|세종|세요"); !other {
			return Measure{Kind: Age, Value: v, Unit: "year"}, end
		}
	}
	return Measure{}, i
}

// korean reads a number with its unit.
func (s *scan) korean(i int) (Measure, int) {
	if i > 0 && isHangul(s.r[i-1]) && isHangul(s.r[i]) && !s.mayBegin(i) {
		return Measure{}, i
	}
	if m, end := s.fixedDuration(i); end > i {
		return s.when(m, end)
	}
	v, j, how, ok := s.number(i)
	if !ok {
		return Measure{}, i
	}
	if m, end := s.ageUnit(v, j); end > j {
		if how == sino && strings.HasSuffix(m.Unit, "year") && s.r[i] == '이' && j-i == 1 {
			return Measure{}, i // 이 살: this flesh
		}
		return m, end
	}
	if m, end := s.amount(v, j, how, i); m.Kind != "" {
		return m, end
	}
	if m, end := s.span(v, j, how); end > j && !(m.Unit == "day" && strings.HasSuffix(strings.TrimRight(s.before(i, 4), " "), "월")) {
		return s.when(m, end)
	}
	if m, end := s.count(v, j, how, i); m.Kind != "" {
		return m, end
	}
	// A native number of some size alone is an age: 예순다섯, 칠십둘.
	if how == native && v >= 20 && s.aloneAge(j) {
		return Measure{Kind: Age, Value: v, Unit: "year"}, j
	}
	if how == sino && v >= 20 && v < 100 && v == float64(int(v/10))*10 {
		if n, k, ok := s.nativeNumber(j); ok && n < 10 && s.aloneAge(k) { // 칠십둘
			return Measure{Kind: Age, Value: v + n, Unit: "year"}, k
		}
	}
	return Measure{}, i
}

// aloneAge tells whether a counting word that ends at i may be somebody's age:
// no noun that would be counted follows at once.
func (s *scan) aloneAge(i int) bool {
	if i >= len(s.r) || !isHangul(s.r[i]) {
		return true
	}
	_, _, ok := s.any(i, "이|인|에|의|은|을|된|됐|되|넘|가|까|부|입|짜|요")
	return ok
}

// mayBegin tells whether a number may begin at i in the middle of a run of
// Hangul: after words that stand before amounts without a blank.
func (s *scan) mayBegin(i int) bool {
	for _, w := range []string{"월세", "전세", "보증금", "월급", "연봉", "매달", "한달", "약", "나이", "임신", "만", "태어난지", "된지"} {
		if strings.HasSuffix(s.before(i, 6), w) {
			return true
		}
	}
	return false
}

// amount reads money. A number that ends in 만 or 억 is one without a currency
// too, unless something is counted.
func (s *scan) amount(v float64, j int, how script, from int) (Measure, int) {
	code, end := s.currency(j)
	if end > j {
		if how == native || how == sino && j-from == 1 && s.r[from] == '이' {
			return Measure{}, j
		}
		switch {
		case code == "USD" || code == "GBP" || code == "EUR":
			// 3달러 50센트
			if c, k, _, ok := s.number(s.blank(end)); ok {
				if sub, e := s.currency(k); sub == "cent" || sub == "pence" {
					return Measure{Kind: Money, Value: v + c/100, Unit: code}, e
				}
			}
		}
		return Measure{Kind: Money, Value: v, Unit: code}, end
	}
	last := s.r[j-1]
	if how != native && (last == '만' || last == '억') && v >= 10000 && j-from > 1 {
		k := s.blank(j)
		if _, _, counted := s.any(k, "명|개|건|호|가구|세대|번|분의|평|제곱|킬로|회|권|대|마리|부|장|점|걸음|년|시간|km|㎡"); !counted {
			return Measure{Kind: Money, Value: v, Unit: "won"}, j
		}
	}
	return Measure{}, j
}

// count reads how many.
func (s *scan) count(v float64, j int, how script, from int) (Measure, int) {
	k := s.blank(j)
	if v != float64(int(v)) || v > 1e6 {
		return Measure{}, j
	}
	for _, u := range []struct {
		words, unit string
		least       script
	}{
		{"인가구|인 가구|식구", "household", digits}, {"남매|자매|형제", "child", native}, {"자녀|아이|애들", "child", digits}, {"명|분이서", "person", digits}, {"번째", "place", digits}, {"째 아|째를|째 낳|째 임|째 가|째가|째 출|째 둥|째도|째 애", "place", native},
	} {
		word, end, ok := s.any(k, u.words)
		if !ok || u.least == native && how == digits && u.unit == "place" {
			continue
		}
		if strings.HasPrefix(word, "째") {
			end = k + 1
		}
		return Measure{Kind: Count, Value: v, Unit: u.unit}, end
	}
	// 애 둘, 아이가 셋: the number follows what is counted.
	if how == native && v < 15 {
		head := strings.TrimRight(s.before(from, 6), " ")
		for _, noun := range []string{"애", "아이", "자녀", "애가", "아이가", "자녀가", "애들", "자식", "자식이", "아들", "딸"} {
			if strings.HasSuffix(head, noun) {
				return Measure{Kind: Count, Value: v, Unit: "child"}, j
			}
		}
	}
	return Measure{}, j
}
