package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"maru/domain/audit/proof"
	"maru/domain/audit/witness"
	"maru/platform/clock"
)

type witnessCmd struct {
	Dir    string        `help:"Folder of the key and of what was signed. It must never be restored from a copy." default:"./data/witness" type:"path" placeholder:"DIR"`
	Name   string        `help:"The witness's name, an address without scheme such as witness.example.go.kr; needed at the first start." placeholder:"NAME"`
	Addr   string        `help:"Address to listen on." default:"127.0.0.1:8090" placeholder:"HOST:PORT"`
	Log    []string      `help:"Key of a log that sends its checkpoints here." placeholder:"KEY"`
	Follow []string      `help:"Address and key of a log to follow: 'https://maru.example.go.kr/log KEY'." placeholder:"'URL KEY'"`
	Every  time.Duration `help:"How often to look at the logs that are followed." default:"1m"`
}

// Run watches until it is stopped.
func (c *witnessCmd) Run(r *run) error {
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	var logs []proof.Verifier
	followed := map[string]proof.Verifier{} // by address
	for _, s := range c.Log {
		key, err := proof.NewLogVerifier(s)
		if err != nil {
			return fmt.Errorf("log %q: %w", s, err)
		}
		logs = append(logs, key)
	}
	for _, s := range c.Follow {
		url, vkey, _ := strings.Cut(strings.TrimSpace(s), " ")
		key, err := proof.NewLogVerifier(vkey)
		if err != nil {
			return fmt.Errorf("log %q: give its address and its key: %w", s, err)
		}
		logs, followed[url] = append(logs, key), key
	}
	w, err := witness.Open(c.Dir, c.Name, logs, clock.System())
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // what was signed is on the disk
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.stdout, "witness on http://%s, for the log's setting:\n%s\n", l.Addr(), w.VerifierKey())
	ctx, stop := context.WithCancel(r.ctx)
	defer stop()
	var wg sync.WaitGroup
	client := &http.Client{Timeout: 30 * time.Second}
	for url, key := range followed {
		wg.Go(func() {
			w.Watch(ctx, client, url, key, c.Every, func(size int64, err error) {
				switch {
				case err == nil:
					logger.Info("signed", "log", key.Name(), "size", size)
				case ctx.Err() == nil:
					logger.Error("not signed", "log", key.Name(), "err", err)
				}
			})
		})
	}
	srv := &http.Server{Handler: w.Handler(), ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = srv.Shutdown(grace)
		if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
	}
	stop()
	wg.Wait()
	return err
}
