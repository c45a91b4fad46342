package app

import (
	"context"
	"errors"
	"log/slog"

	"maru/domain/assistant/mcp"
	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/i18n"
	"maru/platform/web"
)

// Trial is a running try-out for tests of the whole program.
type Trial struct {
	URL   string        // where it answers
	Pages []web.Page    // its route table
	Texts *i18n.Catalog // its words, so that a test presses the button it means

	app  *App
	stop context.CancelFunc
	done chan error
}

// StartTrial opens the try-out world as the command does, listens and serves
// until Stop. An absent address is a free port of loopback.
func StartTrial(ctx context.Context, cfg Config, c clock.Clock, log *slog.Logger) (*Trial, error) {
	cfg.demo = true
	if cfg.Addr == "" {
		cfg.Addr = "127.0.0.1:0"
	}
	l, err := listen(cfg)
	if err != nil {
		return nil, err
	}
	cfg.Addr = l.Addr().String()
	a, err := Open(ctx, cfg, c, log)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	t := &Trial{URL: a.cfg.PublicURL, Pages: a.web.Pages(), Texts: a.texts, app: a, stop: stop, done: make(chan error, 1)}
	go func() { t.done <- a.Run(running, l) }()
	return t, nil
}

// StartTrialFor opens the try-out for a suite of others that wants tools of its
// own beside ours.
func StartTrialFor(ctx context.Context, cfg Config, c clock.Clock, log *slog.Logger, suite mcp.Config) (*Trial, error) {
	cfg.suite = suite
	return StartTrial(ctx, cfg, c, log)
}

// Fact is what the sample world's registers know of a person: what the person
// would have on a card.
func (t *Trial) Fact(person, fact string) kernel.Value {
	return t.app.registry.World().Value(person, fact)
}

// Stop ends it and waits until what was under way is done.
func (t *Trial) Stop() error {
	t.stop()
	return errors.Join(<-t.done, t.app.Close())
}
