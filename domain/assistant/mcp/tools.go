package mcp

import (
	"context"
	"encoding/json"
	"fmt"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"maru/domain/assistant"
	"maru/platform/authz"
)

type findIn struct {
	Utterance string `json:"utterance"`
	Lang      string `json:"lang"`
	Limit     int    `json:"limit"`
}

type idIn struct {
	ID   string `json:"id"`
	Lang string `json:"lang"`
}

type checkIn struct {
	ID   string `json:"id"`
	Lang string `json:"lang"`
	Mine bool   `json:"mine"`
	assistant.Situation
}

type startIn struct {
	ID    string         `json:"id"`
	Lang  string         `json:"lang"`
	Mine  bool           `json:"mine"`
	Facts map[string]any `json:"facts"`
}

type statusIn struct {
	Lang string `json:"lang"`
	Mine bool   `json:"mine"`
}

type langIn struct {
	Lang string `json:"lang"`
}

// The schemas of what tools take. They are strict, so that an assistant that
// makes up a name is told so.
const (
	langSchema = `"lang": {"type": "string", "enum": ["ko", "en"], "description": "language of the answer; ko when absent"}`
	idSchema   = `"id": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-z0-9-]+$", "description": "service id, from find_services"}`

	mineSchema = `"mine": {"type": "boolean", "description": "true: about the person who connected you. It takes an access token (OAuth 2.1) with the scope `

	findSchema = `{"type": "object", "additionalProperties": false, "required": ["utterance"], "properties": {
		"utterance": {"type": "string", "minLength": 1, "maxLength": 1000, "description": "what the person said, in their own words, Korean or English; leave names and numbers out"},
		"lang": {"type": "string", "enum": ["ko", "en"], "description": "language of the answer; that of the words when absent"},
		"limit": {"type": "integer", "minimum": 1, "maximum": 10, "description": "how many services at most; 5 when absent"}}}`
	describeSchema = `{"type": "object", "additionalProperties": false, "required": ["id"], "properties": {` + idSchema + `, ` + langSchema + `}}`
	checkSchema    = `{"type": "object", "additionalProperties": false, "properties": {` + idSchema + `, ` + langSchema + `,
		` + mineSchema + authz.ScopeToolBenefits + `; decided from what registers hold and the person consented to, so leave date, household and members out"},
		"date": {"type": "string", "format": "date", "description": "day for which to decide, YYYY-MM-DD; today when absent"},
		"household": {"type": "object", "maxProperties": 100, "description": "facts of the household by name, such as debt (won); leave out what is not known. Call without facts to learn which are missing"},
		"members": {"type": "array", "minItems": 1, "maxItems": 20, "description": "the people of the household, the person who asks first; needed unless mine is true", "items": {"type": "object", "maxProperties": 100,
			"description": "facts of the person by name, such as birth_date (YYYY-MM-DD); id names the member in the answer, p1, p2 when absent. No names, no numbers of anybody, nothing about health",
			"properties": {"id": {"type": "string", "maxLength": 16, "pattern": "^[a-z][a-z0-9]*$"}}}}}}`
	startSchema = `{"type": "object", "additionalProperties": false, "required": ["id"], "properties": {` + idSchema + `, ` + langSchema + `,
		` + mineSchema + authz.ScopeToolForms + `; only that person can then use the link"},
		"facts": {"type": "object", "maxProperties": 60, "description": "answers by question id, from describe_service (those with fill here): text, whole number, true or false, YYYY-MM-DD, or a list of texts"}}}`
	statusSchema = `{"type": "object", "additionalProperties": false, "properties": {` + langSchema + `,
		` + mineSchema + authz.ScopeToolStatus + `; the answer then lists the person's applications"}}}`
	langOnly = `{"type": "object", "additionalProperties": false, "properties": {` + langSchema + `}}`
)

