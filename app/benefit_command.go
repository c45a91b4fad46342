package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"maru/domain/benefit"
	"maru/domain/benefit/situation"
	"maru/domain/catalog"
	"maru/kernel"
	"maru/pack"
	"maru/platform/i18n"
)

type benefitCmd struct {
	Evaluate benefitEvaluateCmd `cmd:"" help:"What a household is entitled to, from a file or the standard input."`
	Import   benefitImportCmd   `cmd:"" help:"Import the public catalogue of services as programmes, list its versions, go back to one."`

	Sweep      benefitSweepCmd    `cmd:"" help:"Decide for everybody in a population, keep the results, and count what has changed since the last time."`
	Population populationCmd      `cmd:"" help:"Make, describe, build and refresh populations."`
	Simulate   benefitSimulateCmd `cmd:"" help:"What if the law were otherwise: who gains, who loses, what it costs a year."`
}

type benefitEvaluateCmd struct {
	File string `short:"f" default:"-" help:"The household as JSON: date, household, members (as POST /api/v1/benefits/evaluate takes it); - reads the standard input."`
	Lang string `default:"ko" enum:"ko,en" help:"Language of the texts."`
	JSON bool   `name:"json" help:"The whole answer as JSON."`
	Pack string `help:"Another pack than the embedded one." type:"existingdir"`
}

// Run decides for one household and prints the answer.
func (c *benefitEvaluateCmd) Run(r *run) error {
	body, err := readInput(c.File)
	if err != nil {
		return err
	}
	fsys := pack.KR()
	if c.Pack != "" {
		fsys = os.DirFS(c.Pack)
	}
	p, _, err := catalog.LoadPack(fsys)
	if err != nil {
		return err
	}
	e, err := benefit.NewEngine(benefitsOf(p))
	if err != nil {
		return err
	}
	texts, err := loadTexts()
	if err != nil {
		return err
	}
	l := kernel.ParseLang(c.Lang)
	in, err := e.Decode(body)
	if err != nil {
		return explained(err, texts, l)
	}
	a, err := e.Evaluate(in)
	if err != nil {
		return explained(err, texts, l)
	}
	view := a.View(texts, l)
	if c.JSON {
		enc := json.NewEncoder(r.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(view)
	}
	return printVerdicts(r.stdout, a, view, l)
}

// maxHousehold bounds the input, in bytes.
const maxHousehold = 1 << 20

func readInput(file string) ([]byte, error) {
	in := io.Reader(os.Stdin)
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // it was only read
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxHousehold+1))
	if err == nil && len(b) > maxHousehold {
		err = fmt.Errorf("the input is larger than %d bytes", maxHousehold)
	}
	return b, err
}

// explained writes out what is wrong with an input, a field a line.
func explained(err error, texts *i18n.Catalog, l kernel.Lang) error {
	var e *kernel.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	out := errors.New(texts.TMap(l, e.Key, e.Args))
	for _, f := range e.Fields {
		out = fmt.Errorf("%w\n  %s: %s", out, f.Field, texts.TMap(l, f.Key, f.Args))
	}
	return out
}

func printVerdicts(w io.Writer, a *benefit.Answer, view benefit.View, l kernel.Lang) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, want := range []situation.Tri{situation.Yes, situation.Unknown, situation.No} {
		for _, r := range a.Results {
			v := view.Results[r.Programme.ID]
			if v.Eligible != want {
				continue
			}
			amount, sure := "?", ""
			if v.Amount != nil {
				amount = i18n.Money(l, kernel.Money(*v.Amount))
			}
			if v.Confidence != nil {
				sure = string(*v.Confidence)
			}
			missing := slices.Clone(v.Missing)
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", want, r.Programme.ID, amount, v.Period, sure, joined(missing))
		}
	}
	return t.Flush()
}

func joined(refs []string) string {
	const most = 6
	if len(refs) > most {
		return fmt.Sprintf("%v +%d", refs[:most], len(refs)-most)
	}
	if len(refs) == 0 {
		return ""
	}
	return fmt.Sprint(refs)
}
