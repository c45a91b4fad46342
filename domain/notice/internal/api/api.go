// Package api is the inbox's part of /api/v1.
package api

import (
	"context"
	"net/http"

	"maru/domain/notice/internal/letter"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// Inbox is what the operations need.
type Inbox interface {
	List(ctx context.Context, actor authz.Actor, l kernel.Lang, before kernel.ID, limit int) ([]letter.Letter, kernel.ID, error)
	Open(ctx context.Context, actor authz.Actor, id kernel.ID, l kernel.Lang) (letter.Letter, error)
}

// Notice is a message on the wire.
type Notice struct {
	ID          kernel.ID   `json:"id"`
	At          kernel.Time `json:"at"`
	Kind        string      `json:"kind" doc:"signature_asked, submitted, correction_asked, correction_given, transferred, decided, withdrawn, objection_lodged, objection_decided"`
	Title       string      `json:"title"`
	Text        string      `json:"text" doc:"plain sentences: what happened, what next"`
	Number      string      `json:"number" doc:"of the application, empty before it has one"`
	Service     string      `json:"service"`
	Application kernel.ID   `json:"application"`
	Decision    string      `json:"decision" doc:"empty where the kind is no decision"`
	Document    string      `json:"document" doc:"number of the outcome document, empty for none"`
	Due         kernel.Time `json:"due"`
	Link        string      `json:"link" doc:"path of the page where it goes on"`
	Read        bool        `json:"read"`
	// Changes are what an alert tells of.
	Changes []Change `json:"changes,omitempty"`
}

// Change is one benefit of which something is new.
type Change struct {
	Title string   `json:"title"`
	Link  string   `json:"link" doc:"path of the service's page"`
	Lines []string `json:"lines"`
}

type listInput struct {
	Cursor string `query:"cursor" maxLength:"36" doc:"next of the answer before; from the newest when absent"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type listOutput struct {
	Body struct {
		Notices []Notice  `json:"notices"`
		Next    kernel.ID `json:"next,omitempty" doc:"hand in as cursor for older messages"`
	}
}

type readInput struct {
	ID string `path:"id" maxLength:"36"`
}

type readOutput struct{ Body Notice }

// Register adds the operations.
func Register(a *api.API, in Inbox) {
	api.Register(a, api.Op{
		ID: "notice.list", Method: http.MethodGet, Path: "/notices",
		Summary: "List own messages, the newest first.", Scope: authz.ScopeApplications,
	}, func(ctx context.Context, c api.Call, q *listInput) (*listOutput, error) {
		before, err := cursor(q.Cursor)
		if err != nil {
			return nil, err
		}
		list, next, err := in.List(ctx, c.Actor, c.Lang, before, q.Limit)
		if err != nil {
			return nil, err
		}
		out := &listOutput{}
		out.Body.Next = next
		out.Body.Notices = make([]Notice, 0, len(list))
		for _, one := range list {
			out.Body.Notices = append(out.Body.Notices, wire(one))
		}
		return out, nil
	})
	api.Register(a, api.Op{
		ID: "notice.read", Method: http.MethodPost, Path: "/notices/{id}/read",
		Summary: "Mark a message as read.", Scope: authz.ScopeApplications,
	}, func(ctx context.Context, c api.Call, q *readInput) (*readOutput, error) {
		id, err := kernel.ParseID(q.ID)
		if err != nil {
			return nil, kernel.E(kernel.NotFound, "notice.error.none", err)
		}
		one, err := in.Open(ctx, c.Actor, id, c.Lang)
		if err != nil {
			return nil, err
		}
		return &readOutput{wire(one)}, nil
	})
}

func cursor(s string) (kernel.ID, error) {
	if s == "" {
		return "", nil
	}
	id, err := kernel.ParseID(s)
	if err != nil {
		return "", kernel.E(kernel.Invalid, "notice.error.cursor", err).Field("cursor", "notice.error.cursor", nil)
	}
	return id, nil
}

func wire(l letter.Letter) Notice {
	out := Notice{
		ID: l.ID, At: l.At, Kind: l.Kind, Title: l.Title, Text: l.Text, Number: l.Number, Service: l.Service,
		Application: l.Application, Decision: l.Decision, Document: l.Document, Due: l.Due, Link: l.Link, Read: l.Read(),
	}
	for _, c := range l.Changes {
		out.Changes = append(out.Changes, Change{c.Title, c.Href, c.Lines})
	}
	return out
}