// tools adds what an assistant may ask.
func (m *Server) tools(s *sdk.Server) {
	closed, open := false, true
	reads := func(title string) *sdk.ToolAnnotations {
		return &sdk.ToolAnnotations{Title: title, ReadOnlyHint: true, IdempotentHint: true, DestructiveHint: &closed, OpenWorldHint: &closed}
	}
	sdk.AddTool(s, &sdk.Tool{Name: "find_services", Title: "Find public services", InputSchema: json.RawMessage(findSchema), Annotations: reads("Find public services"),
		Description: "Finds public services for what a person says in their own words, however they say it. If the answer has a crisis, give its phone number before anything else. The words are neither stored nor logged."},
		func(_ context.Context, _ *sdk.CallToolRequest, in findIn) (*sdk.CallToolResult, assistant.FoundCards, error) {
			out, text, err := m.s.Find(in.Utterance, in.Lang, in.Limit)
			return answer(m, in.Lang, out, text, err)
		})
	sdk.AddTool(s, &sdk.Tool{Name: "describe_service", Title: "Describe a public service", InputSchema: json.RawMessage(describeSchema), Annotations: reads("Describe a public service"),
		Description: "Tells all about one service: who may apply, the law and its articles, papers, fee in won, deadlines, ways to apply, the body in charge, what the form asks, and for which day and version this holds."},
		func(_ context.Context, _ *sdk.CallToolRequest, in idIn) (*sdk.CallToolResult, assistant.Description, error) {
			out, text, err := m.s.Describe(in.ID, in.Lang)
			return answer(m, in.Lang, out, text, err)
		})
	sdk.AddTool(s, &sdk.Tool{Name: "check_eligibility", Title: "Check what a household is entitled to", InputSchema: json.RawMessage(checkSchema), Annotations: reads("Check what a household is entitled to"),
		Description: "Decides by the rules of law what a household is entitled to, for one service with the reasons and articles, or for all that may fit when id is absent. Unknown is not no: it names the facts that are missing. Say no more than the verdict and its confidence say. Nothing is kept."},
		func(ctx context.Context, _ *sdk.CallToolRequest, in checkIn) (*sdk.CallToolResult, assistant.Checked, error) {
			if in.Mine {
				if in.Date != "" || in.Household != nil || in.Members != nil {
					return nil, assistant.Checked{}, fmt.Errorf("%s", m.s.T(assistant.ParseLang(in.Lang), "assistant.error.mine_alone"))
				}
				out, text, err := m.s.OwnCheck(ctx, personOf(ctx), in.ID, in.Lang)
				return answer(m, in.Lang, out, text, err)
			}
			out, text, err := m.s.Check(in.ID, in.Lang, in.Situation)
			return answer(m, in.Lang, out, text, err)
		})
	sdk.AddTool(s, &sdk.Tool{Name: "start_application", Title: "Fill in a form for the person to confirm", InputSchema: json.RawMessage(startSchema),
		Annotations: &sdk.ToolAnnotations{Title: "Fill in a form for the person to confirm", ReadOnlyHint: true, DestructiveHint: &closed, OpenWorldHint: &open},
		Description: "Makes a link to the form of a service with what you filled in. Nothing is stored and nothing is handed in: the person opens the link within an hour, signs in on our page, sees every value and decides. Identity, consent, files, payment and signature happen there."},
		func(ctx context.Context, r *sdk.CallToolRequest, in startIn) (*sdk.CallToolResult, assistant.Started, error) {
			if in.Mine {
				out, text, err := m.s.OwnStart(personOf(ctx), in.ID, in.Lang, in.Facts)
				return answer(m, in.Lang, out, text, err)
			}
			out, text, err := m.s.Start(in.ID, in.Lang, in.Facts, m.client(r))
			return answer(m, in.Lang, out, text, err)
		})
	sdk.AddTool(s, &sdk.Tool{Name: "get_status", Title: "See how an application stands", InputSchema: json.RawMessage(statusSchema), Annotations: reads("See how an application stands"),
		Description: "How an application stands is told to its person only: this gives the page to open and sign in to or, with mine and the person's consent, their applications and how far each is. It takes no receipt number and no name."},
		m.status)
	sdk.AddTool(s, &sdk.Tool{Name: "list_life_events", Title: "List life events", InputSchema: json.RawMessage(langOnly), Annotations: reads("List life events"),
		Description: "Lists turns in a life (a birth, a move, a death) with the services that belong to each, in the order in which they are done."},
		func(_ context.Context, _ *sdk.CallToolRequest, in langIn) (*sdk.CallToolResult, assistant.Events, error) {
			out, text := m.s.LifeEvents(in.Lang)
			return answer(m, in.Lang, out, text, nil)
		})
}

// elicited names the one page that a person is asked to open.
const elicited = "sign_in"

// status leads the person to our page: by a request to open it where the
// assistant can do that itself (elicitation in URL mode, 2026-07-28), else by a
// link in the answer.
func (m *Server) status(ctx context.Context, r *sdk.CallToolRequest, in statusIn) (*sdk.CallToolResult, assistant.Status, error) {
	if in.Mine {
		out, text, err := m.s.OwnStatus(ctx, personOf(ctx), in.Lang)
		return answer(m, in.Lang, out, text, err)
	}
	out, text := m.s.GetStatus(in.Lang)
	if out.URL != "" && opensPages(r) && r.Params.InputResponses[elicited] == nil {
		return &sdk.CallToolResult{InputRequests: sdk.InputRequestMap{elicited: &sdk.ElicitParams{Mode: "url", Message: out.Message, URL: out.URL, ElicitationID: elicited}}}, assistant.Status{}, nil
	}
	return answer(m, in.Lang, out, text, nil)
}

// opensPages tells whether the assistant opens pages for its person when asked,
// and asks again afterwards.
func opensPages(r *sdk.CallToolRequest) bool {
	c := r.ClientCapabilities()
	return r.ProtocolVersion() >= "2026-07-28" && c != nil && c.Elicitation != nil && c.Elicitation.URL != nil
}
