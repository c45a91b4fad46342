package contract

import "maru/kernel"

// Benefit is how a service's entitlement is decided and its amount counted:
// typed expressions over the fact dictionary, the parameters and the formulas
// of the pack's benefits.yaml. The notation is CEL (cel.dev); what it may say
// stands in docs/benefit-rules.md. Package benefit/rule reads it.
type Benefit struct {
	Unit   string `yaml:"unit"`   // person (decided for each member) or household
	Period string `yaml:"period"` // month year once day days_30 years_5 in_kind: what one amount is for
	// Conditions must all hold.
	Conditions []BenefitCondition `yaml:"conditions"`
	// Amount is an expression in won; "0" for a benefit in kind.
	Amount string `yaml:"amount"`
	// AmountUnverified: how the amount is counted was not found published.
	AmountUnverified bool `yaml:"amount_unverified"`
	// Arrears are paid where a law applies from before its promulgation.
	Arrears []Arrears `yaml:"arrears"`
	// Simplified says what of the law the rule leaves out.
	Simplified kernel.Text `yaml:"simplified"`
	// Partial: the published conditions do not allow a full rule; whoever meets
	// it is likely, never certainly, entitled.
	Partial bool `yaml:"partial"`
}

// Arrears are what a law that applies from an earlier day pays for months gone
// by: for each of the Days the amount under all that is known less the amount by
// what was known before the day KnownFrom, with the facts of today. They are
// shown beside the amount, never in it, on the days PaidFrom to PaidTo.
type Arrears struct {
	PaidFrom  kernel.Date   `yaml:"paid_from"`
	PaidTo    kernel.Date   `yaml:"paid_to"`
	Days      []kernel.Date `yaml:"days"`
	KnownFrom kernel.Date   `yaml:"known_from"`
	Article   string        `yaml:"article"`
}

// BenefitCondition is one numbered condition.
type BenefitCondition struct {
	ID      string `yaml:"id"` // c1, c2 ...
	When    string `yaml:"when"`
	Article Law    `yaml:"article"`
	// Text says what must hold, in plain words; {name} stands for the value of
	// the parameter or formula of that name.
	Text       kernel.Text `yaml:"text"`
	Unverified bool        `yaml:"unverified"`
}

// BenefitLaw is the pack's benefits.yaml: what the rules of all services share.
type BenefitLaw struct {
	Parameters []Parameter `yaml:"parameters"`
	Formulas   []Formula   `yaml:"formulas"`
	Lists      []RuleList  `yaml:"lists"`
}

// Parameter is a dated value of law.
type Parameter struct {
	ID    string      `yaml:"id"`
	Title kernel.Text `yaml:"title"`
	// Type: won, int, rate (a text: "4%", "7/10"), date, month_day ("06-15") or
	// codes (a list of beginnings of region codes).
	Type string `yaml:"type"`
	// By names the keys of a table, one or two: "int" (a list whose first value
	// is that of 1) or "text" (a map). No key: one value.
	By     []string         `yaml:"by"`
	Values []ParameterValue `yaml:"values"`
}

// ParameterValue holds from a day until the next one's day; the first also
// before its own.
type ParameterValue struct {
	From kernel.Date `yaml:"from"`
	// KnownFrom is the day of promulgation where it is later than From.
	KnownFrom kernel.Date `yaml:"known_from"`
	Value     any         `yaml:"value"`
	Article   string      `yaml:"article"`
	Notice    string      `yaml:"notice"` // number of the notice, or the source
	// Unverified is true where the value was not found in a notice; of a table
	// also a list of the keys whose entries were not: [7], ["capital"], or
	// [[2, 1]] by two keys, of which the first alone names a whole row.
	Unverified any `yaml:"unverified"`
}

// Formula is a named expression. Each entry of Of is a name and, after a space,
// its type: none for a person ("m"), int for a whole number ("percent int"), or
// the list whose record it is ("d declarations").
type Formula struct {
	ID         string      `yaml:"id"`
	Title      kernel.Text `yaml:"title"`
	Of         []string    `yaml:"of"`
	Rule       string      `yaml:"rule"`
	Article    string      `yaml:"article"`
	Unverified bool        `yaml:"unverified"`
}

// RuleList is a list of records that rules go through, such as the
// declarations of a relief fund.
type RuleList struct {
	ID string `yaml:"id"`
	// Fields are the records' fields with their types: won int date codes text.
	Fields  map[string]string `yaml:"fields"`
	Records []map[string]any  `yaml:"records"`
	// Apart: two records must not overlap in the days between these two date
	// fields and in the regions of this codes field: [from, to, regions].
	Apart []string `yaml:"apart"`
}
