package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"maru/domain/agency"
	"maru/domain/catalog"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/pack"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/i18n/plain"
)

const about = `Maru serves public services to the people of a country: they say in everyday words what is going on, and get it done.

Try it: maru demo opens a made-up world on http://localhost:8080.

Run it: maru serve --data DIR starts closed and prints a one-time link for the first administrator.

Look after it: maru backup FILE, maru restore FILE, maru verify.

Add to it: maru new service ID writes a folder of pack/kr/services, maru check pack/kr names what is left to fill in.`

// cli is the command line.
type cli struct {
	Demo    demoCmd    `cmd:"" help:"Start the try-out world on loopback: sample residents, officials without passwords."`
	Serve   serveCmd   `cmd:"" help:"Start Maru for real: no accounts but the one you set up."`
	Migrate migrateCmd `cmd:"" help:"Bring the database to this version, and stop."`
	Backup  backupCmd  `cmd:"" help:"Write a backup while Maru runs. The key file is not in it: keep that apart."`
	Restore restoreCmd `cmd:"" help:"Restore a backup into an empty database."`
	Verify  verifyCmd  `cmd:"" help:"Check the audit log and every invariant; exit 1 when something is wrong."`
	MCP     mcpCmd     `cmd:"" name:"mcp" help:"Answer one assistant over the standard streams (Model Context Protocol), from a pack, without a server."`
	Log     logCmd     `cmd:"" help:"Look after the audit log: its key, and how it goes on after a lawful return to an older copy."`
	Witness witnessCmd `cmd:"" help:"Watch the audit logs of other installations and sign what was seen."`
	Benefit benefitCmd `cmd:"" help:"Decide what people are entitled to."`
	Check   checkCmd   `cmd:"" help:"Check a pack: files, texts, rules, examples, routing; each finding with file and line."`
	New     newCmd     `cmd:"" help:"Begin something new in a pack: a service."`
	Keys    keysCmd    `cmd:"" help:"Look after the keys that seal personal data."`

	Ask     askCmd     `cmd:"" help:"Look after the finder: train its word vectors."`
	Bench   benchCmd   `cmd:"" help:"Measure, against a named reference."`
	Config  configCmd  `cmd:"" help:"Print the reference of every setting."`
	Version versionCmd `cmd:"" help:"Print what was built."`
}

// run is what commands work with.
type run struct {
	ctx    context.Context
	stdout io.Writer
	stderr io.Writer
}

// Main runs the program and returns its exit status: 0 done, 1 failed, 2 not
// understood.
func Main(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	code := -1
	parser, err := kong.New(&c, kong.Name("maru"), kong.Description(about), kong.Writers(stdout, stderr), kong.UsageOnError(),
		kong.Exit(func(n int) { code = n }), kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}))
	if err != nil {
		fmt.Fprintln(stderr, "maru:", err)
		return 2
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if code >= 0 { // help was printed
		return code
	}
	if err != nil {
		fmt.Fprintln(stderr, "maru:", err)
		return 2
	}
	if err := k.Run(&run{ctx, stdout, stderr}); err != nil {
		if !errors.Is(err, errFound) {
			fmt.Fprintln(stderr, "maru:", words(err))
		}
		return 1
	}
	return 0
}

// errFound ends a command whose findings were printed already.
var errFound = errors.New("found")

// words says an error at the command line: the message of the catalogues where
// it has one, in English like the rest of the command line.
func words(err error) string {
	var e *kernel.Error
	if errors.As(err, &e) && e.Key != "" {
		if texts, lerr := loadTexts(); lerr == nil && texts.Has(e.Key) {
			return texts.TMap(kernel.EN, e.Key, e.Args)
		}
	}
	return err.Error()
}

type demoCmd struct {
	Config `embed:""`
}

// Run starts the try-out.
func (c *demoCmd) Run(r *run) error {
	c.demo = true
	return serve(r, c.Config)
}

type serveCmd struct {
	Config `embed:""`
}

// Run starts Maru for real.
func (c *serveCmd) Run(r *run) error { return serve(r, c.Config) }

func serve(r *run, cfg Config) error {
	l, err := listen(cfg)
	if err != nil {
		return err
	}
	defer l.Close()
	cfg.Addr = l.Addr().String() // port 0 has become a real one
	a, err := Open(r.ctx, cfg, clock.System(), cfg.logger())
	if err != nil {
		return err
	}
	if cfg.demo {
		fmt.Fprintf(r.stdout, "Maru's try-out world is open at %s\nEverybody in it is made up. Stop with Ctrl-C.\n", a.cfg.PublicURL)
	} else if err := a.announce(r); err != nil {
		return errors.Join(err, a.Close())
	}
	return errors.Join(a.Run(r.ctx, l), a.Close())
}

// announce prints the one-time set-up link while there is no operator yet.
func (a *App) announce(r *run) error {
	path, err := a.identity.FirstRun(r.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.stdout, "Maru is open at %s\n", a.cfg.PublicURL)
	if path != "" {
		fmt.Fprintf(r.stdout, "Nobody administers it yet. Open this link once to set up the first operator:\n  %s%s\n", a.cfg.PublicURL, path)
	}
	return nil
}

type migrateCmd struct {
	Config `embed:""`
}

// Run migrates.
func (c *migrateCmd) Run(r *run) error {
	if err := c.complete(); err != nil {
		return err
	}
	db, err := openStore(r.ctx, c.Config)
	if err != nil {
		return err
	}
	fmt.Fprintln(r.stdout, "the database is at this version")
	return db.Close()
}

