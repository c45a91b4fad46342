package pgdriver

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5"
)

// Connector opens connections to one PostgreSQL server.
type Connector struct {
	config *pgx.ConnConfig
}

// NewConnector reads a postgres:// URL. Session settings that the store relies
// on are set here, so that they hold on every connection.
func NewConnector(url string) (*Connector, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	set := func(name, value string) {
		if _, given := config.RuntimeParams[name]; !given {
			config.RuntimeParams[name] = value
		}
	}
	set("application_name", "maru")
	set("timezone", "UTC")
	// A copy that hangs inside a transaction must not hold its locks forever.
	set("idle_in_transaction_session_timeout", "60000")
	return &Connector{config: config}, nil
}

// Connect implements driver.Connector.
func (c *Connector) Connect(ctx context.Context) (driver.Conn, error) {
	pg, err := pgx.ConnectConfig(ctx, c.config.Copy())
	if err != nil {
		return nil, err
	}
	return &conn{pg: pg}, nil
}

// Driver implements driver.Connector.
func (c *Connector) Driver() driver.Driver { return noDriver{} }

// noDriver exists because the interface asks for it: connections are made by
// the Connector alone.
type noDriver struct{}

func (noDriver) Open(string) (driver.Conn, error) {
	return nil, errors.New("pgdriver: open through the connector")
}
