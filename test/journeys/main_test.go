package journeys

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"maru/app"
	"maru/platform/clock"
)

// tools are what the journeys need of the machine.
type tools struct {
	browser context.Context // a running Chromium, without a tab
	axe     string          // the accessibility checker's script
	shots   string          // folder for pictures, "" for none
}

var (
	kit  tools
	town *house     // the try-out in which nearly everything happens
	seen = &atlas{} // what of the route table was seen
)

// errMissing says that the machine lacks what the journeys need.
var errMissing = errors.New("missing")

func TestMain(m *testing.M) {
	code, err := run(m)
	switch {
	case errors.Is(err, errMissing) && os.Getenv("CI") == "":
		fmt.Fprintf(os.Stderr, "\n*** JOURNEYS SKIPPED: %v. Run make deps. With CI set this fails. ***\n\n", err)
	case err != nil:
		fmt.Fprintln(os.Stderr, "journeys:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	if kit.axe, err = findAxe(); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "maru-journeys-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var stop func() error
	if kit.browser, stop, err = openBrowser(filepath.Join(dir, "browser")); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	kit.shots = os.Getenv("MARU_SHOTS")
	if town, err = openHouse(filepath.Join(dir, "town"), app.Config{}, clock.System()); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, town.trial.Stop()) }()
	if code = m.Run(); code == 0 && whole() {
		for _, name := range seen.unseen() {
			fmt.Fprintf(os.Stderr, "--- FAIL: no journey saw the page %s\n", name)
			code = 1
		}
	}
	return code, nil
}

// whole tells whether all journeys ran, so that every page must have been seen.
func whole() bool {
	return flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == ""
}

// findAxe reads the accessibility checker that make deps put into the cache.
func findAxe() (string, error) {
	name := os.Getenv("MARU_AXE")
	if name == "" {
		name = "../../.cache/axe/axe.min.js"
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("%w: axe-core is not at %s", errMissing, name)
	}
	return string(b), nil
}

// openBrowser starts one headless Chromium with an empty profile.
func openBrowser(profile string) (context.Context, func() error, error) {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		return nil, nil, fmt.Errorf("%w: there is no Chromium", errMissing)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile),
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	allocator, free := chromedp.NewExecAllocator(context.Background(), options...)
	browser, cancel := chromedp.NewContext(allocator)
	if err := chromedp.Do(browser); err != nil {
		free()
		return nil, nil, fmt.Errorf("start %s: %w", path, err)
	}
	return browser, func() error {
		defer free()
		defer cancel()
		return chromedp.Cancel(browser)
	}, nil
}

// house is a running try-out.
type house struct {
	trial *app.Trial
	log   *slog.Logger
}

func openHouse(data string, cfg app.Config, c clock.Clock) (*house, error) {
	cfg.Data = data
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if os.Getenv("MARU_LOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	trial, err := app.StartTrial(context.Background(), cfg, c, log)
	if err != nil {
		return nil, fmt.Errorf("open the try-out: %w", err)
	}
	seen.learn(trial.Pages)
	return &house{trial: trial, log: log}, nil
}

// patience is how long anything on a page may take on a busy machine before a
// journey gives up on it.
const patience = 40 * time.Second
