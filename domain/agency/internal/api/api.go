// Package api offers the directory of regions and bodies to programs.
package api

import (
	"context"
	"net/http"

	"maru/kernel"
	"maru/platform/api"
)

// Source is what the operations need of the directory, as it is today.
type Source interface {
	Regions(l kernel.Lang) []Region
	// Agencies lists the bodies of a type, of every type if "". A type that
	// does not exist is Invalid.
	Agencies(typ string, l kernel.Lang) ([]Agency, error)
}

// Region is a city, county or district to choose from.
type Region struct {
	Code     kernel.Region `json:"code" doc:"five digits; the first two are the province's"`
	Name     string        `json:"name" doc:"within the province"`
	Province string        `json:"province" doc:"name of the province"`
}

// Agency is a body of government.
type Agency struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Type  string `json:"type" doc:"id of the type: ministry, sigungu ..."`
	Phone string `json:"phone,omitempty"`
}

// Register adds the domain's operations.
func Register(a *api.API, src Source) {
	o := operations{src}
	api.Register(a, api.Op{ID: "agency.regions", Method: http.MethodGet, Path: "/regions", Summary: "Cities, counties and districts that exist today, by province"}, o.regions)
	api.Register(a, api.Op{ID: "agency.agencies", Method: http.MethodGet, Path: "/agencies", Summary: "Bodies of government that exist today, of one type or of all"}, o.agencies)
}

type operations struct{ src Source }

type regionsIn struct {
	Lang string `query:"lang" doc:"ko or en"`
}

type regionsOut struct {
	Body struct {
		Regions []Region `json:"regions"`
	}
}

func (o operations) regions(_ context.Context, c api.Call, _ *regionsIn) (*regionsOut, error) {
	var out regionsOut
	out.Body.Regions = o.src.Regions(c.Lang)
	return &out, nil
}

type agenciesIn struct {
	Lang string `query:"lang" doc:"ko or en"`
	Type string `query:"type" maxLength:"60" doc:"id of a type of body; every type if absent"`
}

type agenciesOut struct {
	Body struct {
		Agencies []Agency `json:"agencies"`
	}
}

func (o operations) agencies(_ context.Context, c api.Call, in *agenciesIn) (*agenciesOut, error) {
	list, err := o.src.Agencies(in.Type, c.Lang)
	if err != nil {
		return nil, err
	}
	var out agenciesOut
	out.Body.Agencies = list
	return &out, nil
}
