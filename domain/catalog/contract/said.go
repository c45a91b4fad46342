package contract

import "maru/kernel"

// Said tells what everyday words say about the facts of the dictionary: the
// pack's said.yaml. Numbers, dates and amounts are read by a grammar; here
// stands which fact they are.
type Said struct {
	// People are words for the person a fact is about. The speaker is "self".
	People []SaidPerson `yaml:"people"`
	// Words each tell a value of a fact.
	Words []SaidWord `yaml:"words"`
	// Measures each tell which fact a number beside their words is.
	Measures []SaidMeasure `yaml:"measures"`
}

// SaidPerson are the words for a kind of relative.
type SaidPerson struct {
	Who   string                   `yaml:"who"` // self child parent spouse grandparent other
	Words map[kernel.Lang][]string `yaml:"words"`
}

// SaidWord tells a value by words.
type SaidWord struct {
	Fact  string `yaml:"fact"`
	Value string `yaml:"value"` // true, false, a number or a member of the enum
	// Who the fact is about where the sentence does not say; "" for whoever
	// was named last.
	Who   string                   `yaml:"who"`
	Words map[kernel.Lang][]string `yaml:"words"`
	// Not are words in whose company the others mean something else.
	Not map[kernel.Lang][]string `yaml:"not"`
}

// SaidMeasure tells the fact of a measure.
type SaidMeasure struct {
	Fact string `yaml:"fact"`
	// Kind of measure: date age money duration count grade place.
	Kind string `yaml:"kind"`
	Unit string `yaml:"unit"` // "" for any
	// Words beside which the measure is this fact; none for anywhere.
	Words map[kernel.Lang][]string `yaml:"words"`
}
