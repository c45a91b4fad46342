package app

import (
	"errors"
	"fmt"
	"os"

	"maru/domain/audit/proof"
)

type verifyReceiptCmd struct {
	File    string   `arg:"" help:"The .tlog-proof file; - reads the standard input."`
	Key     string   `required:"" help:"The log's key, as the log shows it at /log/key. Keep a copy of your own: it is what you trust." placeholder:"KEY"`
	Witness []string `help:"Keys of witnesses that you know." placeholder:"KEY"`
	Quorum  int      `help:"How many of them must have signed."`
}

// Run checks a receipt and prints what it proves; a receipt that does not hold
// ends with exit code 1.
func (c *verifyReceiptCmd) Run(r *run) error {
	text, err := readInput(c.File)
	if err != nil {
		return err
	}
	key, err := proof.NewLogVerifier(c.Key)
	if err != nil {
		return fmt.Errorf("the log's key: %w", err)
	}
	var witnesses []proof.Verifier
	for _, s := range c.Witness {
		w, err := proof.NewWitnessVerifier(s)
		if err != nil {
			return fmt.Errorf("the key %q: %w", s, err)
		}
		witnesses = append(witnesses, w)
	}
	receipt, err := proof.Parse(string(text))
	if err != nil {
		return err
	}
	p, err := receipt.Verify(key, c.Quorum, witnesses...)
	if errors.Is(err, proof.ErrIncluded) || errors.Is(err, proof.ErrSignature) || errors.Is(err, proof.ErrWitnesses) {
		fmt.Fprintln(os.Stderr, err)
		return errFound
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(r.stdout, "holds: record %d of %d in the log %s\n", receipt.Index, p.Checkpoint.Size, p.Checkpoint.Origin)
	for _, w := range p.Witnesses {
		fmt.Fprintf(r.stdout, "signed by witness %s too\n", w)
	}
	_, err = fmt.Fprintf(r.stdout, "%s\n", receipt.Record)
	return err
}
