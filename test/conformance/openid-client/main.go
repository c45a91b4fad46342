// Command openid-client opens the try-out, prints its address, and serves until
// its standard input ends. The runner next to it points the npm package
// openid-client, a relying party that others wrote, at it.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"maru/app"
	"maru/platform/clock"
)

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "conformance server:", err)
		os.Exit(1)
	}
}

func serve() error {
	dir, err := os.MkdirTemp("", "maru-conformance-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	trial, err := app.StartTrial(context.Background(), app.Config{Data: dir}, clock.System(), log)
	if err != nil {
		return err
	}
	fmt.Println(trial.URL)
	_, _ = io.Copy(io.Discard, os.Stdin) // until whoever started us goes
	return trial.Stop()
}
