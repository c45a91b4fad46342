package ask

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"maru/domain/ask/internal/model"
	"maru/kernel"
	"maru/platform/clock"
)

// LanguageModel says which endpoint of the form POST /v1/chat/completions may
// help, and how much it may cost.
type LanguageModel struct {
	URL   string // base, https://host/v1
	Model string
	Key   string // bearer token, "" for none
	// Format is how the endpoint is made to answer in a schema: "schema"
	// (response_format) or "tool" (one tool it must call).
	Format string
	// Timeout bounds the help with one query, all calls together; 0 for eight
	// seconds.
	Timeout time.Duration
	// DayTokens bounds what this process asks in 24 hours; 0 for two million.
	DayTokens int
	Clock     clock.Clock
	HTTP      http.RoundTripper // nil: the system's
	// Record notes each use before its result is shown; without the note there
	// is no result. nil: nothing is noted.
	Record func(context.Context, ModelUse) error
}

// ModelUse is what is noted of a use: nothing of what was said or answered.
type ModelUse struct {
	Model     string `json:"model"`
	Prompt    string `json:"prompt"`
	Catalogue string `json:"catalogue"`
	// Outcome is "helped" or why the answer stands without the model.
	Outcome string `json:"outcome"`
	// Rule is the check that the model's answer failed, "" for none.
	Rule   string `json:"rule,omitempty"`
	Calls  int    `json:"calls"`
	Tokens int    `json:"tokens"`
	TookMS int64  `json:"took_ms"`
}

// Without is why an answer stands without the help of the model that was asked
// for; "" when it helped.
type Without string

// The reasons.
const (
	WithoutNone   Without = "off"    // there is no model here
	WithoutCrisis Without = "crisis" // in an emergency nobody waits for one, nor does it hear of it
	WithoutDown   Without = "down"   // it did not answer in time, or is left alone after failures
	WithoutLimit  Without = "limit"  // too many at once, or the tokens of the day are spent
	WithoutCheck  Without = "check"  // what it answered did not stand the checks
	WithoutRecord Without = "record" // its use could not be noted
)

// helped is the outcome that is no reason.
const helped = "helped"

// Help is what a language model added to an answer.
type Help struct {
	Without Without
	Model   string // name of the model, "" where there is none
	Prompt  string // version of what it was told
	// Sentences explain, each out of the texts of the services it names.
	Sentences []HelpSentence
}

// HelpSentence is one sentence of an explanation.
type HelpSentence struct {
	Parts    []HelpPart
	Services []string // whose texts say it, ids
}

// HelpPart is a stretch of words, or a link to the page of a service, under
// its title.
type HelpPart struct {
	Text    string
	Service string // id, "" for words
}

//go:embed prompt/read.txt prompt/explain.txt
var prompts embed.FS

// language is a model at work.
type language struct {
	client        *model.Client
	timeout       time.Duration
	clock         clock.Clock
	record        func(context.Context, ModelUse) error
	read, explain string
	prompt        string // version
}

// NewLanguage makes the help of a language model. The error says what is wrong
// with its configuration.
func NewLanguage(cfg LanguageModel) (*Language, error) {
	if cfg.Timeout <= 0 {
		cfg.Timeout = 8 * time.Second
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System()
	}
	client, err := model.New(model.Config{URL: cfg.URL, Model: cfg.Model, Key: cfg.Key, Format: cfg.Format, Timeout: cfg.Timeout, DayTokens: cfg.DayTokens, Clock: cfg.Clock, HTTP: cfg.HTTP})
	if err != nil {
		return nil, err
	}
	l := &language{client: client, timeout: cfg.Timeout, clock: cfg.Clock, record: cfg.Record}
	var v1, v2 string
	if l.read, v1, err = prompt("read"); err != nil {
		return nil, err
	}
	if l.explain, v2, err = prompt("explain"); err != nil {
		return nil, err
	}
	l.prompt = v1 + " " + v2
	return &Language{l}, nil
}

// Language is a language model that may help; NewLanguage makes it.
type Language struct{ *language }

// prompt reads a prompt: its first line is its version, which is told with the
// beginning of a hash, so that a change without a new version shows.
func prompt(name string) (text, version string, err error) {
	b, err := prompts.ReadFile("prompt/" + name + ".txt")
	if err != nil {
		return "", "", err
	}
	first, rest, _ := strings.Cut(string(b), "\n")
	sum := sha256.Sum256(b)
	return rest, name + "-" + strings.TrimPrefix(first, "version ") + "-" + hex.EncodeToString(sum[:4]), nil
}

// HasModel tells whether a language model may be asked for help.
func (s *Service) HasModel() bool { return s.language != nil }

// errCheck is an answer of the model that breaks a rule; its text is the rule.
type errCheck string

func (e errCheck) Error() string { return string(e) }

// turn is the help with one query: it counts what was spent, and may repeat one
// call.
type turn struct {
	*language
	retried bool
	use     ModelUse
}

// ask calls the model until take accepts its answer: once, and once more in a
// turn. Of a failed check it hears the rule, which is a word of ours.
func (t *turn) ask(ctx context.Context, system string, user map[string]any, name string, schema any, take func(json.RawMessage) error) error {
	form, err := json.Marshal(schema)
	if err != nil {
		return err
	}
	for {
		message, err := json.Marshal(user)
		if err != nil {
			return err
		}
		t.use.Calls++
		got, err := t.client.Complete(ctx, model.Request{System: system, User: string(message), Name: name, Schema: form})
		t.use.Tokens += got.Tokens
		if err == nil {
			err = take(got.Object)
		}
		var broken errCheck
		switch {
		case errors.As(err, &broken):
			t.use.Rule = string(broken)
			user["refused"] = "Your last answer was refused by this rule: " + string(broken)
		case errors.Is(err, model.ErrAnswer):
			t.use.Rule = "schema"
		case err == nil:
			t.use.Rule = ""
			return nil
		}
		if t.retried || ctx.Err() != nil || err != nil && (errors.Is(err, model.ErrAway) || errors.Is(err, model.ErrBusy) || errors.Is(err, model.ErrSpent)) {
			return err
		}
		t.retried = true
	}
}

// reason is why a failed turn leaves the answer as it is.
func reason(err error) Without {
	var broken errCheck
	switch {
	case errors.As(err, &broken), errors.Is(err, model.ErrAnswer):
		return WithoutCheck
	case errors.Is(err, model.ErrBusy), errors.Is(err, model.ErrSpent):
		return WithoutLimit
	}
	return WithoutDown
}

// note records the use. A person who leaves does not undo what was asked.
func (t *turn) note(ctx context.Context, began kernel.Time, outcome string) error {
	t.use.Outcome, t.use.TookMS = outcome, int64(t.clock.Now()-began)/1000
	if t.record == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return t.record(ctx, t.use)
}
