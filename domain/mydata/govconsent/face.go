package govconsent

import (
	"context"
	"crypto/sha1" //nolint:gosec // the interface prescribes it for the hash of a revision; nothing rests on it here
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/prescribed"
)

// Prefix is where the interface is.
const Prefix = "/govstack/consent/v1"

// Agreement is what can be agreed to.
type Agreement struct {
	ID, Version string
	Title       kernel.Text
	Recipient   kernel.Text
	Items       []Item
	KeptYears   int
}

// Item is one thing that is read.
type Item struct {
	ID, Sensitivity string
	Title           kernel.Text
}

// Agreements knows what can be agreed to.
type Agreements interface {
	// Agreement is NotFound where there is none of that id.
	Agreement(ctx context.Context, id string) (Agreement, error)
	// Agreements lists all in a fixed order.
	Agreements(ctx context.Context) ([]Agreement, error)
}

// Consents are mydata's.
type Consents interface {
	Propose(ctx context.Context, actor authz.Actor, service, pack string) (contract.Consent, error)
	Grant(ctx context.Context, actor authz.Actor, service, pack string) (contract.Consent, error)
	Consents(ctx context.Context, actor authz.Actor) ([]contract.Consent, error)
	Withdraw(ctx context.Context, actor authz.Actor, id kernel.ID) (contract.Consent, error)
	// Audited lists everybody's for an auditor, whose looking it logs; id "" for
	// all.
	Audited(ctx context.Context, actor authz.Actor, id kernel.ID, offset, limit int) ([]contract.Consent, error)
	Now() kernel.Time
}

// Deps are what the face stands on.
type Deps struct {
	Agreements   Agreements
	Consents     Consents
	Authenticate func(ctx context.Context, token string) (authz.Actor, error)
	Policy       Policy
	Log          *slog.Logger
}

// Face serves the interface.
type Face struct {
	*prescribed.Face
	d Deps
}

// New makes the face.
func New(d Deps) *Face {
	f := &Face{d: d, Face: prescribed.New(prescribed.Config{Prefix: Prefix, Slash: true, Authenticate: d.Authenticate, Log: d.Log,
		// The description knows no 404 and no 409.
		Statuses: map[kernel.Kind]int{kernel.NotFound: http.StatusBadRequest, kernel.Conflict: http.StatusBadRequest},
		Word:     func(status int, err error) any { return object{"status": status, "message": reason(err)} }})}
	f.routes()
	return f
}

// object is a JSON object.
type object = map[string]any

// call is one request with who makes it.
type call struct {
	*http.Request
	actor authz.Actor
}

type handler func(c call) (object, error)

// Who may call an operation.
const (
	anybody = iota
	person  // with a token of their own
	auditor
)

// errNot is 400: the interface has it, we have not.
func errNot(why string) error {
	return kernel.E(kernel.Invalid, "", errors.New(why))
}

var (
	errPack    = errNot("agreements and policies are changed by a pack that two people put into force, not by a call")
	errPeople  = errNot("individuals come from the identity service")
	errHooks   = errNot("this installation calls nobody back")
	errSigned  = errNot("a consent record is signed when it is given, and not afterwards")
	errUnknown = errNot("no such object")
)

func never(err error) handler { return func(call) (object, error) { return nil, err } }

func (f *Face) handle(method, path string, who int, h handler) {
	f.Handle(method, path, func(r *http.Request) (int, any, error) {
		c := call{Request: r}
		if err := f.admit(&c, who); err != nil {
			return 0, nil, err
		}
		out, err := h(c)
		if out == nil {
			out = object{}
		}
		return http.StatusOK, out, err
	})
}

func (f *Face) admit(c *call, who int) (err error) {
	if who == anybody {
		return nil
	}
	if c.actor, err = f.Caller(c.Request); err != nil {
		return err
	}
	if who != auditor {
		return nil
	}
	if !c.actor.Has(authz.Auditor) {
		return kernel.E(kernel.Forbidden, "", nil)
	}
	return c.actor.Require(authz.ScopeAdmin)
}

// reason is what a caller is told: only what this package says itself.
func reason(err error) string {
	for _, known := range []error{errPack, errPeople, errHooks, errSigned, errUnknown} {
		if errors.Is(err, known) {
			return errors.Unwrap(known).Error()
		}
	}
	return kernel.KindOf(err).String()
}

// body reads one object of the request by its name.
func (c call) body(name string) (object, error) {
	var all object
	if err := prescribed.Body(c.Request, &all); err != nil {
		return nil, err
	}
	out, ok := all[name].(object)
	if !ok {
		return nil, kernel.E(kernel.Invalid, "", errors.New("no "+name))
	}
	return out, nil
}

// window is the part of a list that offset and limit ask for.
func window[T any](c call, list []T) ([]T, error) {
	offset, limit, err := c.window()
	if err != nil {
		return nil, err
	}
	list = list[min(offset, len(list)):]
	return list[:min(limit, len(list))], nil
}

func (c call) window() (offset, limit int, err error) {
	read := func(name string, otherwise, most int) int {
		text := c.URL.Query().Get(name)
		if text == "" {
			return otherwise
		}
		n, aerr := strconv.Atoi(text)
		if aerr != nil || n < 0 || n > most {
			err = kernel.E(kernel.Invalid, "", errors.New(name+" is no number that will do"))
		}
		return n
	}
	offset, limit = read("offset", 0, 1<<30), read("limit", 100, 1000)
	return offset, limit, err
}

// revision is a state of an object: what it was, and a hash over that. The same
// state has the same hash, after a restart too.
func revision(kind, id string, data object, at string) object {
	snapshot, err := json.Marshal(object{"objectData": data, "schemaName": kind, "objectId": id, "signedWithoutObjectId": false,
		"authorizedByIndividual": nil, "authorizedByOther": "pack"})
	if err != nil {
		return object{} // a map of texts always encodes
	}
	sum := sha1.Sum(snapshot) //nolint:gosec // as above
	hash := hex.EncodeToString(sum[:])
	return object{"id": hash, "schemaName": kind, "objectId": id, "signedWithoutObjectId": false, "serializedSnapshot": string(snapshot), "serializedHash": hash,
		"timestamp": at, "authorizedByOther": "pack"}
}
