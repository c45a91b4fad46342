package app

import (
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"maru/domain/assistant/mcp"
	"maru/domain/audit"
)

// Config is every setting of a running Maru. The struct is flags, environment
// and reference at once; each field's zero value is good.
type Config struct {
	Addr string `help:"Address to listen on, HOST:PORT." default:"127.0.0.1:8080" env:"MARU_ADDR" placeholder:"HOST:PORT"`
	Data string `help:"Folder of the embedded database and the key file. Default: ./data/demo for demo, ./data/serve for serve." env:"MARU_DATA" type:"path" placeholder:"DIR"`
	DB   string `help:"Database, where it is not the embedded one: postgres://user@host/name." name:"db" env:"MARU_DB" placeholder:"URL"`
	Keys string `help:"Key file that seals personal data. Default: keys.json in the data folder." env:"MARU_KEYS" type:"path" placeholder:"FILE"`
	Pack string `help:"Folder of a country's pack. Default: the Korean pack inside the program." env:"MARU_PACK" type:"existingdir" placeholder:"DIR"`

	PublicURL      string `help:"Where people reach this installation, without a path: https://maru.example.go.kr. Default: http:// and the address." env:"MARU_PUBLIC_URL" placeholder:"URL"`
	Official       bool   `help:"Show the masthead of an official site. Only together with a public URL of the official suffix." env:"MARU_OFFICIAL"`
	OfficialSuffix string `help:"Suffix of hosts that may show the official masthead." default:"go.kr" env:"MARU_OFFICIAL_SUFFIX"`
	Operator       string `help:"Name of the body that runs this installation, for the footer." env:"MARU_OPERATOR"`

	Gov24KeyFile string `help:"File with the key of data.go.kr for the catalogue of public services (data set 15113968), mode 0600. With it the catalogue is read every week." name:"gov24-key-file" env:"MARU_GOV24_KEY_FILE" type:"path" placeholder:"FILE"`
	Gov24URL     string `help:"Where the catalogue of public services is read. Default: https://api.odcloud.kr/api/gov24/v3." name:"gov24-url" env:"MARU_GOV24_URL" placeholder:"URL"`

	Witnesses []string `help:"Other bodies that sign the audit log: address and key of each, as maru witness prints them." name:"witness" env:"MARU_WITNESSES" placeholder:"'URL KEY'"`
	Quorum    int      `help:"How many witnesses must sign before the log shows a checkpoint; 0 for all." env:"MARU_WITNESS_QUORUM"`

	SecondFactor  bool     `help:"Ask residents for a second factor before consent and tokens. Without it they are offered one." env:"MARU_SECOND_FACTOR"`
	StaffPasskeys string   `help:"Day from which staff work with a passkey only." env:"MARU_STAFF_PASSKEYS" placeholder:"YYYY-MM-DD"`
	StaffModels   []string `help:"Authenticators that staff may use, by AAGUID. Default: any." name:"staff-model" env:"MARU_STAFF_MODELS" placeholder:"AAGUID"`
	StaffRoots    string   `help:"File with the certificates of their makers, PEM." env:"MARU_STAFF_ROOTS" type:"path" placeholder:"FILE"`

	ExchangeFile string `help:"File of the bodies with which data is exchanged: registers to ask, and installations that may ask (docs/mydata.md)." name:"exchange" env:"MARU_EXCHANGE" type:"path" placeholder:"FILE"`

	SMTP               string `help:"Mail server for letters to people who want to be told by e-mail, HOST:PORT: STARTTLS, or TLS on port 465. Without it no e-mail is offered." name:"smtp" env:"MARU_SMTP" placeholder:"HOST:PORT"`
	SMTPFrom           string `help:"Sender of those letters: an address, or a name with the address in angle brackets." name:"smtp-from" env:"MARU_SMTP_FROM" placeholder:"ADDRESS"`
	SMTPUser           string `help:"User who signs in to the mail server." name:"smtp-user" env:"MARU_SMTP_USER" placeholder:"NAME"`
	SMTPPasswordFile   string `help:"File with the user's password, mode 0600." name:"smtp-password-file" env:"MARU_SMTP_PASSWORD_FILE" type:"path" placeholder:"FILE"`
	TextGateway        string `help:"Where text messages are posted as JSON (docs/operations.md). Without it none are offered." env:"MARU_TEXT_GATEWAY" placeholder:"URL"`
	TextGatewayKeyFile string `help:"File with the key that signs those posts, 16 bytes or more, mode 0600." env:"MARU_TEXT_GATEWAY_KEY_FILE" type:"path" placeholder:"FILE"`

	TrustedProxies []string `help:"Address ranges of load balancers whose X-Forwarded-For is believed." env:"MARU_TRUSTED_PROXIES" placeholder:"CIDR"`
	RateIP         int      `help:"Requests a minute from one address; 0 for the default, --rate-ip=-1 for no limit." env:"MARU_RATE_IP"`
	RateAccount    int      `help:"Requests a minute of one account; 0 for the default, --rate-account=-1 for no limit." env:"MARU_RATE_ACCOUNT"`
	RateAssistant  int      `help:"Requests a minute of assistants (MCP) from one address; 0 for the default, --rate-assistant=-1 for no limit." env:"MARU_RATE_ASSISTANT"`

	AskProfile    string        `help:"How services are found by everyday words: tiny (words and letters), standard (and word vectors) or semantic (and an embeddings endpoint of yours)." enum:"tiny,standard,semantic," default:"standard" env:"MARU_ASK_PROFILE"`
	AskVectors    string        `help:"Word vectors that maru ask train wrote. Default: those inside the program." env:"MARU_ASK_VECTORS" type:"existingfile" placeholder:"FILE"`
	AskEmbeddings string        `help:"Embeddings endpoint for the profile semantic: https://host/v1/embeddings. It hears what people ask." env:"MARU_ASK_EMBEDDINGS" placeholder:"URL"`
	AskModel      string        `help:"Model that the embeddings endpoint is asked for." env:"MARU_ASK_MODEL" placeholder:"NAME"`
	AskKey        string        `help:"Bearer token of the embeddings endpoint. Set it in the environment, not on the command line." env:"MARU_ASK_KEY" placeholder:"TOKEN"`
	AskTimeout    time.Duration `help:"Longest wait for the embeddings endpoint; then the answer is found without it." default:"2s" env:"MARU_ASK_TIMEOUT"`

	AskLLM        string        `help:"Language model that may help to find and explain services, where people ask for it: base address of an OpenAI-compatible endpoint, https://host/v1. It hears what people ask, without personal data that was recognised. Off without it." name:"ask-llm" env:"MARU_ASK_LLM" placeholder:"URL"`
	AskLLMModel   string        `help:"Name of that model." name:"ask-llm-model" env:"MARU_ASK_LLM_MODEL" placeholder:"NAME"`
	AskLLMKeyFile string        `help:"File with the bearer token of that endpoint, mode 0600." name:"ask-llm-key-file" env:"MARU_ASK_LLM_KEY_FILE" type:"path" placeholder:"FILE"`
	AskLLMFormat  string        `help:"How the endpoint is made to answer in a schema: schema (response_format json_schema) or tool (one tool that must be called)." name:"ask-llm-format" enum:"schema,tool," default:"schema" env:"MARU_ASK_LLM_FORMAT"`
	AskLLMTimeout time.Duration `help:"Longest wait for that model, all calls for one question together." name:"ask-llm-timeout" default:"8s" env:"MARU_ASK_LLM_TIMEOUT"`
	AskLLMTokens  int           `help:"Tokens that one copy of the program may spend in 24 hours; 0 for two million." name:"ask-llm-day-tokens" env:"MARU_ASK_LLM_DAY_TOKENS"`

	LogLevel slog.Level `help:"Least severity that is logged: debug, info, warn, error." default:"info" env:"MARU_LOG_LEVEL"`
	LogJSON  bool       `help:"Log as JSON lines." name:"log-json" env:"MARU_LOG_JSON"`

	demo  bool
	suite mcp.Config // what a suite of others adds to the tools for assistants
}

