// Package contract is what other domains may know of a public service: its
// definition as the pack states it. All types are read-only after loading.
package contract

import "maru/kernel"

// Service is one public service as defined in pack/<country>/services/<id>/.
type Service struct {
	ID     string      `yaml:"id"`
	Kind   string      `yaml:"kind"`   // report certificate credential application benefit complaint booking participation objection
	Online bool        `yaml:"online"` // complete in Maru from question to outcome; else the page ends in Directions
	Title  kernel.Text `yaml:"title"`
	// Summary is one plain sentence: what it is for.
	Summary kernel.Text `yaml:"summary"`
	Agency  AgencyRule  `yaml:"agency"`
	Law     []Law       `yaml:"law"`
	// Who says in a sentence who may apply.
	Who     kernel.Text   `yaml:"who"`
	Parties []Party       `yaml:"parties"`
	Papers  []kernel.Text `yaml:"papers"`
	Fee     Fee           `yaml:"fee"`
	// TimeLimit is the office's limit (처리기간); Deadline the citizen's own.
	TimeLimit  Limit     `yaml:"time_limit"`
	Deadline   *Deadline `yaml:"deadline"`
	LifeEvents []string  `yaml:"life_events"`
	// Channels the law knows today: online visit phone post kiosk app.
	Channels   []string    `yaml:"channels"`
	Directions *Directions `yaml:"directions"`
	// Terms are everyday words for the service, for finding it.
	Terms     []string   `yaml:"terms"`
	Questions []Question `yaml:"questions"`
	// Eligibility are conditions each of which must hold; unknown is not no.
	Eligibility []Rule   `yaml:"eligibility"`
	Benefit     *Benefit `yaml:"benefit"`
	Steps       []Step   `yaml:"steps"`     // the official's checklist
	Decisions   []string `yaml:"decisions"` // granted partly_granted refused accepted returned replied
	// Parts names a question of type list: each of its entries is decided on
	// by itself, and the decision on the whole follows from them.
	Parts string `yaml:"parts"`
	// Grounds are the provisions on which a part or the whole may be refused.
	Grounds []Ground `yaml:"grounds"`
	// FourEyes: a second official of the agency confirms the decision.
	FourEyes bool    `yaml:"four_eyes"`
	Auto     *Auto   `yaml:"auto"`
	Outcome  Outcome `yaml:"outcome"`
	Uploads  Uploads `yaml:"uploads"`
	// Objection is the legal route against an adverse decision.
	Objection *Objection `yaml:"objection"`
	Retention Retention  `yaml:"retention"`
	// Visit is the call at the office that the law asks for, booked with the
	// application; nil where nobody has to come.
	Visit *Visit `yaml:"visit"`
	// Notices are sentences of this service's own in the messages that people
	// get anyway.
	Notices []Notice `yaml:"notices"`
	// Unverified names the fields whose facts are not confirmed at their source.
	Unverified []string `yaml:"unverified"`

	// Set by the loader, not by service.yaml.
	Body       map[kernel.Lang]string   `yaml:"-"` // text.ko.md, text.en.md, text.ko-easy.md (Markdown)
	Utterances map[kernel.Lang][]string `yaml:"-"`
	// Quiet are the subjects with which a sentence or term is marked, by its
	// text: none where somebody saw that it needs none.
	Quiet map[string][]string `yaml:"-"`
}

// AgencyRule says which type of body is in charge and what locates it.
type AgencyRule struct {
	Type string `yaml:"type"` // a type of pack agencies.yaml, e.g. sigungu, ministry
	// By is "nationwide" (one body for the country: Body names it),
	// "fact:<fact id>" (a region fact of the applicant) or "question:<id>"
	// (an answer that is a region code or an agency id).
	By   string `yaml:"by"`
	Body string `yaml:"body"` // agency id; with By nationwide, and the fallback where By is unknown
	// Anywhere: the matter decides who is in charge in the end, so that a case
	// may be handed on to any body.
	Anywhere bool `yaml:"anywhere"`
}

// Law is one provision the service rests on.
type Law struct {
	Name    string `yaml:"name"`    // 주민등록법
	NameEN  string `yaml:"name_en"` // Resident Registration Act
	Article string `yaml:"article"` // 제16조
}

// Party is a role somebody plays in an application.
type Party struct {
	ID    string      `yaml:"id"`   // applicant, new_head, spouse ...
	Role  string      `yaml:"role"` // applicant subject payee cosigner witness
	Title kernel.Text `yaml:"title"`
	// When tells when a cosigner is needed; nil means always. The person who
	// must sign is named by the answer to Question (a person id).
	When     *Condition `yaml:"when"`
	Question string     `yaml:"question"`
}

// Fee is what the applicant pays to the agency, in won.
type Fee struct {
	Won    kernel.Money `yaml:"won"`
	Online kernel.Money `yaml:"online_won"` // through Maru
	Note   kernel.Text  `yaml:"note"`
	// Questions of type enum, set or counts whose chosen options add their own
	// Won, times the count where there is one.
	Questions []string `yaml:"questions"`
}

