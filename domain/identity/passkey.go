package identity

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

const (
	maxPasskeys = 20       // an account
	maxAnswer   = 64 << 10 // bytes of an authenticator's answer
)

var (
	// errPasskey is the one answer to everything that does not hold: what was
	// wrong is nobody's business but ours.
	errPasskey    = kernel.E(kernel.Invalid, "identity.passkey.refused", nil)
	errNoPasskeys = kernel.E(kernel.Unavailable, "identity.passkey.off", nil)
)

// Passkey is one of an account's, without its key.
type Passkey struct {
	ID        kernel.ID
	Name      string
	Synced    bool // its owner's devices share it
	Suspect   bool // its counter went back: there may be a copy
	CreatedAt kernel.Time
	UsedAt    kernel.Time // zero for never
}

// relyingParty is this installation as authenticators know it: the host of the
// public URL. An address of loopback is localhost, because passkeys belong to
// names; any other address has none.
func relyingParty(publicURL string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(publicURL)
	if err != nil {
		return nil, fmt.Errorf("identity: public URL: %w", err)
	}
	host := u.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsLoopback() {
		host = "localhost"
		u.Host = host
		if port := portOf(publicURL); port != "" {
			u.Host += ":" + port
		}
	}
	return webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: "Maru", RPOrigins: []string{u.Scheme + "://" + u.Host},
		// Extensions are not asked for; some password managers answer anyway.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
}

func portOf(publicURL string) string {
	u, err := url.Parse(publicURL)
	if err != nil {
		return ""
	}
	return u.Port()
}

// PasskeyHost is the host name under which passkeys work here, "" where they do
// not.
func (s *Service) PasskeyHost() string {
	if s.rp == nil {
		return ""
	}
	return s.rp.Config.RPID
}

// keyOwner is an account as the ceremony knows it.
type keyOwner struct {
	id    kernel.ID
	name  string
	creds []webauthn.Credential
}

func (o keyOwner) WebAuthnID() []byte                         { return []byte(o.id) }
func (o keyOwner) WebAuthnName() string                       { return o.name }
func (o keyOwner) WebAuthnDisplayName() string                { return o.name }
func (o keyOwner) WebAuthnCredentials() []webauthn.Credential { return o.creds }

// passkeyRow is a row of identity_passkey as the ceremony needs it.
type passkeyRow struct {
	id, account kernel.ID
	cred        webauthn.Credential
	created     kernel.Time
}