// world is the stamp of the database: neither command opens the other's.
func (c *Config) world() string {
	if c.demo {
		return "demo"
	}
	return "serve"
}

// complete fills the defaults that depend on other fields and makes the data
// folder, for the program's eyes only.
func (c *Config) complete() error {
	if c.Addr == "" {
		c.Addr = "127.0.0.1:8080"
	}
	if c.Data == "" {
		c.Data = filepath.Join("data", c.world())
	}
	if c.Keys == "" {
		c.Keys = filepath.Join(c.Data, "keys.json")
	}
	if c.OfficialSuffix == "" {
		c.OfficialSuffix = "go.kr"
	}
	if c.PublicURL == "" {
		host := c.Addr
		if strings.HasPrefix(host, ":") || strings.HasPrefix(host, "127.0.0.1:") || strings.HasPrefix(host, "0.0.0.0:") {
			host = "localhost" + host[strings.LastIndexByte(host, ':'):]
		}
		c.PublicURL = "http://" + host
	}
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
	if u, err := url.Parse(c.PublicURL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Scheme+"://"+u.Host != c.PublicURL {
		return fmt.Errorf("public URL %q: give scheme and host and nothing else, such as https://maru.example.go.kr", c.PublicURL)
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	return nil
}

// database is the URL that the store opens.
func (c *Config) database() string {
	if c.DB != "" {
		return c.DB
	}
	return filepath.Join(c.Data, "maru.db")
}

// logPath is where the audit log shows its tree to everybody.
const logPath = "/log"

// logOrigin names the audit log as C2SP tlog-tiles asks for: its address
// without scheme.
func (c *Config) logOrigin() string {
	_, host, _ := strings.Cut(c.PublicURL, "://")
	return host + logPath
}

// exchangeName is who asks and answers in the exchange with other bodies.
func (c *Config) exchangeName() string {
	_, host, _ := strings.Cut(c.PublicURL, "://")
	return host
}

func (c *Config) witnesses() ([]audit.Witness, error) {
	var out []audit.Witness
	for _, s := range c.Witnesses {
		w, err := audit.ParseWitness(s)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	if c.Quorum < 0 || c.Quorum > len(out) {
		return nil, fmt.Errorf("witness quorum %d: there are %d witnesses", c.Quorum, len(out))
	}
	return out, nil
}

func (c *Config) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range c.TrustedProxies {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy %q: %w", s, err)
		}
		out = append(out, p)
	}
	return out, nil
}

func (c *Config) logger() *slog.Logger {
	o := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogJSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}
