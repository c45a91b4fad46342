package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"maru/domain/benefit/gov24"
	"maru/domain/benefit/imported"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/i18n"
)

type benefitImportCmd struct {
	Config    `embed:""`
	worldFlag `embed:""`
	Files     string `help:"Folder with pages of the API: serviceList*.json, serviceDetail*.json, supportConditions*.json." type:"existingdir" placeholder:"DIR"`
	Live      bool   `help:"Read the API of data.go.kr (data set 15113968) with the key in --gov24-key-file."`
	List      bool   `help:"List the versions that are kept."`
	Activate  int64  `help:"Bring a version that is kept back into force." placeholder:"VERSION"`
	Force     bool   `help:"Take a catalogue that lost more than half of the programmes, or has none."`
	JSON      bool   `name:"json" help:"The report as JSON, with the ids of what is new, gone and changed."`
}

// cliActor is who gives a command: whoever may read the key file and the
// database, which is more than any role.
var cliActor = authz.Actor{System: "maru benefit import"}

// Run imports, lists or activates.
func (c *benefitImportCmd) Run(r *run) error {
	if given := count(c.Files != "", c.Live, c.List, c.Activate != 0); given != 1 {
		return errors.New("say one of --files DIR, --live, --list and --activate VERSION")
	}
	c.demo = c.Try
	if c.Live && c.Gov24KeyFile == "" {
		return errors.New("--live needs the key of data.go.kr in a file: --gov24-key-file or MARU_GOV24_KEY_FILE")
	}
	system := clock.System()
	a, err := Open(r.ctx, c.Config, system, c.logger())
	if err != nil {
		return err
	}
	return errors.Join(c.on(r.ctx, a, system, r.stdout), a.Close())
}

// on does what was asked in an open Maru.
func (c *benefitImportCmd) on(ctx context.Context, a *App, now clock.Clock, w io.Writer) error {
	switch {
	case c.List:
		list, err := a.imported.Versions(ctx)
		if err != nil {
			return err
		}
		return printVersions(w, list)
	case c.Activate != 0:
		if err := a.imported.Activate(ctx, cliActor, c.Activate); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w, "version %d is in force; every server shows it within a minute\n", c.Activate)
		return err
	}
	report, err := c.bring(ctx, a, now)
	if report.Services > 0 || err == nil {
		err = errors.Join(err, c.print(w, report, a.texts))
	}
	return err
}

func (c *benefitImportCmd) bring(ctx context.Context, a *App, now clock.Clock) (imported.Report, error) {
	if c.Live {
		return a.imported.ImportLive(ctx, cliActor, c.Force)
	}
	read, err := gov24.ReadFiles(os.DirFS(c.Files))
	if err != nil {
		return imported.Report{}, err
	}
	return a.imported.Import(ctx, cliActor, imported.Order{Source: imported.Files, Origin: filepath.Base(c.Files), FetchedAt: now.Now(), Catalogue: read, Force: c.Force})
}

func count(given ...bool) (n int) {
	for _, b := range given {
		if b {
			n++
		}
	}
	return n
}

func printVersions(w io.Writer, list []imported.Version) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "no catalogue was imported yet")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "version\tin force\tsource\tfrom\tfetched\timported\tprogrammes\tby")
	for _, v := range list {
		mark := ""
		if v.Active {
			mark = "yes"
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", v.Number, mark, v.Source, v.Origin, minute(v.FetchedAt), minute(v.ImportedAt), v.Programmes, v.MadeBy)
	}
	return t.Flush()
}

func minute(t kernel.Time) string { return i18n.DateTime(kernel.EN, t) }

// print writes the report for people, or all of it as JSON.
func (c *benefitImportCmd) print(w io.Writer, r imported.Report, texts *i18n.Catalog) error {
	if c.JSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(what string, n int, note ...string) {
		fmt.Fprintf(t, "%s\t%d\t%s\n", what, n, strings.Join(note, " "))
	}
	row("services read", r.Services)
	row("imported as programmes", r.Imported)
	for _, k := range []gov24.Kind{gov24.ByRegion, gov24.ByAge, gov24.BySex, gov24.ByIncome, gov24.ByPerson, gov24.ByHousehold} {
		row("  restricted by "+string(k), r.By[k])
	}
	row("  saying no more than where somebody lives", r.General, "(listed apart, never likely)")
	row("  of a place that is not known", r.Unlocated, "(listed apart, never likely)")
	for _, why := range slices.Sorted(maps.Keys(r.LeftOut)) {
		row("left out: "+leftOutWords(texts, why), r.LeftOut[why], "such as", strings.Join(r.Examples[why], " "))
	}
	if r.Before > 0 {
		row("in the version before", r.Before)
		row("  new", len(r.Changes.New))
		row("  gone", len(r.Changes.Gone))
		row("  changed", len(r.Changes.Changed))
	}
	for _, warning := range []struct {
		what string
		n    int
	}{
		{"codes that contradict each other (they restrict)", r.Warnings.Contradictions},
		{"codes marked en bloc (they do not restrict)", r.Warnings.Blocks},
		{"rows without a service", r.Warnings.Orphans},
		{"conditions that stand twice (the last counts)", r.Warnings.Repeated},
		{"programmes without details", r.Warnings.NoDetails},
		{"addresses left out: not of the government, or not https", r.Warnings.Links},
		{"texts shortened", r.Warnings.Cut},
		{"texts with hidden characters, which were taken out", r.Warnings.Altered},
	} {
		if warning.n > 0 {
			row("warning: "+warning.what, warning.n)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(r.Warnings.Strange)) {
		row("warning: code "+key+" is not known", r.Warnings.Strange[key])
	}
	if err := t.Flush(); err != nil {
		return err
	}
	var err error
	switch {
	case r.Unchanged:
		_, err = fmt.Fprintln(w, "nothing changed; the version in force stays")
	case r.Version > 0:
		_, err = fmt.Fprintf(w, "version %d is in force; every server shows it within a minute\n", r.Version)
	default:
		_, err = fmt.Fprintln(w, "not imported; the version in force stays")
	}
	return err
}

// leftOutWords says a reason in the words of the catalogue of messages.
func leftOutWords(texts *i18n.Catalog, why gov24.Reason) string {
	if key := "gov24.left_out." + string(why); texts.Has(key) {
		return texts.T(kernel.EN, key)
	}
	return string(why)
}