type worldFlag struct {
	Try bool `name:"demo" help:"The try-out's database instead of the served one."`
}

type verifyCmd struct {
	Installation verifyAllCmd     `cmd:"" default:"withargs" help:"Check this installation's log and every invariant."`
	Receipt      verifyReceiptCmd `cmd:"" help:"Check a receipt, without the network and without this installation."`
}

type verifyAllCmd struct {
	Config    `embed:""`
	worldFlag `embed:""`
	JSON      bool `help:"Print JSON." name:"json"`
}

type verdict struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

// Run checks every invariant that a domain names.
func (c *verifyAllCmd) Run(r *run) error {
	c.demo = c.Try
	log := c.logger()
	a, err := Open(r.ctx, c.Config, clock.System(), log)
	if err != nil {
		return err
	}
	defer a.Close()
	var out []verdict
	wrong := false
	for _, m := range a.modules() {
		for _, check := range m.Checks {
			v := verdict{Check: check.Name, OK: true}
			if err := check.Run(r.ctx); err != nil {
				v.OK, v.Error, wrong = false, err.Error(), true
			}
			out = append(out, v)
		}
	}
	if c.JSON {
		enc := json.NewEncoder(r.stdout)
		enc.SetIndent("", "  ")
		if err := enc.Encode(out); err != nil {
			return err
		}
	} else {
		for _, v := range out {
			mark := "ok   "
			if !v.OK {
				mark = "WRONG"
			}
			fmt.Fprintln(r.stdout, strings.TrimSpace(mark+" "+v.Check+" "+v.Error))
		}
	}
	if wrong {
		return errFound
	}
	return nil
}

type checkCmd struct {
	Dir  string `arg:"" optional:"" type:"existingdir" help:"Folder of the pack; the one inside the program if absent."`
	JSON bool   `help:"Print JSON." name:"json"`
}

// Run checks a pack.
func (c *checkCmd) Run(r *run) error {
	fsys := pack.KR()
	if c.Dir != "" {
		fsys = os.DirFS(c.Dir)
	}
	if catalog.CheckCommand(fsys, r.stdout, c.JSON, PackHooks()) > 0 {
		return errFound
	}
	return nil
}

// provedFrom and provedTo are the days for which a check proves that every
// region reaches a body: those that the holidays of a pack cover.
var provedFrom, provedTo = kernel.MustDate("2024-01-01"), kernel.MustDate("2030-12-31")

// PackHooks are the checks of a pack that other rooms know how to make.
func PackHooks() catalog.Hooks {
	return catalog.Hooks{
		Enough: 40, EnoughEnglish: 15,
		Route: func(p *catalog.Pack) catalog.RouteFunc { return agency.NewDirectory(p.Agencies).Route },
		Prove: func(p *catalog.Pack) []catalog.Finding {
			var out []catalog.Finding
			services := make([]*contract.Service, 0, len(p.Order))
			for _, id := range p.Order {
				services = append(services, p.Services[id])
			}
			for _, g := range agency.NewDirectory(p.Agencies).Prove(services, provedFrom, provedTo) {
				out = append(out, catalog.Finding{Severity: catalog.Error, File: "services/" + g.Service + "/service.yaml",
					Message: fmt.Sprintf("region %s reaches no body on %s: %s", g.Region, g.At, g.Why)})
			}
			return out
		},
		Benefits: checkBenefits,
		Plain: func(l kernel.Lang, text string) []string {
			var out []string
			if l == kernel.KO {
				for _, f := range plain.Lint(text) {
					out = append(out, f.String())
				}
			}
			return out
		},
	}
}

type keysCmd struct {
	Rotate rotateCmd `cmd:"" help:"Make a new key for what is sealed from now on; the old ones still open what they sealed."`
}

type rotateCmd struct {
	File string `arg:"" help:"Key file." type:"existingfile"`
}

// Run rotates the key file.
func (c *rotateCmd) Run(r *run) error {
	k, err := crypto.Load(c.File)
	if err != nil {
		return err
	}
	if err := k.Rotate(); err != nil {
		return err
	}
	fmt.Fprintln(r.stdout, "a new key seals from the next start on; copy the key file to every copy of Maru and keep it apart from backups")
	return nil
}

type configCmd struct{}

// Run prints the reference, as Markdown.
func (configCmd) Run(r *run) error {
	fmt.Fprintln(r.stdout, "| flag | environment | default | meaning |\n| --- | --- | --- | --- |")
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		f := t.Field(i)
		help := f.Tag.Get("help")
		if help == "" {
			continue
		}
		name := f.Tag.Get("name")
		if name == "" {
			name = flagName(f.Name)
		}
		fmt.Fprintf(r.stdout, "| `--%s` | `%s` | %s | %s |\n", name, f.Tag.Get("env"), f.Tag.Get("default"), help)
	}
	return nil
}

// flagName is kong's name for a field: TrustedProxies is trusted-proxies.
func flagName(field string) string {
	var b strings.Builder
	for i, r := range field {
		upper := r >= 'A' && r <= 'Z'
		if upper && i > 0 && (field[i-1] < 'A' || field[i-1] > 'Z' || i+1 < len(field) && field[i+1] >= 'a') {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(r *run) error {
	_, err := fmt.Fprintln(r.stdout, "maru", Version())
	return err
}
