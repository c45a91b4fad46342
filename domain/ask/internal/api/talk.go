package api

import (
	"context"
	"net/http"

	"maru/kernel"
	"maru/platform/api"
)

// Reply is an answer to a question of a conversation.
type Reply struct {
	Question string `json:"question" maxLength:"100"`
	Value    string `json:"value" maxLength:"100" doc:"one of the question's values; empty for: I do not know"`
}

// Question tells services apart.
type Question struct {
	ID     string   `json:"id" doc:"want (what kind of thing is wanted), event (which life event) or fact: and a fact of the dictionary"`
	Title  string   `json:"title" doc:"of the fact; empty for the others"`
	Values []string `json:"values" doc:"paper, report, money, apply, trouble; life event ids and none; values of the fact, of a day of birth bands of ages"`
}

// Turn is what a conversation has come to.
type Turn struct {
	Answer
	Question *Question `json:"question" doc:"null where asking more is not worth it"`
	Replies  []Reply   `json:"replies" doc:"those that counted"`
}

// Talk answers a turn; lang is "" for a guess.
type Talk func(ctx context.Context, text string, lang kernel.Lang, replies []Reply) (Turn, error)

type talkInput struct {
	Body struct {
		Q       string  `json:"q" doc:"everyday words, at most 1,000 characters"`
		Lang    string  `json:"lang,omitempty" enum:"ko,en" doc:"language of the answer; guessed from the words when absent"`
		Replies []Reply `json:"replies,omitempty" maxItems:"8" doc:"to the questions asked so far, in order"`
	}
}

type talkOutput struct{ Body Turn }

// RegisterTalk adds the operation of conversations.
func RegisterTalk(a *api.API, talk Talk) {
	api.Register(a, api.Op{
		ID: "ask.talk", Method: http.MethodPost, Path: "/ask/talk", Summary: "Find services in a conversation: one question a turn. Nothing is kept between turns; send the words and all replies again.",
		MaxBody: 1 << 20,
	}, func(ctx context.Context, _ api.Call, in *talkInput) (*talkOutput, error) {
		turn, err := talk(ctx, in.Body.Q, kernel.Lang(in.Body.Lang), in.Body.Replies)
		if err != nil {
			return nil, err
		}
		return &talkOutput{turn}, nil
	})
}
