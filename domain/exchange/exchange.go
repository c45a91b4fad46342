package exchange

import (
	"log/slog"
	"sync"
	"time"

	"maru/domain/exchange/jws"
	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store"
)

// CallTimeout is how long a source may take to answer.
const CallTimeout = 10 * time.Second

// Deps are what the exchange stands on. All but Log, Name and CallTimeout are
// required.
type Deps struct {
	DB       *store.DB
	Clock    clock.Clock
	Keys     *crypto.Keys
	Bundles  Bundles
	Consents Consents
	Prover   Prover
	Words    Words
	Log      *slog.Logger
	// Name is who asks: the installation's name in queries, "maru" if "".
	Name string
	// CallTimeout bounds one call to a source; 0 is the CallTimeout of the package.
	CallTimeout time.Duration
}

// Service carries out demands. It is safe for concurrent use once its sources
// are added.
type Service struct {
	d       Deps
	sources map[string]Source // by id
	order   []string          // their ids, as they were added
	holder  map[string]string // source ids by registry of the fact dictionary

	mu     sync.RWMutex
	signer *signing // the installation's current key, nil before the first use
	public jws.Keys // all of its keys
}

// New makes the service without sources.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Name == "" {
		d.Name = "maru"
	}
	if d.CallTimeout == 0 {
		d.CallTimeout = CallTimeout
	}
	return &Service{d: d, sources: map[string]Source{}, holder: map[string]string{}}
}

// Add makes a source known, before the service is used. It holds registries as
// the fact dictionary names them; a later source takes over from an earlier one.
func (s *Service) Add(src Source, registries ...string) {
	if s.sources[src.ID()] == nil {
		s.order = append(s.order, src.ID())
	}
	s.sources[src.ID()] = src
	for _, r := range registries {
		s.holder[r] = src.ID()
	}
}

func (s *Service) now() kernel.Time { return s.d.Clock.Now() }

// Bundle is what a demand can ask for.
type Bundle struct {
	ID      string      `json:"id"`
	Version string      `json:"version"`
	Title   kernel.Text `json:"title"`
	Summary kernel.Text `json:"summary"`
	Purpose kernel.Text `json:"purpose"`
	Basis   string      `json:"basis"` // law and article
	Fields  []Field     `json:"fields"`
	// Service is the public service that the data is for; "" where it goes into
	// the person's own hands.
	Service  string      `json:"service,omitempty"`
	Receiver kernel.Text `json:"receiver"`
	// KeepDays is how long what arrived is kept here.
	KeepDays int `json:"keep_days"`
	// Every are the periods that may be chosen (days); none: once only.
	Every []int `json:"every,omitempty"`
}

// Field is one fact of a bundle.
type Field struct {
	ID       string      `json:"id"`
	Title    kernel.Text `json:"title"`
	Registry string      `json:"registry"`
}

// Demand is one thing a person signed.
type Demand struct {
	ID        kernel.ID
	Person    string
	Account   kernel.ID
	Consent   kernel.ID
	Bundle    Bundle // as it was signed
	EveryDays int    // 0: once
	Until     kernel.Time
	Level     int    // of the proof, AAL
	Methods   string // of the proof
	SignedAt  kernel.Time
	Signature string // the signed demand, compact JWS
	State     State
	EndedAt   kernel.Time
	NextAt    kernel.Time // of a regular one; zero otherwise
}

// State is where a demand or a transfer stands.
type State string

// The states. A demand stands, is done (once, and carried out), or ended: it
// was withdrawn or its time is over. A transfer waits for a source, or is done.
const (
	Standing  State = "standing"
	Done      State = "done"
	Withdrawn State = "withdrawn"
	Expired   State = "expired"
	Waiting   State = "waiting"
)

// Transfer is one carrying out.
type Transfer struct {
	ID      kernel.ID
	Demand  kernel.ID
	BegunAt kernel.Time
	State   State
	Tries   int
	NextAt  kernel.Time // when the silent sources are asked again
	DoneAt  kernel.Time
	Calls   []Call
	Hash    string // of the content
	Receipt string // compact JWS, "" until done
	Kept    bool   // the content is still here
}

// Call is what one source was asked in one transfer.
type Call struct {
	Source string    `json:"source"`
	ID     kernel.ID `json:"id"` // of the last try
	State  CallState `json:"state"`
	Asked  []string  `json:"asked"`
	Got    []string  `json:"got,omitempty"`
	// Extra is how many fields the source answered that nobody asked for.
	Extra  int         `json:"extra,omitempty"`
	Ground string      `json:"ground,omitempty"` // of a refusal
	Hash   string      `json:"hash,omitempty"`   // of the facts taken over
	Answer string      `json:"answer,omitempty"` // hash of the signed answer
	Key    string      `json:"key,omitempty"`    // that signed it
	At     kernel.Time `json:"at,omitzero"`
	Why    string      `json:"why,omitempty"` // of a failure: a code for operators
}

// CallState is where a call stands.
type CallState string

// The states of a call.
const (
	CallWaiting CallState = "waiting"
	CallDone    CallState = "done"
	CallUnknown CallState = "unknown" // the source knows nobody of that id
	CallRefused CallState = "refused"
	CallNobody  CallState = "nobody" // no source is connected for these fields
)

// settled tells whether the source needs no further asking.
func (c Call) settled() bool { return c.State != CallWaiting }
