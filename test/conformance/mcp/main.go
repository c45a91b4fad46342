// Command mcp opens the try-out with the fixtures that the published conformance
// suite of the Model Context Protocol asks for beside our own tools, prints the
// address for assistants, and serves until its standard input ends. The runner
// next to it points the suite at that address.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"maru/app"
	"maru/domain/assistant/mcp"
	"maru/platform/clock"
)

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "conformance server:", err)
		os.Exit(1)
	}
}

func serve() (err error) {
	dir, err := os.MkdirTemp("", "maru-conformance-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	suite := mcp.Config{Extend: fixtures, Options: func(o *sdk.ServerOptions) {
		o.Capabilities = nil // the fixtures have prompts, subscriptions and lists that change
		o.CompletionHandler = complete
		o.SubscribeHandler = func(context.Context, *sdk.SubscribeRequest) error { return nil }
		o.UnsubscribeHandler = func(context.Context, *sdk.UnsubscribeRequest) error { return nil }
	}}
	trial, err := app.StartTrialFor(context.Background(), app.Config{Data: dir}, clock.System(), slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})), suite)
	if err != nil {
		return err
	}
	fmt.Println(trial.URL + "/mcp")
	_, _ = io.Copy(io.Discard, os.Stdin) // until whoever started us goes
	return trial.Stop()
}
