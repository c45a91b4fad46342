package alert

import (
	"encoding/json"
	"fmt"
	"strconv"

	"maru/domain/benefit/alert/internal/setting"
	"maru/domain/benefit/alert/internal/store"
	"maru/domain/benefit/population"
	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/events"
	"maru/platform/jobs"
	pstore "maru/platform/store"
)

// Deps are what alerts stand on; all are required.
type Deps struct {
	DB           *pstore.DB
	Clock        clock.Clock
	Keys         *crypto.Keys
	Events       *events.Bus
	Jobs         *jobs.Runner
	Households   Households
	Guardians    Guardians
	Applications Applications
	Pack         Pack
	Texts        Texts
}

// Service looks after subscribers. It is safe for concurrent use.
type Service struct{ d Deps }

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

// Setting is what a person chose; Status adds where alerts stand.
type (
	Setting = setting.Setting
	Status  = setting.Status
)

func (s *Service) today() kernel.Date { return s.d.Clock.Now().DateIn(kernel.Seoul) }

// pseudonym is a person's in the population, hidden.
func (s *Service) pseudonym(person string) (int64, error) {
	p, err := population.NewPseudonyms(population.KeyOf(s.d.Keys))
	if err != nil {
		return 0, err
	}
	return s.hidden(uint64(p.Of([]byte(person)))), nil
}

// hidden is how a pseudonym is kept: beside the person's id it would tell whose
// row of a population is whose, to whoever has both files and no key.
func (s *Service) hidden(pseudonym uint64) int64 {
	return s.d.Keys.Blind("benefit.alert.pseudonym", strconv.FormatUint(pseudonym, 10))
}

// seal and open keep JSON sealed in a context.
func (s *Service) seal(context string, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("alert: seal: %w", err)
	}
	return s.d.Keys.Seal(context, b)
}

func (s *Service) open(context string, sealed []byte, v any) error {
	b, err := s.d.Keys.Open(context, sealed)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return kernel.E(kernel.Internal, "", fmt.Errorf("alert: open: %w", err))
	}
	return nil
}

func choicesOf(person string) string  { return "benefit.alert.choices:" + person }
func standingOf(person string) string { return "benefit.alert.standing:" + person }
func messageOf(id kernel.ID) string   { return "benefit.alert.message:" + string(id) }
func (s *Service) topics() []Topic    { return s.d.Pack.Topics() }
func (s *Service) choices(p *store.Person) (Setting, error) {
	var c Setting
	return c, s.open(choicesOf(p.Person), p.Choices, &c)
}
