// Command govstack-registries serves the GovStack Digital Registries interface
// over registers in memory with the records that the published suite asks for,
// until its input ends. It prints the host it listens on.
//
// The suite sends no tokens: the block stands behind an information mediator
// that knows the caller. Here this program stands for it, and calls as an
// official for records, as an operator for databases and as an auditor for who
// read what.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"maru/domain/audit"
	"maru/domain/registry"
	"maru/domain/registry/govregistries"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store"
	"maru/test/conformance/fixture"
)

// bodies is the body "Test" of the suite, which keeps all registers here.
type bodies struct{}

func (bodies) Exists(id string, _ kernel.Date) bool       { return id == "Test" }
func (bodies) Name(id string, _ kernel.Lang) string       { return id }
func (bodies) T(_ kernel.Lang, k string, _ ...any) string { return k }
func (bodies) Has(string) bool                            { return true }

var callers = map[string]authz.Actor{
	"official": {Account: kernel.RandomID(), Grants: []authz.Grant{{Role: authz.Official, Agency: "Test"}}, Token: true, Scopes: []string{authz.ScopeDesk}},
	"operator": {Account: kernel.RandomID(), Grants: []authz.Grant{{Role: authz.Operator}}, Token: true, Scopes: []string{authz.ScopeAdmin}},
	"second":   {Account: kernel.RandomID(), Grants: []authz.Grant{{Role: authz.Operator}}, Token: true, Scopes: []string{authz.ScopeAdmin}},
	"auditor":  {Account: kernel.RandomID(), Grants: []authz.Grant{{Role: authz.Auditor}}, Token: true, Scopes: []string{authz.ScopeAdmin}},
}

// mediator says who calls.
func mediator(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller := "operator"
		switch path := strings.TrimPrefix(r.URL.Path, govregistries.Prefix); {
		case strings.HasPrefix(path, "/data/MyPersonalDataUsage/"):
			caller = "auditor"
			q := r.URL.Query()
			q.Set("purpose", "the published suite")
			r.URL.RawQuery = q.Encode()
		case strings.HasPrefix(path, "/data/"):
			caller = "official"
		}
		r.Header.Set("Authorization", "Bearer "+caller)
		next.ServeHTTP(w, r)
	})
}

// numbers are the databases that the suite reads and deletes.
var numbers = []int64{1, 123, 8438778473, 3287483474, 8484848484, 75858, 6745, 896756, 234234}

// records are those that the scenarios read and change: key, then ID, FirstName,
// LastName and BirthCertificateID.
var records = [][5]string{
	{"80bcb084-fa17-11ed-be56-0242ac120002", "EE123627348834", "John", "Bon", "RR-3334537999"},
	{"2", "EE378129127223", "Billy", "Johnson", "RR-1112223331"},
	{"3", "EE000000000003", "Eva", "Smith", "RR-0000000003"},
	{"4", "EE000000000004", "John Helmut", "Carry", "EE6546273487865"},
	{"5", "EE000000000005", "Alice", "North", "RR-0000000005"},
	{"6", "EE000000000006", "Jack", "South", "RR-0000000006"},
	{"7", "EE000000000007", "Bob", "East", "RR-0000000007"},
	{"8", "EE3784545277266", "Philip", "Red", "RR-30045370099"},
	{"9", "EE34462734834865", "Alex", "Green", "RR-441124937"},
	{"10", "EE61287673487865", "Alise", "Black", "RR-49075937"},
	{"11", "EE6534523487865", "Zyra", "Blue", "RR-24523937"},
	{"12", "EE000000000012", "Alina", "West", "RR-0000000012"},
	{"13", "EE000000000013", "Casandra", "Hill", "RR-0000000013"},
	{"14", "EE000000000014", "Olga", "Lake", "RR-0000000014"},
	{"15", "EE1112223331", "Billy", "Johnson", "RR-1112223331"},
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "govstack-registries:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "registries")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	db, err := store.Open(ctx, filepath.Join(dir, "maru.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx, audit.Migrations(), registry.Migrations()); err != nil {
		return err
	}
	keys, err := crypto.LoadOrCreate(filepath.Join(dir, "keys.json"))
	if err != nil {
		return err
	}
	s := registry.New(registry.Deps{DB: db, Clock: clock.System(), Keys: keys, Bodies: bodies{}})
	if err := furnish(ctx, s); err != nil {
		return err
	}
	log := audit.New(audit.Deps{DB: db, Keys: keys, Texts: bodies{}, Agencies: bodies{}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	face := govregistries.New(govregistries.Deps{Registers: asNumbered{s}, Log: govregistries.AuditLog{Log: log}, Bodies: bodies{}, Base: "http://" + l.Addr().String(), Errors: slog.Default(),
		Authenticate: func(_ context.Context, token string) (authz.Actor, error) { return callers[token], nil }})
	return fixture.Serve(l, mediator(face))
}

// furnish makes the registers.
func furnish(ctx context.Context, s *registry.Service) error {
	codes := []string{"registryname", "registryempty"}
	for i := range numbers {
		codes = append(codes, fmt.Sprintf("database%d", i))
	}
	var list []registry.Field
	for _, id := range []string{"uuid", "ID", "FirstName", "LastName", "BirthCertificateID"} {
		list = append(list, registry.Field{ID: id, Type: registry.String, Title: kernel.Text{KO: id, EN: id}})
	}
	for _, code := range codes {
		d := registry.Definition{Code: code, Agency: "Test", Version: "111", Name: kernel.Text{KO: code, EN: code}, Basis: "the suite", Fields: list, Key: "uuid", Person: "ID"}
		r, err := s.Propose(ctx, callers["operator"], d)
		if err != nil {
			return err
		}
		if _, err := s.Confirm(ctx, callers["second"], code, "111", r.Hash); err != nil {
			return err
		}
	}
	look := registry.Look{Purpose: "keep", App: "fixture"}
	for _, r := range records {
		v := registry.Values{}
		for i, f := range list {
			v[f.ID] = r[i]
		}
		if _, err := s.Create(ctx, callers["official"], "", "registryname", "111", v, look); err != nil {
			return err
		}
	}
	return nil
}

// asNumbered gives registers the numbers that the suite asks for.
type asNumbered struct{ *registry.Service }

func (a asNumbered) Numbered(ctx context.Context, actor authz.Actor, number int64) (*registry.Register, error) {
	i := slices.Index(numbers, number)
	if i < 0 {
		return nil, kernel.E(kernel.NotFound, "", nil)
	}
	return a.Service.Numbered(ctx, actor, int64(i+3)) // after the two that hold records
}
