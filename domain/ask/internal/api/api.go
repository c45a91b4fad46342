// Package api is ask's part of /api/v1.
package api

import (
	"context"
	"net/http"

	"maru/kernel"
	"maru/platform/api"
)

// Result is one service found.
type Result struct {
	Service string  `json:"service" doc:"service id"`
	Title   string  `json:"title"`
	Score   float64 `json:"score" doc:"orders the results of one answer; no probability"`
	Matched string  `json:"matched" doc:"example sentence, title or word nearest to the query"`
	Why     Why     `json:"why" doc:"what lifted it"`
}

// Why tells what lifted a result.
type Why struct {
	Field string   `json:"field" doc:"where matched stands: title, term or utterance; empty for none"`
	Words []string `json:"words" doc:"words of the query that counted most, the strongest first"`
	Facts []string `json:"facts" doc:"quotes of the query that fit the rules of the service"`
}

// Fact is something that the query tells about somebody.
type Fact struct {
	Fact  string       `json:"fact" doc:"id in the fact dictionary; empty where it has none"`
	Value kernel.Value `json:"value" doc:"null where the words give no value of the fact"`
	Who   string       `json:"who" doc:"self, child, parent, spouse, grandparent or other"`
	Exact bool         `json:"exact" doc:"the value may be offered in a form as it is; else it is good enough to choose services by"`
	Model bool         `json:"model" doc:"a language model read it out of the words; never exact"`
	Kind  string       `json:"kind" doc:"date, age, money, duration, count, grade or place; empty for words"`
	Text  string       `json:"text" doc:"the words it was read from"`
}

// Bundle is a life event that the query tells of.
type Bundle struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Services []string `json:"services" doc:"in the order in which they are done"`
}

// Crisis is an emergency that the query tells of: to be shown first.
type Crisis struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Phone string `json:"phone"`
}

// Help is what a language model added: made by a machine, each sentence checked
// against the texts of the services that it names.
type Help struct {
	Without   string     `json:"without" doc:"why the answer stands without the model: off, crisis, down, limit, check or record; empty when it helped"`
	Model     string     `json:"model" doc:"name of the model"`
	Prompt    string     `json:"prompt" doc:"version of what the model is told"`
	Sentences []Sentence `json:"sentences"`
}

// Sentence is one sentence of an explanation.
type Sentence struct {
	Text     string   `json:"text"`
	Services []string `json:"services" doc:"services whose texts say it"`
}

// Answer is what was found.
type Answer struct {
	Lang    kernel.Lang `json:"lang"`
	Read    string      `json:"read" doc:"the query as understood, where a wrong keyboard layout was mended"`
	Results []Result    `json:"results"`
	Bundle  *Bundle     `json:"bundle"`
	Crisis  *Crisis     `json:"crisis"`
	Facts   []Fact      `json:"facts" doc:"what the query tells about people; nothing of it is kept"`
	// Fallback is for operators of an embeddings endpoint.
	Help     *Help `json:"help" doc:"what a language model added; null where it was not asked for"`
	Fallback bool  `json:"fallback" doc:"found without the embeddings endpoint, which did not answer in time"`
}

// Ask answers a query; lang is "" for a guess.
type Ask func(ctx context.Context, text string, lang kernel.Lang, limit int, help bool) (Answer, error)

type input struct {
	Body struct {
		Q     string `json:"q" doc:"everyday words, at most 1,000 characters"`
		Lang  string `json:"lang,omitempty" enum:"ko,en" doc:"language of the answer; guessed from the words when absent"`
		Help  bool   `json:"help,omitempty" doc:"ask the language model of this installation to choose and explain; takes seconds"`
		Limit int    `json:"limit,omitempty" minimum:"1" maximum:"20" doc:"how many services at most; 5 when absent"`
	}
}

type output struct{ Body Answer }

// Register adds the operation.
func Register(a *api.API, ask Ask) {
	api.Register(a, api.Op{
		ID: "ask.ask", Method: http.MethodPost, Path: "/ask", Summary: "Find services by everyday words. The words are not logged.",
		// Room to answer an overlong query by its field instead of by its bytes.
		MaxBody: 1 << 20,
	}, func(ctx context.Context, _ api.Call, in *input) (*output, error) {
		answer, err := ask(ctx, in.Body.Q, kernel.Lang(in.Body.Lang), in.Body.Limit, in.Body.Help)
		if err != nil {
			return nil, err
		}
		return &output{answer}, nil
	})
}
