package api

import (
	"context"
	"encoding/json"
	"net/http"

	"maru/kernel"
	"maru/platform/api"
)

// Catalogue answers about the programmes of the public catalogue.
type Catalogue interface {
	OthersJSON(ctx context.Context, body []byte, asked Asked, l kernel.Lang) (*Others, error)
	OtherJSON(ctx context.Context, id string, l kernel.Lang) (*OtherFull, error)
	SearchJSON(ctx context.Context, text string, asked Asked) (*OthersFound, error)
}

// Asked is which part of a list is wanted.
type Asked struct {
	Apart       bool
	From, Limit int
}

// Others are the programmes that may fit a household.
type Others struct {
	Version *CatalogueVersion `json:"version" doc:"The import that was asked; null where there is none."`
	Results []Other           `json:"results"`
	Total   int               `json:"total" doc:"How many are in the list asked for."`
	Apart   int               `json:"apart" doc:"How many are listed apart: open to everybody, or of a place that is not known."`
	Next    *int              `json:"next" doc:"The value of from for the next page; null on the last."`
}

// CatalogueVersion is one import of the catalogue.
type CatalogueVersion struct {
	Number     int64  `json:"number"`
	Source     string `json:"source" enum:"files,live,sample"`
	MadeUp     bool   `json:"made_up" doc:"Examples of the try-out: no such programme exists."`
	FetchedAt  string `json:"fetched_at"`
	ImportedAt string `json:"imported_at"`
	Programmes int    `json:"programmes"`
}

// OtherHead is what a list says of a programme. Its texts are those of the body
// in charge, as plain text in Korean.
type OtherHead struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Agency  string `json:"agency"`
	Kind    string `json:"kind"`
	Summary string `json:"summary"`
	Until   string `json:"until" doc:"Until when one can apply, in words."`
	URL     string `json:"url" doc:"The programme's page on www.gov.kr, or empty."`
}

// Other is a programme that may fit.
type Other struct {
	OtherHead
	Eligible   *bool       `json:"eligible" doc:"true where every published condition holds, null where one is not known."`
	Confidence string      `json:"confidence" enum:"likely,ask_office"`
	Member     string      `json:"member" doc:"Whom it fits best."`
	Conditions []Condition `json:"conditions"`
	Missing    []string    `json:"missing"`
}

// Condition is one condition in words.
type Condition struct {
	Text  string `json:"text"`
	Holds *bool  `json:"holds" doc:"null where it is not known."`
}

// OtherFull is one programme with all its texts.
type OtherFull struct {
	OtherHead
	Version    *CatalogueVersion `json:"version"`
	Confidence string            `json:"confidence" enum:"likely,ask_office" doc:"How sure it can be at best."`
	Online     string            `json:"online,omitempty" doc:"Where to apply, on a government host."`
	Conditions []Condition       `json:"conditions"`
	Texts      map[string]string `json:"texts"`
}

// OthersFound are programmes found by words.
type OthersFound struct {
	Version *CatalogueVersion `json:"version"`
	Results []OtherHead       `json:"results"`
	Next    *int              `json:"next"`
}

type othersIn struct {
	From  int             `query:"from" minimum:"0" maximum:"100000" doc:"How many to pass over."`
	Limit int             `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Apart bool            `query:"apart" doc:"Those that are listed apart instead."`
	Body  json.RawMessage `contentType:"application/json"`
}

type othersOut struct{ Body *Others }

type otherIn struct {
	ID string `path:"id" maxLength:"80"`
}

type otherOut struct{ Body *OtherFull }

type othersSearchIn struct {
	Q     string `query:"q" maxLength:"400" required:"true"`
	From  int    `query:"from" minimum:"0" maximum:"100000"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type othersFoundOut struct{ Body *OthersFound }

// RegisterCatalogue adds the operations on the public catalogue. Nothing of what
// they are asked is kept.
func RegisterCatalogue(a *api.API, src Catalogue) {
	api.Register(a, api.Op{ID: "benefits.catalogue", Method: http.MethodPost, Path: "/benefits/catalogue", MaxBody: maxBody,
		Summary: "Programmes of the imported public catalogue that may fit a household, those that fit best first. Likely at best: the body in charge decides. Nothing is kept."},
		func(ctx context.Context, c api.Call, in *othersIn) (*othersOut, error) {
			out, err := src.OthersJSON(ctx, in.Body, Asked{Apart: in.Apart, From: in.From, Limit: in.Limit}, c.Lang)
			if err != nil {
				return nil, err
			}
			return &othersOut{out}, nil
		})
	api.Register(a, api.Op{ID: "benefits.catalogue_search", Method: http.MethodGet, Path: "/benefits/catalogue",
		Summary: "Programmes of the imported public catalogue by name, purpose or agency."},
		func(ctx context.Context, _ api.Call, in *othersSearchIn) (*othersFoundOut, error) {
			out, err := src.SearchJSON(ctx, in.Q, Asked{From: in.From, Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return &othersFoundOut{out}, nil
		})
	api.Register(a, api.Op{ID: "benefits.catalogue_programme", Method: http.MethodGet, Path: "/benefits/catalogue/{id}",
		Summary: "One programme of the imported public catalogue, with all its texts as plain text."},
		func(ctx context.Context, c api.Call, in *otherIn) (*otherOut, error) {
			out, err := src.OtherJSON(ctx, in.ID, c.Lang)
			if err != nil {
				return nil, err
			}
			return &otherOut{out}, nil
		})
}