// Ground is a provision that an adverse decision may rest on.
type Ground struct {
	ID   string      `yaml:"id"`
	Law  Law         `yaml:"law"`
	Text kernel.Text `yaml:"text"` // what it protects or asks for, in plain words
}

// Visit is a call at the office in charge. A question of type slot books it:
// an opening of Minutes each on working days, Capacity people at a time.
type Visit struct {
	Question string        `yaml:"question"` // of type slot; its When tells whether a visit is needed
	Text     kernel.Text   `yaml:"text"`     // why to come, and what happens there
	Bring    []kernel.Text `yaml:"bring"`
	Law      string        `yaml:"law"` // why it cannot be done from afar
	Minutes  int           `yaml:"minutes"`
	Capacity int           `yaml:"capacity"`
}

// Notice is a sentence that goes with the message about an act.
type Notice struct {
	On   string      `yaml:"on"` // submitted, or a decision
	Text kernel.Text `yaml:"text"`
}

// Limit is a length of time counted as the Civil Petitions Act counts
// (민원 처리에 관한 법률 제19조).
type Limit struct {
	Value int         `yaml:"value"`
	Unit  string      `yaml:"unit"` // immediate hours days weeks months years
	Note  kernel.Text `yaml:"note"`
	// Rule is how it is counted: "" as the Civil Petitions Act does (working
	// days), "civil" as the Civil Act does (calendar days), where another law
	// sets the limit so.
	Rule string `yaml:"rule"`
}

// IsZero tells whether no limit is stated.
func (l Limit) IsZero() bool { return l.Unit == "" }

// Deadline is the citizen's own: Value calendar units from the date answered.
type Deadline struct {
	Value    int         `yaml:"value"`
	Unit     string      `yaml:"unit"` // days months
	Question string      `yaml:"question"`
	Note     kernel.Text `yaml:"note"`
	Law      string      `yaml:"law"`
	// From tells how a step of a life event counts: "" from the next day (Civil
	// Act art. 157), "day" with the day itself (Act on Registration of Family
	// Relations art. 37), "month_end" from the end of the day's month.
	From string `yaml:"from"`
}

// Directions tell where to go today, where Maru cannot finish the service.
type Directions struct {
	Text  kernel.Text `yaml:"text"`
	URL   string      `yaml:"url"`
	Phone string      `yaml:"phone"`
}

// Question is one question of the form, one page each.
type Question struct {
	ID    string      `yaml:"id"`
	Type  string      `yaml:"type"` // one of QuestionTypes
	Fact  string      `yaml:"fact"` // fact dictionary id, where one exists
	Title kernel.Text `yaml:"title"`
	Hint  kernel.Text `yaml:"hint"`
	// Optional questions may be left empty; the rest are required when shown.
	Optional bool       `yaml:"optional"`
	Options  []Option   `yaml:"options"`
	When     *Condition `yaml:"when"` // shown only when this holds
	Max      int64      `yaml:"max"`  // longest text in characters, largest number; 0 = type default
	Min      int64      `yaml:"min"`
	// Past and Future bound a date by the day of submission, both inclusive.
	Past   bool `yaml:"past"`
	Future bool `yaml:"future"`
	// Of tells which person's fact it is: "" the applicant's, else a
	// question id that names a person.
	Of string `yaml:"of"`
	// From fills a person/persons question's choices: "household" or "family".
	From string `yaml:"from"`
	// Confirmed: the prefilled value comes from a register and is shown, not
	// asked; "this is wrong" opens it for correction.
	Confirmed bool `yaml:"confirmed"`
	// Share is the name under which services of one life event share the
	// answer, so that it is asked once; a Fact is shared by itself.
	Share string `yaml:"share"`
}

// Option is one choice of an enum or set.
type Option struct {
	Value string      `yaml:"value"`
	Text  kernel.Text `yaml:"text"`
	// Won is what choosing it adds to the fee, where the fee names the question.
	Won kernel.Money `yaml:"won"`
}

// Condition is a three-valued test over answers and facts. Exactly one of
// the forms is set: All, Any, Not, or a test of one Question or Fact.
type Condition struct {
	All []Condition `yaml:"all"`
	Any []Condition `yaml:"any"`
	Not *Condition  `yaml:"not"`

	Question string `yaml:"question"`
	Fact     string `yaml:"fact"`
	// Age tests the full age today of the date named by Question or Fact.
	Age bool `yaml:"age"`
	// Is: equal to one of these (bool, number or text forms). Has: the set
	// holds this member. AtLeast/AtMost: numbers, ages. Known: answered at all.
	Is      []string `yaml:"is"`
	Has     string   `yaml:"has"`
	AtLeast *int64   `yaml:"at_least"`
	AtMost  *int64   `yaml:"at_most"`
	Known   *bool    `yaml:"known"`
}

