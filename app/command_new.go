package app

import (
	"fmt"

	"maru/domain/catalog/scaffold"
	"maru/kernel"
)

type newCmd struct {
	Service newServiceCmd `cmd:"" help:"Write the folder of a new public service: all its files, with a blank wherever only you know."`
}

type newServiceCmd struct {
	ID      string `arg:"" help:"Id and folder of the service: lower-case words joined by hyphens, such as wheelchair-loan. It never changes."`
	Pack    string `help:"Folder of the pack." default:"pack/kr" env:"MARU_PACK" placeholder:"DIR"`
	TitleKO string `help:"Its name in Korean." name:"title-ko" placeholder:"NAME"`
	TitleEN string `help:"Its name in English." name:"title-en" placeholder:"NAME"`
	Kind    string `help:"application, report, certificate, credential, benefit, complaint, booking, participation or objection." default:"application"`
	Agency  string `help:"Who decides: a type of body, such as sigungu or sido, found by where the applicant lives; or one body, such as mohw. Default: the local office." placeholder:"ID"`
}

// Run writes the folder and says what comes next.
func (c *newServiceCmd) Run(r *run) error {
	made, err := scaffold.New(c.Pack, scaffold.Service{ID: c.ID, Title: kernel.Text{KO: c.TitleKO, EN: c.TitleEN}, Kind: c.Kind, Agency: c.Agency}, PackHooks())
	if err != nil {
		return err
	}
	fmt.Fprintf(r.stdout, "%s has everything a service needs, but for %d blanks <<like this>>:\n", made.Dir, len(made.Blanks))
	for _, name := range made.Files {
		n := 0
		for _, b := range made.Blanks {
			if b.File == name {
				n++
			}
		}
		fmt.Fprintf(r.stdout, "  %-18s %2d blanks\n", name, n)
	}
	_, err = fmt.Fprintf(r.stdout, "Fill them in. What is left:  maru check %s\nWhen nothing is left, try it: maru demo --pack %s\n", c.Pack, c.Pack)
	return err
}
