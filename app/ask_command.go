package app

import (
	"fmt"
	"io"

	"maru/domain/ask"
	"maru/domain/catalog"
	"maru/platform/durable"
	"maru/platform/wordvec"
)

// askCmd looks after the finder.
type askCmd struct {
	Train trainCmd `cmd:"" help:"Train the word vectors of the finder on the pack's text and on texts of your own. Equal texts give equal files."`
}

type trainCmd struct {
	Out    string   `arg:"" help:"File to write." type:"path"`
	Pack   string   `help:"Folder of a pack; the one inside the program if absent." type:"existingdir" placeholder:"DIR"`
	Text   []string `help:"Texts of your own (.txt or .txt.gz, UTF-8): lines of one subject together, empty lines between subjects. May be given several times." placeholder:"FILE"`
	Seed   uint64   `help:"Seed of chance." default:"1"`
	Epochs int      `help:"Times through the text; 0 for the default." placeholder:"N"`
}

// Run trains.
func (c *trainCmd) Run(r *run) error {
	p, _, err := catalog.LoadPack(packFS(Config{Pack: c.Pack}))
	if err != nil {
		return err
	}
	docs := ask.Documents(searchable(p))
	own := len(docs)
	for _, name := range c.Text {
		err := reading(name, func(in io.Reader) error {
			more, err := ask.TextDocuments(in)
			docs = append(docs, more...)
			return err
		})
		if err != nil {
			return err
		}
	}
	o := ask.Training
	o.Seed = c.Seed
	if c.Epochs > 0 {
		o.Epochs = c.Epochs
	}
	words := 0
	for _, d := range docs {
		for _, line := range d {
			words += len(line)
		}
	}
	fmt.Fprintf(r.stdout, "%d words about %d subjects of the pack and %d of yours\n", words, own, len(docs)-own)
	m, err := wordvec.Train(docs, o, func(share float64) { fmt.Fprintf(r.stderr, "\r%3.0f %%", 100*share) })
	fmt.Fprintln(r.stderr)
	if err != nil {
		return err
	}
	// Whole or not at all: a running server may read the old file meanwhile.
	f, err := durable.Create(c.Out)
	if err != nil {
		return err
	}
	defer f.Abort()
	n, err := m.WriteTo(f)
	if err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Commit(); err != nil {
		return err
	}
	fmt.Fprintf(r.stdout, "%s: %d bytes\n", c.Out, n)
	return nil
}
