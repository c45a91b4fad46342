package benefit

import (
	"context"

	"maru/domain/benefit/gov24"
	"maru/domain/benefit/imported"
	"maru/domain/benefit/internal/api"
	"maru/domain/benefit/situation"
	"maru/kernel"
)

// OthersJSON are the programmes of the public catalogue that may fit the
// household in body.
func (w wire) OthersJSON(ctx context.Context, body []byte, asked api.Asked, l kernel.Lang) (*api.Others, error) {
	e, err := w.Engine()
	if err != nil {
		return nil, err
	}
	in, err := e.Decode(body)
	if err != nil {
		return nil, err
	}
	out := &api.Others{Results: []api.Other{}}
	if w.d.Imported == nil {
		return out, nil
	}
	found, err := w.d.Imported.Find(ctx, in, imported.Query{Apart: asked.Apart, From: asked.From, Limit: asked.Limit})
	if err != nil {
		return nil, err
	}
	out.Version, out.Total, out.Apart = versionView(found.Version), found.Total, found.Apart
	if found.Next > 0 {
		out.Next = &found.Next
	}
	for i := range found.Items {
		item := &found.Items[i]
		o := api.Other{OtherHead: headOf(item.Programme), Eligible: truth(item.Eligible), Confidence: string(item.Sure), Member: in.Members[item.Member].ID,
			Missing: item.Missing, Conditions: []api.Condition{}}
		for c, holds := range item.Conditions {
			o.Conditions = append(o.Conditions, api.Condition{Text: item.Benefit.Conditions[c].Text.In(l), Holds: truth(holds)})
		}
		out.Results = append(out.Results, o)
	}
	return out, nil
}

// OtherJSON is one programme with all its texts.
func (w wire) OtherJSON(ctx context.Context, id string, l kernel.Lang) (*api.OtherFull, error) {
	if w.d.Imported == nil {
		return nil, kernel.E(kernel.NotFound, "benefit.imported.error.no_programme", nil)
	}
	p, v, err := w.d.Imported.Programme(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &api.OtherFull{OtherHead: headOf(p), Version: versionView(v), Confidence: string(imported.Likely), Online: p.Detail.Online, Conditions: []api.Condition{}, Texts: map[string]string{}}
	if w.d.Imported.General(p) {
		out.Confidence = string(imported.AskOffice)
	}
	for _, c := range p.Benefit.Conditions {
		out.Conditions = append(out.Conditions, api.Condition{Text: c.Text.In(l)})
	}
	for _, t := range passages(p) {
		if t.text != "" {
			out.Texts[t.key] = t.text
		}
	}
	return out, nil
}

// SearchJSON finds programmes by words.
func (w wire) SearchJSON(ctx context.Context, text string, asked api.Asked) (*api.OthersFound, error) {
	out := &api.OthersFound{Results: []api.OtherHead{}}
	if w.d.Imported == nil {
		return out, nil
	}
	list, next, v, err := w.d.Imported.Search(ctx, text, asked.From, asked.Limit)
	if err != nil {
		return nil, err
	}
	out.Version = versionView(v)
	for _, p := range list {
		out.Results = append(out.Results, headOf(p))
	}
	if next > 0 {
		out.Next = &next
	}
	return out, nil
}

func headOf(p *gov24.Programme) api.OtherHead {
	return api.OtherHead{ID: p.ID, Title: p.Service.Name, Agency: p.Service.Agency, Kind: p.Service.Kind, Summary: gives(&p.Service), Until: p.Service.Until, URL: p.Service.URL}
}

func versionView(v imported.Version) *api.CatalogueVersion {
	if v.Number == 0 {
		return nil
	}
	return &api.CatalogueVersion{Number: v.Number, Source: string(v.Source), MadeUp: v.Source == imported.Sample, FetchedAt: v.FetchedAt.String(), ImportedAt: v.ImportedAt.String(), Programmes: v.Programmes}
}

// truth is a value as JSON has it, nil for unknown.
func truth(t situation.Tri) *bool {
	if t == situation.Unknown {
		return nil
	}
	yes := t == situation.Yes
	return &yes
}
