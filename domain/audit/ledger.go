package audit

import (
	"encoding/json"
	"math"
	"strings"

	"maru/kernel"
)

// Filter leaves a part of the ledger.
type Filter struct {
	Before   kernel.ID   // the last entry already seen
	What     string      // one of Kinds, "" for everything
	From, To kernel.Date // days in Seoul, both included; zero for without end
}

// Kinds of acts in the ledger.
const (
	KindData    = "data"    // data read or moved
	KindCase    = "case"    // work on applications
	KindAccount = "account" // the account itself
)

// Kinds are all of them.
var Kinds = []string{KindData, KindCase, KindAccount}

// where is the filter in SQL: a condition without values of anybody's, and the
// bounds of the time.
func (f Filter) where() (kinds string, span [2]int64) {
	switch f.What {
	case KindData:
		kinds = ` AND (act LIKE 'mydata.%' OR act LIKE 'exchange.%' OR act LIKE 'registry.%')`
	case KindCase:
		kinds = ` AND act LIKE 'casework.%'`
	case KindAccount:
		kinds = ` AND act LIKE 'identity.%'`
	}
	span = [2]int64{0, math.MaxInt64}
	if !f.From.IsZero() {
		span[0] = int64(kernel.TimeOf(f.From.In(kernel.Seoul)))
	}
	if !f.To.IsZero() {
		span[1] = int64(kernel.TimeOf(f.To.AddDays(1).In(kernel.Seoul)))
	}
	return kinds, span
}

// itemWords are the data that a record about reading names.
func (l *Log) itemWords(r *row, lang kernel.Lang) []string {
	if l.d.Items == nil || !strings.HasPrefix(r.Act, "mydata.") && !strings.HasPrefix(r.Act, "exchange.") {
		return nil
	}
	var ids []string
	if json.Unmarshal([]byte(r.Detail), &ids) != nil {
		var of struct {
			Fields []string `json:"fields"`
		}
		if json.Unmarshal([]byte(r.Detail), &of) != nil {
			return nil
		}
		ids = of.Fields
	}
	var out []string
	for _, id := range ids {
		if name := l.d.Items.ItemName(id, lang); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// peerActor is the exchange where another body asks it.
const peerActor = "exchange.peer"

// peerOf is which body asked, "" where none did.
func peerOf(r *row) string {
	var of struct {
		Peer string `json:"peer"`
	}
	if r.System != peerActor || json.Unmarshal([]byte(r.Detail), &of) != nil {
		return ""
	}
	return of.Peer
}

// basisWords is on what an act rested. That of another body is its own word,
// never the person's consent.
func (l *Log) basisWords(r *row, lang kernel.Lang) string {
	if r.System == peerActor {
		return strings.TrimPrefix(r.Basis, "peer "+peerOf(r)+": ")
	}
	basis := strings.TrimSuffix(strings.TrimSuffix(r.Basis, assisted), "; ")
	if strings.HasPrefix(basis, "consent:") {
		return l.d.Texts.T(lang, "audit.ledger.consent")
	}
	return basis
}
