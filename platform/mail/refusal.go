package mail

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"

	"maru/kernel"
)

// aboutAddress are the enhanced codes (RFC 3463) that blame the address: there
// is no such mailbox or host, it has moved, it is closed or full. All others are
// about whoever sends, the server, the network or a policy: the operator has to
// mend those, and the address is as good as before.
var aboutAddress = map[string]bool{"5.1.1": true, "5.1.2": true, "5.1.3": true, "5.1.6": true, "5.1.10": true, "5.2.1": true, "5.2.2": true}

// answer finds the codes in what a server said. The library gives the enhanced
// one only where the server announced that it has them, and many do not; and it
// looks anywhere in the text, where numbers of machines stand too. Its error
// quotes the text.
var answer = regexp.MustCompile(`^(\d{3}) "?(?:(\d\.\d{1,3}\.\d{1,3})(?:[^.\w]|$))?`)

// judge says what a failed hand-over of l means.
func (s *Sender) judge(err error, l Letter) error {
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return hidden("send", err)
	}
	said := answer.FindStringSubmatch(strings.TrimPrefix(e.Error(), e.Reason.String()+": "))
	if said == nil {
		return fmt.Errorf("mail: %s: no answer", e.Reason)
	}
	code, enhanced := said[1], said[2]
	if e.Reason == gomail.ErrSMTPRcptTo {
		bare := enhanced == "" && (code == "550" || code == "551" || code == "553")
		if code[0] == '5' && aboutAddress[enhanced] || bare && s.suspects.again(l.To, l.At) {
			return ErrRefused
		}
	}
	return fmt.Errorf("mail: %s: %s %s", e.Reason, code, enhanced)
}

// suspects are the addresses that were refused without a reason. The same bare
// answer says that there is no such mailbox, and that the server relays for
// nobody; an address counts as the trouble only when its server was seen to take
// a letter to somebody else of the same domain since. What a restart forgets is
// asked again.
type suspects struct {
	mu sync.Mutex
	m  map[string]suspect
}

type suspect struct {
	since     kernel.Time
	meanwhile bool // a letter to the same domain was taken
}

const (
	mostSuspects = 1000
	suspectTime  = 3 * 24 * time.Hour // longer than any letter is tried
)

// again keeps that to was refused and tells whether it is to blame.
func (x *suspects) again(to string, now kernel.Time) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if was, ok := x.m[to]; ok && now < was.since.Add(suspectTime) {
		return was.meanwhile
	}
	if len(x.m) >= mostSuspects {
		for k, v := range x.m {
			if now >= v.since.Add(suspectTime) {
				delete(x.m, k)
			}
		}
		if len(x.m) >= mostSuspects {
			return false
		}
	}
	if x.m == nil {
		x.m = map[string]suspect{}
	}
	x.m[to] = suspect{since: now}
	return false
}

// taken keeps that a letter to an address was taken.
func (x *suspects) taken(to string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.m, to)
	_, domain, _ := strings.Cut(to, "@")
	for k, v := range x.m {
		if strings.HasSuffix(k, "@"+domain) {
			v.meanwhile = true
			x.m[k] = v
		}
	}
}
