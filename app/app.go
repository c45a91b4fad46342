package app

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"maru/domain/agency"
	"maru/domain/ask"
	"maru/domain/assistant"
	"maru/domain/audit"
	"maru/domain/authority"
	"maru/domain/benefit"
	"maru/domain/benefit/alert"
	"maru/domain/benefit/imported"
	"maru/domain/benefit/simulate"
	"maru/domain/casework"
	caseevents "maru/domain/casework/contract"
	"maru/domain/catalog"
	"maru/domain/catalog/editor"
	"maru/domain/exchange"
	"maru/domain/identity"
	identityevents "maru/domain/identity/contract"
	lives "maru/domain/life"
	"maru/domain/mandate"
	"maru/domain/mydata"
	mycontract "maru/domain/mydata/contract"
	"maru/domain/mydata/sample"
	"maru/domain/notice"
	"maru/domain/payment"
	"maru/domain/registry"
	"maru/kernel"
	"maru/pack"
	"maru/platform/address"
	"maru/platform/api"
	"maru/platform/blob"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/events"
	"maru/platform/i18n"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/web"
)

//go:embed messages.ko.json messages.en.json
var ownMessages embed.FS

// App is a whole Maru, open and joined but not yet listening.
type App struct {
	cfg   Config
	clock clock.Clock
	log   *slog.Logger
	texts *i18n.Catalog
	keys  *crypto.Keys
	db    *store.DB

	jobs *jobs.Runner
	bus  *events.Bus
	blob *blob.Store

	catalog   *catalog.Service
	editor    *editor.Service
	agency    *agency.Service
	ask       *ask.Service
	identity  *identity.Service
	authority *authority.Service
	mydata    *mydata.Service
	exchange  *exchange.Service
	provider  *exchange.Provider // answers other installations
	peers     []exchange.Peer
	benefit   *benefit.Service
	imported  *imported.Service
	alert     *alert.Service
	simulate  *simulate.Service
	audit     *audit.Log
	casework  *casework.Service
	life      *lives.Service
	mandate   *mandate.Service
	notice    *notice.Service
	payment   *payment.Service
	registry  *sample.Registry // nil outside the try-out
	registers *registry.Service
	assistant *assistant.Service

	web *web.Server
	api *api.API
}

// Open reads keys and pack, opens and migrates the store and joins the
// domains. Nothing listens and no job runs yet.
func Open(ctx context.Context, cfg Config, c clock.Clock, log *slog.Logger) (*App, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, clock: c, log: log}
	var err error
	if a.texts, err = loadTexts(); err != nil {
		return nil, err
	}
	if a.db, err = openStore(ctx, cfg); err != nil {
		return nil, err
	}
	if a.keys, err = openKeys(ctx, a.db, cfg.Keys); err != nil {
		return nil, errors.Join(err, a.db.Close())
	}
	if err := a.join(ctx); err != nil {
		return nil, errors.Join(err, a.db.Close())
	}
	return a, nil
}

