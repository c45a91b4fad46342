package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"time"

	"maru/platform/store"
)

// cluster is a PostgreSQL server for one benchmark, set to lose nothing.
type cluster struct {
	dir    string
	server *exec.Cmd
	said   *safeBuffer
	ended  chan error
}

// postgresProgram finds a program of PostgreSQL: on the PATH, or the newest of
// those where Debian puts them.
func postgresProgram(name string) (string, error) {
	if p, err := exec.LookPath(name); err == nil {
		return p, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) == 0 {
		return "", fmt.Errorf("the program %s of PostgreSQL is not installed", name)
	}
	return found[len(found)-1], nil
}

// startCluster makes a cluster in dir and waits until it answers.
func startCluster(ctx context.Context, dir string) (*cluster, error) {
	initdb, err := postgresProgram("initdb")
	if err != nil {
		return nil, err
	}
	postgres, err := postgresProgram("postgres")
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	as, err := asPostgres(dir)
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir, said: &safeBuffer{}, ended: make(chan error, 1)}
	command := func(name string, args ...string) *exec.Cmd {
		full := append(append(as[:len(as):len(as)], name), args...)
		cmd := exec.Command(full[0], full[1:]...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, c.said, c.said
		return cmd
	}
	if err := command(initdb, "-D", c.data(), "-U", "maru", "-A", "trust", "-E", "UTF8", "--locale=C").Run(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, c.said)
	}
	c.server = command(postgres, "-D", c.data(), "-k", dir, "-c", "listen_addresses=", "-c", "unix_socket_permissions=0777",
		"-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on", "-c", "shared_buffers=512MB",
		"-c", "max_wal_size=4GB", "-c", "max_connections=100")
	if err := c.server.Start(); err != nil {
		return nil, err
	}
	go func() { c.ended <- c.server.Wait() }()
	return c, c.ready(ctx)
}

// asPostgres is the beginning of the command line that runs a program as the
// user postgres, who then owns dir: PostgreSQL refuses to run as root.
func asPostgres(dir string) ([]string, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, uerr := strconv.Atoi(u.Uid)
	gid, gerr := strconv.Atoi(u.Gid)
	if err := errors.Join(uerr, gerr, os.Chown(dir, uid, gid)); err != nil {
		return nil, err
	}
	// The way to dir must be open to that user too.
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		return nil, err
	}
	return []string{"setpriv", "--reuid=" + u.Uid, "--regid=" + u.Gid, "--clear-groups"}, nil
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *cluster) url() string { return "postgres://maru@/postgres?host=" + c.dir }

func (c *cluster) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		db, err := store.Open(ctx, c.url())
		if err == nil {
			return db.Close()
		}
		select {
		case exit := <-c.ended:
			return fmt.Errorf("postgres ended: %w\n%s", exit, c.said)
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("postgres does not answer: %w\n%s", err, c.said), c.stop())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// usage is that of all its processes; zero without a cluster of ours.
func (c *cluster) usage() usage {
	if c == nil {
		return usage{}
	}
	return usageOfTree(c.server.Process.Pid)
}

// stop ends the server at once, as a crash would: nothing of it is kept.
func (c *cluster) stop() error {
	_ = c.server.Process.Signal(os.Interrupt) // fails when it has ended, which is as good
	select {
	case <-c.ended:
	case <-time.After(10 * time.Second):
		return errors.Join(errors.New("postgres had to be killed"), c.server.Process.Kill())
	}
	return nil
}
