package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"maru/domain/agency"
	"maru/domain/ask"
	"maru/domain/audit"
	"maru/domain/benefit"
	"maru/domain/benefit/situation"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/address"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/embeddings"
	"maru/platform/store"
)

// newAsk makes the finder of the profile that was chosen.
func (a *App) newAsk() (*ask.Service, error) {
	d := ask.Deps{Catalog: askPack{a.catalog}, Places: askPlaces{a.agency.Directory, a.clock}, Rules: askRules{a.benefit.Engine}, Clock: a.clock,
		DB: a.db, Keys: a.keys, Applications: begin{a.casework}, Offices: askOffices{a.agency.Directory, a.clock}}
	if a.cfg.AskProfile != "tiny" {
		var err error
		if d.Vectors, err = ask.Vectors(a.cfg.AskVectors); err != nil {
			return nil, err
		}
	}
	if a.cfg.AskProfile == "semantic" {
		if u, err := url.Parse(a.cfg.AskEmbeddings); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || a.cfg.AskModel == "" {
			return nil, fmt.Errorf("profile semantic: give the embeddings endpoint and its model (MARU_ASK_EMBEDDINGS, MARU_ASK_MODEL)")
		}
		client := &embeddings.Client{URL: a.cfg.AskEmbeddings, Model: a.cfg.AskModel, Key: a.cfg.AskKey}
		d.Semantic = &ask.Semantic{Query: client, Timeout: a.cfg.AskTimeout,
			Catalogue: &embeddings.Cache{Client: client, File: filepath.Join(a.cfg.Data, "ask-embeddings")}}
	}
	var err error
	if d.Language, err = a.languageModel(); err != nil {
		return nil, err
	}
	return ask.New(d), nil
}

// languageModel is the model that may help, nil where none is set.
func (a *App) languageModel() (*ask.Language, error) {
	cfg := a.cfg
	if cfg.AskLLM == "" {
		return nil, nil
	}
	key := ""
	if cfg.AskLLMKeyFile != "" {
		var err error
		if key, err = keyOf(cfg.AskLLMKeyFile, "the key of the language model"); err != nil {
			return nil, err
		}
		if !address.Safe(cfg.AskLLM) {
			return nil, errors.New("the language model: with a key only https, so that it is not sent in the open")
		}
	}
	return ask.NewLanguage(ask.LanguageModel{URL: cfg.AskLLM, Model: cfg.AskLLMModel, Key: key, Format: cfg.AskLLMFormat,
		Timeout: cfg.AskLLMTimeout, DayTokens: cfg.AskLLMTokens, Clock: a.clock, Record: a.noteModel})
}

// noteModel writes a use of the language model into the log: which model, which
// prompts and which catalogue, and what came of it; nothing of what was said.
func (a *App) noteModel(ctx context.Context, u ask.ModelUse) error {
	a.log.Debug("language model", "model", u.Model, "outcome", u.Outcome, "rule", u.Rule, "calls", u.Calls, "tokens", u.Tokens, "took_ms", u.TookMS)
	err := a.db.Update(ctx, func(tx *store.Tx) error {
		return audit.Append(tx, a.clock.Now(), audit.Entry{Actor: authz.Actor{System: "ask"}, Act: "ask.model", Object: "model:" + u.Model, Purpose: "ask.purpose.model", Detail: u})
	})
	if err != nil {
		a.log.Error("a use of the language model could not be noted, so its explanation is not shown", "error", err)
	}
	return err
}

// askPlaces is ask's view of the regions.
type askPlaces struct {
	directory func() *agency.Directory
	clock     clock.Clock
}

// Regions lists provinces and, after each, its regions.
func (p askPlaces) Regions() []ask.Place {
	today := p.clock.Now().DateIn(kernel.Seoul)
	ko, en := p.directory().Regions(today, kernel.KO), p.directory().Regions(today, kernel.EN)
	var out []ask.Place
	for i, g := range ko {
		out = append(out, ask.Place{Region: kernel.Region(g.Province), Name: kernel.Text{KO: g.Name, EN: en[i].Name}})
		for j, c := range g.Regions {
			out = append(out, ask.Place{Region: kernel.Region(c.ID), Name: kernel.Text{KO: c.Name, EN: en[i].Regions[j].Name}})
		}
	}
	return out
}

// askOffices is ask's view of the bodies.
type askOffices struct {
	directory func() *agency.Directory
	clock     clock.Clock
}

// Office is the city, county or district office of a region.
func (o askOffices) Office(region string) (string, bool) {
	const place = "region"
	id, err := o.directory().Route(contract.AgencyRule{Type: "sigungu", By: "question:" + place}, map[string]kernel.Value{place: kernel.TextOf(region)}, nil, o.clock.Now().DateIn(kernel.Seoul))
	return id, err == nil && id != ""
}

// askRules weighs programmes for ask.
type askRules struct {
	engine func() (*benefit.Engine, error)
}

// Fit decides every programme for a household of one of whom only this is
// known, and once more for one of whom nothing is: what a condition gives only
// now was told. That the rest of the household is not known can make a no of
// what is none, so a no is not told.
func (r askRules) Fit(person, household map[string]kernel.Value, today kernel.Date) map[string]bool {
	e, err := r.engine()
	if err != nil {
		return nil // the pack's check names what is wrong with its rules
	}
	told, err := e.Evaluate(oneOf(person, household, today))
	if err != nil {
		return nil // a value that no household can have: the words were misread
	}
	before, err := e.Evaluate(oneOf(nil, nil, today))
	if err != nil {
		return nil
	}
	out := map[string]bool{}
	for i := range told.Results {
		for c, now := range told.Results[i].Conditions {
			was := before.Results[i].Conditions[c]
			if len(now) > 0 && len(was) > 0 && now[0] == situation.Yes && was[0] != situation.Yes {
				out[told.Results[i].Programme.ID] = true
			}
		}
		if told.Results[i].Eligible == situation.No {
			delete(out, told.Results[i].Programme.ID)
		}
	}
	return out
}

// oneOf is a household of one.
func oneOf(person, household map[string]kernel.Value, today kernel.Date) situation.Situation {
	return situation.Situation{Date: today, Household: household, Members: []situation.Member{{ID: "p", Facts: person}}}
}