func passkeyRows(tx *store.Tx, where string, args ...any) ([]passkeyRow, error) {
	rows, err := tx.Query(`SELECT id, account, credential, public_key, aaguid, format, transports, sign_count, backup_eligible, backup_state, created_at
		FROM identity_passkey `+where+` ORDER BY id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []passkeyRow
	for rows.Next() {
		var p passkeyRow
		var transports string
		var count int64
		c := &p.cred
		if err := rows.Scan(&p.id, &p.account, &c.ID, &c.PublicKey, &c.Authenticator.AAGUID, &c.AttestationFormat, &transports, &count,
			&c.Flags.BackupEligible, &c.Flags.BackupState, &p.created); err != nil {
			return nil, err
		}
		c.Authenticator.SignCount, c.Flags.UserVerified = uint32(count), true
		for _, t := range strings.Fields(transports) {
			c.Transport = append(c.Transport, protocol.AuthenticatorTransport(t))
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// PasskeyOptions are what the browser needs to make a passkey for the actor, as
// PublicKeyCredential.parseCreationOptionsFromJSON reads it.
func (s *Service) PasskeyOptions(ctx context.Context, actor authz.Actor) ([]byte, error) {
	if err := actor.Alone(); err != nil {
		return nil, err
	}
	if s.rp == nil {
		return nil, errNoPasskeys
	}
	if actor.Token || actor.Session == "" {
		return nil, kernel.E(kernel.Forbidden, "identity.session_only", nil)
	}
	var owner keyOwner
	var f factors
	err := s.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if f, err = factorsOf(tx, actor.Account); err != nil {
			return err
		}
		owner, err = s.owner(tx, actor.Account)
		return err
	})
	if err != nil {
		return nil, wrap("passkey options", err)
	}
	opt := func(o *protocol.PublicKeyCredentialCreationOptions) error {
		o.Challenge = s.newChallenge(forNewKey, actor.Session)
		o.AuthenticatorSelection = protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired}
		o.Attestation = protocol.PreferNoAttestation
		if f.staff && !f.demo && s.d.Policy.StaffModels != nil {
			o.Attestation = protocol.PreferDirectAttestation
		}
		for _, c := range owner.creds {
			o.CredentialExcludeList = append(o.CredentialExcludeList, c.Descriptor())
		}
		return nil
	}
	creation, _, err := s.rp.BeginRegistration(owner, opt)
	if err != nil {
		return nil, wrap("passkey options", err)
	}
	return json.Marshal(creation.Response)
}

// owner is the account with its passkeys. The name is what the authenticator
// shows when there are several.
func (s *Service) owner(tx *store.Tx, account kernel.ID) (keyOwner, error) {
	a, err := s.accountByID(tx, account)
	if err != nil {
		return keyOwner{}, err
	}
	o := keyOwner{id: account, name: a.Login}
	if o.name == "" {
		o.name = a.Name
	}
	rows, err := passkeyRows(tx, `WHERE account = $1`, string(account))
	for _, r := range rows {
		o.creds = append(o.creds, r.cred)
	}
	return o, err
}

// AddPasskey stores the passkey that an authenticator made for the actor's
// session. first tells that it is the account's first second factor.
func (s *Service) AddPasskey(ctx context.Context, actor authz.Actor, name string, answer []byte) (first bool, err error) {
	if err := actor.Alone(); err != nil {
		return false, err
	}
	if s.rp == nil {
		return false, errNoPasskeys
	}
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n < 1 || n > maxName {
		return false, kernel.E(kernel.Invalid, "identity.check_form", nil).Field("name", "identity.name.length", map[string]any{"max": maxName})
	}
	if len(answer) > maxAnswer {
		return false, errPasskey
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return false, errPasskey
	}
	challenge := parsed.Response.CollectedClientData.Challenge
	ends, err := s.challengeEnds(forNewKey, actor.Session, challenge)
	if err != nil {
		return false, err
	}
	cred, err := s.rp.CreateCredential(keyOwner{id: actor.Account}, webauthn.SessionData{Challenge: challenge, UserID: []byte(actor.Account),
		UserVerification: protocol.VerificationRequired, CredParams: webauthn.CredentialParametersDefault()}, parsed)
	if err != nil {
		s.d.Log.InfoContext(ctx, "passkey refused", "err", err)
		return false, errPasskey
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		if err := spend(tx, challenge, ends); err != nil {
			return err
		}
		f, err := factorsOf(tx, actor.Account)
		if err != nil {
			return err
		}
		if f.passkeys >= maxPasskeys {
			return kernel.E(kernel.Conflict, "identity.passkey.too_many", nil).With("max", maxPasskeys)
		}
		if f.staff && !f.demo {
			if err := s.mayAdd(tx, actor, f, now); err != nil {
				return err
			}
			if err := s.d.Policy.admits(&parsed.Response.AttestationObject, now); err != nil {
				return err
			}
		}
		first = !f.second()
		var taken int64
		if err := tx.QueryRow(`SELECT count(*) FROM identity_passkey WHERE credential = $1`, cred.ID).Scan(&taken); err != nil {
			return err
		}
		if taken > 0 {
			return errPasskey // WebAuthn level 3, section 7.1, step 26: of whomever it is
		}
		id := kernel.NewID(now)
		sealed, err := s.d.Keys.Seal("identity.passkey:"+string(id), []byte(name))
		if err != nil {
			return err
		}
		transports := make([]string, 0, len(cred.Transport))
		for _, t := range cred.Transport {
			if t := string(t); len(t) <= 20 && !strings.ContainsAny(t, " \t\r\n") && len(transports) < 8 {
				transports = append(transports, t)
			}
		}
		_, err = tx.Exec(`INSERT INTO identity_passkey (id, account, credential, public_key, name_sealed, aaguid, format, transports, sign_count,
			backup_eligible, backup_state, suspect_at, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, 0)`,
			string(id), string(actor.Account), cred.ID, cred.PublicKey, sealed, cred.Authenticator.AAGUID, cred.AttestationFormat, strings.Join(transports, " "),
			int64(cred.Authenticator.SignCount), cred.Flags.BackupEligible, cred.Flags.BackupState, int64(now))
		if err != nil {
			return err
		}
		return s.append(tx, actor, "identity.add_passkey", object(actor.Account), "identity.purpose.account")
	})
	return first, wrap("add passkey", err)
}

// mayAdd holds staff who must use passkeys to adding one by one that they have.
// A new account makes its first within the week of its invitation; whoever lost
// all is invited anew, and two operators give the roles again.
func (s *Service) mayAdd(tx *store.Tx, actor authz.Actor, f factors, now kernel.Time) error {
	if !s.d.Policy.staffBound(now) || hasPasskey(actor.Proof.Methods) {
		return nil
	}
	a, err := s.accountByID(tx, actor.Account)
	if err != nil {
		return err
	}
	if f.passkeys == 0 && now < a.CreatedAt.Add(inviteTime) {
		return nil
	}
	return kernel.E(kernel.Forbidden, "identity.passkey.staff_lost", nil)
}

// Passkeys lists the actor's own, the oldest first.
func (s *Service) Passkeys(ctx context.Context, actor authz.Actor) ([]Passkey, error) {
	var out []Passkey
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		rows, err := tx.Query(`SELECT id, name_sealed, backup_eligible, suspect_at, created_at, used_at FROM identity_passkey WHERE account = $1 ORDER BY id`,
			string(actor.Account))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var p Passkey
			var sealed []byte
			var suspect int64
			if err := rows.Scan(&p.ID, &sealed, &p.Synced, &suspect, &p.CreatedAt, &p.UsedAt); err != nil {
				return err
			}
			name, err := s.d.Keys.Open("identity.passkey:"+string(p.ID), sealed)
			if err != nil {
				return err
			}
			p.Name, p.Suspect = string(name), suspect != 0
			out = append(out, p)
		}
		return rows.Err()
	})
	return out, wrap("list passkeys", err)
}

// RemovePasskey removes one of the actor's own; another's is NotFound. The last
// way to sign in stays.
func (s *Service) RemovePasskey(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if err := actor.Alone(); err != nil {
		return err
	}
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(`DELETE FROM identity_passkey WHERE id = $1 AND account = $2`, string(id), string(actor.Account))
		if err != nil {
			return err
		}
		if n == 0 {
			return kernel.E(kernel.NotFound, "identity.passkey.none_such", nil)
		}
		if err := s.stillSafe(tx, actor.Account); err != nil {
			return err
		}
		return s.append(tx, actor, "identity.remove_passkey", object(actor.Account), "identity.purpose.account")
	})
	return wrap("remove passkey", err)
}

// stillSafe refuses the removal of what an account needs: a way to sign in, and
// where staff must use passkeys, a passkey. Without a second factor left, codes
// that stand in for one go too.
func (s *Service) stillSafe(tx *store.Tx, account kernel.ID) error {
	f, err := factorsOf(tx, account)
	if err != nil {
		return err
	}
	if !f.demo && f.passkeys == 0 && (!f.password || f.staff && s.d.Policy.staffBound(s.now())) {
		return kernel.E(kernel.Conflict, "identity.passkey.last", nil)
	}
	if f.second() {
		return nil
	}
	if f.short {
		return kernel.E(kernel.Conflict, "identity.password.longer_first", nil)
	}
	_, err = tx.Exec(`DELETE FROM identity_recovery WHERE account = $1`, string(account))
	return err
}

// SignInOptions are what the browser needs to sign in with any passkey of this
// site, as PublicKeyCredential.parseRequestOptionsFromJSON reads it.
func (s *Service) SignInOptions() ([]byte, error) { return s.requestOptions(forSignIn, "") }

// ConfirmOptions is SignInOptions for confirming within a session.
func (s *Service) ConfirmOptions(actor authz.Actor) ([]byte, error) {
	return s.requestOptions(forConfirm, actor.Session)
}

func (s *Service) requestOptions(purpose string, session kernel.ID) ([]byte, error) {
	if s.rp == nil {
		return nil, errNoPasskeys
	}
	assertion, _, err := s.rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired),
		webauthn.WithChallenge(s.newChallenge(purpose, session)))
	if err != nil {
		return nil, wrap("passkey options", err)
	}
	return json.Marshal(assertion.Response)
}

// SignInPasskey signs in the owner of the passkey that answered; see SignIn.
func (s *Service) SignInPasskey(ctx context.Context, answer []byte, old string, from Client) (secret string, actor authz.Actor, err error) {
	bound := perHour("passkey-address", from.IP, 600)
	if err := s.count(ctx, bound); err != nil {
		return "", authz.Actor{}, err
	}
	k, err := s.prove(ctx, forSignIn, "", answer)
	if err != nil {
		return "", authz.Actor{}, err
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		if err := s.forgive(tx, bound); err != nil {
			return err
		}
		m, err := k.use(tx, now)
		if err != nil {
			return err
		}
		secret, actor, err = s.enter(tx, now, k.account, old, from, m)
		return err
	})
	if err != nil {
		return "", authz.Actor{}, wrap("sign in with a passkey", err)
	}
	if old != "" {
		s.cache.drop(actor.Account)
	}
	return secret, actor, nil
}

// proven is a passkey whose answer holds.
type proven struct {
	passkeyRow
	counted uint32 // the counter before
}

// prove checks an authenticator's answer to a challenge. The challenge is spent
// whatever comes of it. A counter that went back means that the key may have
// been copied: that is noted, and the answer is refused.
func (s *Service) prove(ctx context.Context, purpose string, session kernel.ID, answer []byte) (proven, error) {
	if s.rp == nil {
		return proven{}, errNoPasskeys
	}
	if len(answer) > maxAnswer {
		return proven{}, errPasskey
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return proven{}, errPasskey
	}
	challenge := parsed.Response.CollectedClientData.Challenge
	ends, err := s.challengeEnds(purpose, session, challenge)
	if err != nil {
		return proven{}, err
	}
	var p proven
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := spend(tx, challenge, ends); err != nil {
			return err
		}
		rows, err := passkeyRows(tx, `WHERE credential = $1`, []byte(parsed.RawID))
		if err == nil && len(rows) == 1 {
			p.passkeyRow = rows[0]
		}
		return err
	})
	if err != nil {
		return proven{}, wrap("passkey", err)
	}
	if p.id == "" {
		return proven{}, errPasskey
	}
	p.counted = p.cred.Authenticator.SignCount
	find := func(_, handle []byte) (webauthn.User, error) {
		if string(handle) != string(p.account) {
			return nil, sql.ErrNoRows
		}
		return keyOwner{id: p.account, creds: []webauthn.Credential{p.cred}}, nil
	}
	cred, err := s.rp.ValidateDiscoverableLogin(find, webauthn.SessionData{Challenge: challenge, UserVerification: protocol.VerificationRequired}, parsed)
	if err != nil {
		s.d.Log.InfoContext(ctx, "passkey refused", "err", err)
		return proven{}, errPasskey
	}
	p.cred = *cred
	if cred.Authenticator.CloneWarning {
		return proven{}, s.suspect(ctx, p)
	}
	return p, nil
}

// suspect notes that a passkey's counter went back.
func (s *Service) suspect(ctx context.Context, p proven) error {
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(`UPDATE identity_passkey SET suspect_at = $1 WHERE id = $2`, int64(s.now()), string(p.id)); err != nil {
			return err
		}
		actor, err := s.actor(tx, p.account, s.now())
		if err != nil {
			return err
		}
		return s.append(tx, actor, "identity.passkey_suspect", object(p.account), "identity.purpose.account")
	})
	if err != nil {
		return wrap("suspect passkey", err)
	}
	return kernel.E(kernel.Invalid, "identity.passkey.suspect", nil)
}

// use stores the counter and what the key said of itself. Of two answers with
// the same counter before them, one wins.
func (p proven) use(tx *store.Tx, now kernel.Time) (means, error) {
	n, err := tx.Exec(`UPDATE identity_passkey SET sign_count = $1, backup_state = $2, used_at = $3 WHERE id = $4 AND sign_count = $5`,
		int64(p.cred.Authenticator.SignCount), p.cred.Flags.BackupState, int64(now), string(p.id), int64(p.counted))
	if err != nil {
		return means{}, err
	}
	if n == 0 {
		return means{}, errPasskey
	}
	method := methodHardware
	if p.cred.Flags.BackupEligible {
		method = methodSynced
	}
	return means{2, []string{method, methodUser}, p.created}, nil
}

// hasPasskey tells whether a proof was by passkey.
func hasPasskey(methods []string) bool {
	return slices.Contains(methods, methodHardware) || slices.Contains(methods, methodSynced)
}
