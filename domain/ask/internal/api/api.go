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

// Answer is what was found.
type Answer struct {
	Lang    kernel.Lang `json:"lang"`
	Read    string      `json:"read" doc:"the query as understood, where a wrong keyboard layout was mended"`
	Results []Result    `json:"results"`
	Bundle  *Bundle     `json:"bundle"`
	Crisis  *Crisis     `json:"crisis"`
}

// Ask answers a query; lang is "" for a guess.
type Ask func(text string, lang kernel.Lang, limit int) (Answer, error)

type input struct {
	Body struct {
		Q     string `json:"q" doc:"everyday words, at most 1,000 characters"`
		Lang  string `json:"lang,omitempty" enum:"ko,en" doc:"language of the answer; guessed from the words when absent"`
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
	}, func(_ context.Context, _ api.Call, in *input) (*output, error) {
		answer, err := ask(in.Body.Q, kernel.Lang(in.Body.Lang), in.Body.Limit)
		if err != nil {
			return nil, err
		}
		return &output{answer}, nil
	})
}
