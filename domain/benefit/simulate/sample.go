package simulate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/kernel"
)

// madeUp is the access under which samples of this package are made and opened.
var madeUp = population.Access{Basis: population.MadeUpBasis, Purpose: "what-if simulation", Role: "policy maker"}

// SampleOptions say what people to make up; those not named have the defaults of
// package population.
type SampleOptions struct {
	Persons   int
	Seed      uint64
	On        kernel.Date
	Missing   float64
	Marginals *population.Marginals
	Now       kernel.Time // when they are made, for the file
}

// WriteSample makes people up and writes them to a file for a law. The rows
// depend on the options alone, not on the time or the number of workers.
func WriteSample(ctx context.Context, law *rule.Law, path string, o SampleOptions, workers int) error {
	s, err := population.NewSample(law, population.SampleOptions{Seed: o.Seed, On: o.On, Persons: o.Persons, Missing: o.Missing, Marginals: o.Marginals})
	if err != nil {
		return err
	}
	schema, err := population.NewSchema(law, true)
	if err != nil {
		return err
	}
	origin := population.Origin{Basis: madeUp.Basis, Purpose: madeUp.Purpose, Role: madeUp.Role, Builder: "maru benefit simulate", BuiltAt: o.Now}
	return s.Write(ctx, path, schema, origin, workers)
}

// sampleName is the name of the file of a sample: it changes with whatever the
// rows depend on, the dictionary included.
func sampleName(law *rule.Law, o SampleOptions) (string, error) {
	type fact struct {
		ID        string
		Household bool
		Type      rule.Type
		Unit      string
		Members   []string
		Lo, Hi    int64
	}
	var facts []fact
	for _, f := range law.Facts {
		facts = append(facts, fact{f.ID, f.Household, f.Type, f.Unit, f.Members, f.Lo, f.Hi})
	}
	b, err := json.Marshal([]any{1, facts, law.SetBits(), o.Persons, o.Seed, o.On.String()})
	if err != nil {
		return "", fmt.Errorf("simulate: name of a sample: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12]) + ".people", nil
}
