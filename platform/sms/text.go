package sms

import (
	"errors"
	"strings"

	"golang.org/x/text/encoding/korean"
)

// What one message holds. A Korean short message (SMS) has 90 bytes in EUC-KR;
// beyond it a provider sends a long one, at another price, or cuts. Elsewhere it
// has 160 letters of the GSM alphabet (3GPP TS 23.038).
const (
	maxKorean = 90
	maxGSM    = 160
)

// gsm are the letters of the GSM alphabet that we write with; extended take two.
const (
	gsm      = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	extended = "^{}\\[~]|€"
)

// Fits tells whether a text is one message: by the GSM alphabet where it has no
// other letters, else by the width of EUC-KR.
func Fits(text string) bool {
	if n, ok := gsmLength(text); ok {
		return n <= maxGSM
	}
	n, ok := koreanLength(text)
	return ok && n <= maxKorean
}

func gsmLength(text string) (n int, ok bool) {
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsm, r):
			n++
		case strings.ContainsRune(extended, r):
			n += 2
		default:
			return 0, false
		}
	}
	return n, true
}

func koreanLength(text string) (n int, ok bool) {
	b, err := korean.EUCKR.NewEncoder().String(text)
	return len(b), err == nil
}

// ErrNumber is what Mobile says of anything that is no number of a Korean mobile
// telephone.
var ErrNumber = errors.New("sms: no mobile number")

// Mobile is a Korean mobile number as people write it (010-1234-5678), in the
// international form (+821012345678, ITU-T E.164). Numbers of other countries
// are refused: messages to some of them cost many times as much, and thieves
// live on having them sent.
func Mobile(s string) (string, error) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()\u2010\u2011\u2013", r) {
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	if rest, ok := strings.CutPrefix(digits, "+82"); ok {
		digits = "0" + strings.TrimPrefix(rest, "0")
	}
	if strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		return "", ErrNumber
	}
	// 011 and 016 to 019 were numbers of ten digits or eleven; none is given out
	// any more.
	switch {
	case strings.HasPrefix(digits, "010") && len(digits) == 11:
	case len(digits) == 10 || len(digits) == 11:
		if p := digits[:3]; p != "011" && (p < "016" || p > "019") {
			return "", ErrNumber
		}
	default:
		return "", ErrNumber
	}
	return "+82" + digits[1:], nil
}