// openStore opens the database, sees that it is of this world, and migrates.
func openStore(ctx context.Context, cfg Config) (*store.DB, error) {
	db, err := store.Open(ctx, cfg.database())
	if err != nil {
		return nil, err
	}
	if err := db.Stamp(ctx, cfg.world()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.Migrate(ctx, migrations()...); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// openKeys reads the key file that the database is sealed with. It makes one
// only for a database that has none yet: next to sealed data a fresh key file
// would open nothing, and what it sealed would be lost with the return of the
// right one.
func openKeys(ctx context.Context, db *store.DB, path string) (*crypto.Keys, error) {
	bound, err := db.Keys(ctx)
	if err != nil {
		return nil, err
	}
	read := crypto.LoadOrCreate
	if bound != "" {
		read = crypto.Load
	}
	k, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, kernel.E(kernel.Conflict, "app.keys_lost", err).With("path", path)
	}
	if err != nil {
		return nil, err
	}
	return k, db.BindKeys(ctx, k.Fingerprint())
}

// packFS is where the pack comes from: the folder that was named, the folder
// of a checkout in the try-out (so that edits show at once), or the program.
func packFS(cfg Config) fs.FS {
	if cfg.Pack != "" {
		return os.DirFS(cfg.Pack)
	}
	if cfg.demo {
		if _, err := os.Stat("pack/kr/facts.yaml"); err == nil {
			return os.DirFS("pack/kr")
		}
	}
	return pack.KR()
}

// join makes the domains in the order in which they need each other.
func (a *App) join(ctx context.Context) error {
	a.jobs = jobs.New(a.db, a.clock, a.log)
	a.bus = events.New(a.jobs)
	a.blob = blob.New(a.db, a.keys, a.clock, nil)

	a.catalog = catalog.New(catalog.Deps{DB: a.db, Clock: a.clock, Log: a.log, Pack: packFS(a.cfg), Demo: a.cfg.demo})
	if err := a.catalog.Start(ctx); err != nil {
		return err
	}
	a.agency = agency.New(agency.Deps{Packs: a.catalog, Clock: a.clock})
	a.catalog.UseBodies(a.agency)
	a.editor = editor.New(editor.Deps{DB: a.db, Clock: a.clock, Log: a.log, Catalog: a.catalog, Bodies: editorBodies{a.agency}, Hooks: PackHooks()})
	bodies := agencies{a.agency, a.clock}

	var provider mydata.Provider = noRegisters{}
	var matcher identity.PersonMatcher = noPeople{}
	var world identity.DemoWorld
	if a.cfg.demo {
		var err error
		if a.registry, err = sample.Open(ctx, a.db, a.clock.Now().DateIn(kernel.Seoul)); err != nil {
			return err
		}
		residents := people{a.registry, a.texts}
		provider, matcher, world = a.registry, residents, residents
	}
	a.mydata = mydata.New(mydata.Deps{DB: a.db, Clock: a.clock, Provider: provider, Events: a.bus, Terms: consentTerms(),
		Catalog: packFacts{a.catalog, a.agency, benefitsConsent{a.texts, func() ([]string, error) { return a.benefit.Wanted() }}, a.bundles()}, MoreTerms: demandTerms})
	if err := a.joinExchange(bodies, provider); err != nil {
		return err
	}
	witnesses, err := a.cfg.witnesses()
	if err != nil {
		return err
	}
	a.audit = audit.New(audit.Deps{DB: a.db, Keys: a.keys, Clock: a.clock, Log: a.log, Texts: a.texts, Agencies: a.agency, Items: itemNames{a.catalog, a.texts},
		Origin: a.cfg.logOrigin(), Witnesses: witnesses, Quorum: a.cfg.Quorum, Mandates: delegates{a}, Apps: delegates{a}, Registers: delegates{a}, Events: a.bus})
	policy, err := a.cfg.policy()
	if err != nil {
		return err
	}
	a.identity = identity.New(identity.Deps{DB: a.db, Keys: a.keys, Clock: a.clock, Log: a.log, Texts: a.texts, Agencies: bodies, People: matcher,
		Places: bodies, Households: registers{source: provider}, Demo: a.cfg.demo, World: world, PublicURL: a.cfg.PublicURL,
		Policy: policy, Contacts: func() bool { return len(a.notice.Kinds()) > 0 }, Events: a.bus, ClientIP: func(r *http.Request) string { return a.web.Client(r) }})
	if err := a.joinAuthority(bodies); err != nil {
		return err
	}
	a.payment = payment.New(payment.Deps{DB: a.db, Clock: a.clock, Demo: a.cfg.demo})
	a.casework = casework.New(casework.Deps{DB: a.db, Clock: a.clock, Keys: a.keys, Blobs: a.blob, Events: a.bus, Catalog: a.catalog, Agencies: bodies,
		Registers: registers{a.mydata, a.catalog, a.texts, provider, bodies, a.exchange}, Calendar: a.catalog, Cashier: a.payment, Officials: officials{a.identity}, Counter: counter{a.identity}, Delegates: delegates{a}, Texts: a.texts, Log: a.log})
	a.life = lives.New(lives.Deps{DB: a.db, Clock: a.clock, Keys: a.keys, Events: a.bus, Catalog: a.catalog, Applications: states{a.casework}})
	letters, texts, err := a.cfg.channels()
	if err != nil {
		return err
	}
	a.notice = notice.New(notice.Deps{DB: a.db, Clock: a.clock, Texts: a.texts, Titles: titles{a.catalog}, Agencies: a.agency, Alerts: alertWords{a}, Mandates: delegates{a}, Apps: delegates{a},
		Mail: letters, Text: texts, TryOut: a.cfg.demo, Keys: a.keys, Jobs: a.jobs, Accounts: a.identity, PublicURL: a.cfg.PublicURL})
	if a.mandate, err = a.newMandate(ctx, provider, bodies); err != nil {
		return err
	}
	if a.imported, err = a.importedCatalogue(); err != nil {
		return err
	}
	a.benefit = benefit.New(benefit.Deps{DB: a.db, Keys: a.keys, Catalog: benefitPack{a.catalog}, Clock: a.clock, Texts: a.texts, Places: places{bodies},
		Registers: homes{a.mydata, a.texts}, Drafts: drafts{a.casework}, Imported: a.imported})
	a.alert = alert.New(alert.Deps{DB: a.db, Clock: a.clock, Keys: a.keys, Events: a.bus, Jobs: a.jobs, Households: a.benefit, Guardians: guardians{provider},
		Applications: applied{a.casework}, Pack: alertPack{a.catalog, a.texts}, Texts: a.texts})
	a.simulate = a.simulation()
	a.registers = registry.New(registry.Deps{DB: a.db, Clock: a.clock, Keys: a.keys, Bodies: a.agency})
	if a.ask, err = a.newAsk(); err != nil {
		return err
	}

	a.ask.Prepare()
	a.joinAssistant(bodies)

	if err := a.serveWith(); err != nil {
		return err
	}
	for _, m := range a.modules() {
		if m.Pages != nil {
			m.Pages(a.web)
		}
		if m.Operations != nil {
			m.Operations(a.api)
		}
		if m.Jobs != nil {
			m.Jobs(a.jobs)
		}
		if m.Subscribe != nil {
			m.Subscribe(a.bus)
		}
	}
	for _, event := range []string{mycontract.Granted, mycontract.Withdrawn, mycontract.Expired, mycontract.Narrowed} {
		a.bus.Subscribe(event, "benefit_alert_consent", a.consented)
	}
	if a.registry != nil {
		a.registry.Announce(a.bus)
		a.bus.Subscribe(caseevents.Decided, "sample_register", register(a.registry, a.casework))
		a.bus.Subscribe(identityevents.RoleChanged, "sample_desk", furnishDesk(a))
	}
	a.blob.UsedBy(a.casework.UsesFile)
	a.blob.Jobs(a.jobs)
	a.web.Handle("/api/", a.api.Handler())
	a.serveAssistant()
	a.serveExchange()
	a.serveGovConsent()
	a.serveGovRegistries()
	a.web.Handle("GET "+logPath+"/", http.StripPrefix(logPath, a.audit.Handler()))
	a.web.Handle("GET /healthz", http.HandlerFunc(a.healthz))
	a.web.Handle("GET /readyz", http.HandlerFunc(a.readyz))
	return nil
}

// Close waits for nothing: stop Run first.
func (a *App) Close() error { return a.db.Close() }

// Handler is the whole site, for tests.
func (a *App) Handler() http.Handler { return a.web.Handler() }

// Run serves on the listener until ctx ends, then finishes what is under way.
func (a *App) Run(ctx context.Context, l net.Listener) error {
	jobsCtx, stopJobs := context.WithCancel(context.WithoutCancel(ctx))
	defer stopJobs()
	a.jobs.Start(jobsCtx)
	defer a.keepImported(jobsCtx)()
	srv := &http.Server{
		Handler:           a.web.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute, // a slow phone may upload 10 MB
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	refresh := time.NewTicker(2 * time.Second)
	defer refresh.Stop()
	for {
		select {
		case err := <-failed:
			return errors.Join(err, a.jobs.Stop(context.WithoutCancel(ctx)))
		case <-refresh.C:
			if err := a.catalog.Refresh(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("refresh the pack", "err", err)
			}
		case <-ctx.Done():
			grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
			defer cancel()
			err := srv.Shutdown(grace)
			return errors.Join(err, a.jobs.Stop(grace))
		}
	}
}

// listen opens the address, loopback only in the try-out.
func listen(cfg Config) (net.Listener, error) {
	host, _, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", cfg.Addr, err)
	}
	if cfg.demo && !address.Loopback(host) {
		return nil, fmt.Errorf("the try-out listens on loopback only, not on %q: its accounts have no passwords; use serve for others", cfg.Addr)
	}
	return net.Listen("tcp", cfg.Addr)
}

// healthz tells that the process answers; readyz that it can work.
func (a *App) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "ok")
}

func (a *App) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	err := a.db.View(ctx, func(tx *store.Tx) error {
		var one int
		return tx.QueryRow("SELECT 1").Scan(&one)
	})
	if err != nil {
		a.log.Error("not ready", "err", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "the database does not answer")
		return
	}
	fmt.Fprintln(w, "ready")
}
