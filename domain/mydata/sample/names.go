package sample

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maru/kernel"
)

// word is a part of a made-up name with its Latin letters (Revised
// Romanization).
type word struct{ hangul, latin string }

var surnames = []word{
	{"김", "Gim"}, {"이", "I"}, {"박", "Bak"}, {"최", "Choe"}, {"정", "Jeong"}, {"강", "Gang"}, {"조", "Jo"},
	{"윤", "Yun"}, {"장", "Jang"}, {"임", "Im"}, {"한", "Han"}, {"오", "O"}, {"서", "Seo"}, {"신", "Sin"},
	{"권", "Gwon"}, {"황", "Hwang"}, {"안", "An"}, {"송", "Song"}, {"류", "Ryu"}, {"홍", "Hong"},
}

// The given name says that nobody bears it: a word for something not real,
// then often a second word to tell people apart.
var (
	unreal = []word{
		{"가상", "Gasang"}, {"보기", "Bogi"}, {"견본", "Gyeonbon"}, {"예시", "Yesi"},
		{"시범", "Sibeom"}, {"연습", "Yeonseup"}, {"모의", "Moui"}, {"본보기", "Bonbogi"},
	}
	apart = []word{
		{"", ""}, {"하나", "hana"}, {"둘", "dul"}, {"셋", "set"}, {"넷", "net"}, {"다섯", "daseot"},
		{"여섯", "yeoseot"}, {"일곱", "ilgop"}, {"여덟", "yeodeol"}, {"아홉", "ahop"}, {"열", "yeol"},
		{"구름", "gureum"}, {"바람", "baram"}, {"나무", "namu"}, {"다리", "dari"}, {"호수", "hosu"},
		{"언덕", "eondeok"}, {"마당", "madang"}, {"달빛", "dalbit"}, {"여울", "yeoul"},
	}
	foreignNames = []string{"NOVA", "RIVER", "SUMMER", "FOREST", "OCEAN", "MEADOW", "COMET", "HARBOUR"}
)

// nameEverybody gives names, the elder first so that children bear the name of
// their father, or of their mother where he is not known.
func (w *World) nameEverybody() {
	order := make([]int, len(w.people))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(later(w.people[b].birth, w.people[a].birth), cmp.Compare(a, b))
	})
	for _, i := range order {
		w.nameOne(i)
	}
}

func (w *World) nameOne(i int) {
	p := &w.people[i]
	d := newDice(w.seed, streamNames<<32+uint64(i))
	switch {
	case p.father != nobody:
		p.surname = w.people[p.father].surname
	case p.mother != nobody:
		p.surname = w.people[p.mother].surname
	default:
		p.surname = d.below(len(surnames))
	}
	first, second := unreal[d.below(len(unreal))], apart[d.below(len(apart))]
	if p.nationality == "foreigner" {
		p.name = "SAMPLE " + foreignNames[d.below(len(foreignNames))]
		p.nameLatin = p.name
		return
	}
	p.name = surnames[p.surname].hangul + first.hangul + second.hangul
	p.nameLatin = strings.ToUpper(surnames[p.surname].latin + " " + first.latin + second.latin)
}

// The serial of a made-up number begins with sampleSerial, which no office
// hands out.
const sampleSerial = "000"

// registrationNumber makes a 13-digit number that cannot be real: its serial
// is sampleSerial and its check digit is wrong.
func registrationNumber(birth kernel.Date, sex byte, foreigner bool, n int) string {
	kind := 1
	if birth.Year >= 2000 {
		kind = 3
	}
	if foreigner {
		kind += 4
	}
	if sex == 'f' {
		kind++
	}
	twelve := fmt.Sprintf("%02d%02d%02d%d%s%02d", birth.Year%100, birth.Month, birth.Day, kind, sampleSerial, n%100)
	// Off by one: never the citizen's digit, nor the foreigner's (two more).
	return twelve + string('0'+rune((checkDigit(twelve)+1)%10))
}

// checkDigit is the thirteenth digit that a resident number would have by its
// first twelve (weights 2 to 9 and 2 to 5, modulo 11); a foreigner's is two
// more.
func checkDigit(twelve string) int {
	sum := 0
	for i, c := range []byte(twelve) {
		sum += int(c-'0') * (2 + i%8)
	}
	return (11 - sum%11) % 10
}

// IsSample tells whether a registration number is one of the sample world:
// recognisable by its serial and by a check digit that no office computes.
func IsSample(number string) bool {
	if len(number) != 13 || number[7:10] != sampleSerial {
		return false
	}
	last, right := int(number[12]-'0'), checkDigit(number[:12])
	return last != right && last != (right+2)%10
}
