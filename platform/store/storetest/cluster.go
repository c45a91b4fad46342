package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"maru/platform/store"
)

var (
	errNoPrograms = errors.New("storetest: initdb and postgres of PostgreSQL are not installed")
	errNoMain     = errors.New("storetest: this package needs TestMain to call storetest.Main")

	mainRuns atomic.Bool
	started  struct {
		sync.Mutex
		cluster *cluster
		err     error
		tried   bool
	}
)

// cluster is a PostgreSQL server of this test binary. Durability is off: the
// tests are about behaviour, and the data is thrown away.
type cluster struct {
	dir    string
	server *exec.Cmd
	exited chan error
	log    *bytes.Buffer
	serial atomic.Int64

	mu        sync.Mutex
	templates map[string]string // by the migrations' hash
}

// theCluster starts the server at the first call.
func theCluster() (*cluster, error) {
	if !mainRuns.Load() {
		return nil, errNoMain
	}
	started.Lock()
	defer started.Unlock()
	if !started.tried {
		started.tried = true
		started.cluster, started.err = start()
	}
	return started.cluster, started.err
}

func stopCluster() {
	started.Lock()
	defer started.Unlock()
	if started.cluster != nil {
		started.cluster.stop()
	}
}

// program finds one of PostgreSQL's programs: on the PATH, or the newest of
// those where Debian puts them.
func program(name string) (string, error) {
	if p, err := exec.LookPath(name); err == nil {
		return p, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) == 0 {
		return "", errNoPrograms
	}
	return found[len(found)-1], nil
}

func start() (_ *cluster, err error) {
	initdb, err := program("initdb")
	if err != nil {
		return nil, err
	}
	postgres, err := program("postgres")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "maru-pg-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir)
		}
	}()
	attr, err := owner(dir)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	cmd := exec.Command(initdb, "-D", data, "-U", "maru", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	cmd.SysProcAttr, cmd.Dir = attr, dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("storetest: initdb: %w\n%s", err, out)
	}
	c := &cluster{dir: dir, exited: make(chan error, 1), log: &bytes.Buffer{}, templates: map[string]string{}}
	c.server = exec.Command(postgres, "-D", data, "-k", dir, "-F",
		"-c", "listen_addresses=", "-c", "unix_socket_permissions=0777",
		"-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "autovacuum=off",
		"-c", "max_connections=200", "-c", "shared_buffers=32MB", "-c", "max_wal_size=256MB")
	c.server.SysProcAttr, c.server.Dir = attr, dir
	c.server.Stdout, c.server.Stderr = c.log, c.log
	if err := c.server.Start(); err != nil {
		return nil, fmt.Errorf("storetest: postgres: %w", err)
	}
	go func() { c.exited <- c.server.Wait() }()
	if err := c.wait(); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

// wait asks until the server answers.
func (c *cluster) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		conn, err := pgx.Connect(ctx, c.url("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-again.C:
		case exit := <-c.exited:
			c.exited <- exit
			return fmt.Errorf("storetest: postgres ended: %v\n%s", exit, c.log)
		case <-ctx.Done():
			return fmt.Errorf("storetest: postgres does not answer: %w", err)
		}
	}
}

// stop ends the server at once and removes its files.
func (c *cluster) stop() {
	_ = c.server.Process.Signal(syscall.SIGQUIT)
	select {
	case <-c.exited:
	case <-time.After(10 * time.Second):
		_ = c.server.Process.Kill()
		<-c.exited
	}
	_ = os.RemoveAll(c.dir)
}

func (c *cluster) url(database string) string {
	return "postgres://maru@/" + database + "?host=" + c.dir
}

// admin runs one statement outside any of the tests' databases.
func (c *cluster) admin(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, c.url("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// clone makes a database with the migrations applied.
func (c *cluster) clone(ctx context.Context, ms []store.Migrations) (url string, drop func() error, err error) {
	c.mu.Lock() // a template can be copied by one at a time
	defer c.mu.Unlock()
	template, err := c.template(ctx, ms)
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("t%d", c.serial.Add(1))
	if err := c.admin(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		return "", nil, err
	}
	drop = func() error {
		return c.admin(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)")
	}
	return c.url(name), drop, nil
}

// template is the database to copy for these migrations, made at first use.
func (c *cluster) template(ctx context.Context, ms []store.Migrations) (string, error) {
	if len(ms) == 0 {
		return "template1", nil
	}
	h := sha256.New()
	for _, m := range ms {
		files, err := m.Files()
		if err != nil {
			return "", err
		}
		for _, f := range files {
			fmt.Fprintf(h, "%s/%d_%s %s\n", f.Domain, f.Version, f.Name, f.SHA256)
		}
	}
	key := hex.EncodeToString(h.Sum(nil))
	if name, ok := c.templates[key]; ok {
		return name, nil
	}
	name := "tpl_" + key[:16]
	if err := c.admin(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	db, err := store.Open(ctx, c.url(name))
	if err != nil {
		return "", err
	}
	if err := errors.Join(db.Migrate(ctx, ms...), db.Close()); err != nil {
		return "", errors.Join(err, c.admin(ctx, "DROP DATABASE "+name+" WITH (FORCE)"))
	}
	c.templates[key] = name
	return name, nil
}
