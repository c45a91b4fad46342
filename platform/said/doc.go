// Package said reads measures out of everyday Korean and English: dates
// ("다음 주 월요일", "in two weeks"), ages ("예순다섯", "18개월 된", "a 65-year-old"),
// amounts of money ("250만원", "3.5억", "2.5 million won"), durations, counts and
// school years, each with the words it was read from.
//
// It is a grammar, not a model: what it reads it can show, and what it does not
// know it leaves alone. It knows no domain: what an age or an amount is for, the
// caller tells from the words beside it.
package said