// Rule is a condition with the words for when it does not hold.
type Rule struct {
	If      Condition   `yaml:"if"`
	Article string      `yaml:"article"`
	Else    kernel.Text `yaml:"else"`
}

// Step is one thing the official checks.
type Step struct {
	ID    string      `yaml:"id"`
	Title kernel.Text `yaml:"title"`
}

// Auto grants by rule where registers settle everything. It never refuses:
// when a condition is false or unknown the case goes to an official.
type Auto struct {
	If       Condition   `yaml:"if"`
	Decision string      `yaml:"decision"` // granted or accepted
	Reason   kernel.Text `yaml:"reason"`
}

// Outcome is what the person holds in the end.
type Outcome struct {
	Type  string      `yaml:"type"` // document registration payment reply credential none
	Title kernel.Text `yaml:"title"`
	// Facts and Questions shown on the document, in order.
	Facts     []string    `yaml:"facts"`
	Questions []string    `yaml:"questions"`
	Statement kernel.Text `yaml:"statement"`
}

// Uploads bound what may be attached.
type Uploads struct {
	MaxFiles int      `yaml:"max_files"`
	MaxBytes int64    `yaml:"max_bytes"` // each
	Types    []string `yaml:"types"`     // by content: pdf png jpeg
}

// Objection is where and until when one may object.
type Objection struct {
	Law   Law         `yaml:"law"`
	Days  int         `yaml:"days"` // calendar days from the notice; 0: no last day
	Route kernel.Text `yaml:"route"`
	// Answer is the office's limit for deciding on an objection lodged here;
	// without a unit it cannot be lodged here, and Route says where.
	Answer Limit `yaml:"answer"`
}

// Retention is how long closed cases are kept.
type Retention struct {
	Years int    `yaml:"years"`
	Law   string `yaml:"law"`
}

// Fact is one entry of the fact dictionary.
type Fact struct {
	ID          string      `yaml:"id"`
	Entity      string      `yaml:"entity"` // person household
	Type        string      `yaml:"type"`   // date enum code bool int text set person
	Unit        string      `yaml:"unit"`
	Members     []string    `yaml:"members"` // of an enum
	Title       kernel.Text `yaml:"title"`
	Registry    string      `yaml:"registry"`
	Sensitivity string      `yaml:"sensitivity"` // personal sensitive financial identifier
	// Of tells what a code, a set's members or a person stand for: region,
	// program, person. Format is the shape of a text: digits-13, e164.
	Of     string `yaml:"of"`
	Format string `yaml:"format"`
	// Labels name the enum's members for people.
	Labels map[string]kernel.Text `yaml:"labels"`
}

// LifeEvent bundles the services that belong to one turn in a life.
type LifeEvent struct {
	ID       string                   `yaml:"id"`
	Title    kernel.Text              `yaml:"title"`
	Summary  kernel.Text              `yaml:"summary"`
	Services []string                 `yaml:"services"` // in the order they are done
	Terms    map[kernel.Lang][]string `yaml:"terms"`    // how people speak of it
	// Day asks for the day from which the steps' last days are counted; without
	// it they are told in words only.
	Day   *LifeDay   `yaml:"day"`
	Steps []LifeStep `yaml:"steps"` // in the order they are done
}

// LifeDay is the day a life event turns on: the birth, the move, the last day
// at work. Share names the answer that says the same in the services' forms.
type LifeDay struct {
	Title kernel.Text `yaml:"title"`
	Share string      `yaml:"share"`
}

// LifeStep is one thing to do in a life event.
type LifeStep struct {
	ID string `yaml:"id"`
	// Service does the step; without one, Title says what to do and Text how.
	Service string      `yaml:"service"`
	Title   kernel.Text `yaml:"title"`
	Text    kernel.Text `yaml:"text"` // what to know, in a sentence or two
	Who     kernel.Text `yaml:"who"`  // who does it
	// Due is the last day, counted from the life event's day; its Note says it
	// in words. Later: it can wait.
	Due   *Deadline `yaml:"due"`
	Later bool      `yaml:"later"`
	// Together: it can be applied for with the others so marked, in one go.
	Together bool `yaml:"together"`
	// When tells to whom the step matters ("if you rent"); empty: to all.
	When kernel.Text `yaml:"when"`
}

// Crisis is a kind of emergency that everyday words may tell, with the number
// to call before anything else.
type Crisis struct {
	ID    string                   `yaml:"id"`
	Title kernel.Text              `yaml:"title"`
	Text  kernel.Text              `yaml:"text"`
	Phone string                   `yaml:"phone"`
	Words map[kernel.Lang][]string `yaml:"words"`
}

// Ref pins one service in one version of the pack.
type Ref struct {
	ServiceID string
	Pack      string // content hash of the pack, hex SHA-256
}
