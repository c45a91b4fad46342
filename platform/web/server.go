package web

import (
	"embed"
	"io/fs"
	"log/slog"
	"net/http"

	"maru/platform/clock"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages.ko.json messages.en.json
var messageFiles embed.FS

// Messages are the catalogues of the pages and errors that this package owns.
func Messages() fs.FS { return messageFiles }

// Server holds the route table and answers requests. Register everything
// before Handler is called; after that it is safe for concurrent use.
type Server struct {
	cfg      Config
	mux      *http.ServeMux
	pages    []Page
	static   *static
	own      *Views // layout, error pages, help
	official bool
	byIP     *limiter
	byPerson *limiter
}

// New makes a server with the pages that belong to every installation. It
// panics when the configuration lacks its catalogue.
func New(cfg Config) *Server {
	if cfg.Catalog == nil {
		panic("web: no catalogue")
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System()
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.SignInPath == "" {
		cfg.SignInPath = "/sign-in"
	}
	if cfg.SessionPath == "" {
		cfg.SessionPath = "/account/session"
	}
	if cfg.SignOutPath == "" {
		cfg.SignOutPath = "/sign-out"
	}
	limits := cfg.Limits.orDefault()
	files, err := fs.Sub(templateFiles, "templates")
	if err != nil {
		panic("web: " + err.Error())
	}
	s := &Server{
		cfg:      cfg,
		mux:      http.NewServeMux(),
		static:   loadStatic(),
		own:      NewViews(files),
		official: official(cfg),
		byIP:     newLimiter(cfg.Clock, limits.IP),
		byPerson: newLimiter(cfg.Clock, limits.Account),
	}
	s.mux.Handle("GET /static/", s.static)
	s.ownPages()
	return s
}

// Handle adds a raw handler (the API, a facade) under a ServeMux pattern. It
// passes the same middleware but reads its own language, actor and body. One
// that is a Refuser also words what the middleware refuses.
func (s *Server) Handle(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// Refuser is a raw handler whose callers are programs: a page would tell them
// nothing.
type Refuser interface {
	http.Handler
	// Refuse answers r with err instead of handling it.
	Refuse(w http.ResponseWriter, r *http.Request, err error)
}
