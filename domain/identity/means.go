package identity

import (
	"slices"
	"strings"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Methods of proof, in the words of RFC 8176 where it has one.
const (
	methodPassword = "pwd"
	methodHardware = "hwk"  // a passkey that stays on its device
	methodSynced   = "swk"  // a passkey that its owner's devices share
	methodUser     = "user" // the device verified its user: fingerprint, face, PIN
	methodCode     = "otp"
	methodRecovery = "rcv"
	methodMobile   = "mid" // the mobile ID that the account was proven with, or could have been
	methodTryOut   = "demo"
)

// freshTime is how recent a proof must be for an act that asks for one.
const freshTime = 5 * time.Minute

// means is how somebody just proved who they are.
type means struct {
	level   int      // AAL of NIST SP 800-63B-4
	methods []string // as above
	since   kernel.Time
}

func byPassword(now kernel.Time) means { return means{1, []string{methodPassword}, now} }

// and is a second factor after a first.
func (m means) and(second means) means {
	return means{2, append(slices.Clone(m.methods), second.methods...), second.since}
}

// limits are how long a session of an account may rest and last: NIST SP
// 800-63B-4 section 2.2.3 for residents, shorter for staff, who see others'
// affairs.
func limits(staff bool) (idle, most time.Duration) {
	if staff {
		return staffIdle, staffMost
	}
	return residentIdle, residentMost
}

// factors are what an account can prove itself with.
type factors struct {
	staff, demo  bool
	password     bool
	short        bool // the password may not stand alone
	passkeys     int64
	code         bool // codes of an app
	recovery     int64
	coolingUntil kernel.Time
}

// second tells whether the password alone does not sign in.
func (f factors) second() bool { return f.passkeys > 0 || f.code }

func factorsOf(tx *store.Tx, account kernel.ID) (factors, error) {
	var f factors
	var kind, password, demo string
	var codes int64
	err := tx.QueryRow(`SELECT kind, password, password_short, demo, cooling_until,
		(SELECT count(*) FROM identity_passkey WHERE account = $1),
		(SELECT count(*) FROM identity_totp WHERE account = $1 AND confirmed_at > 0),
		(SELECT count(*) FROM identity_recovery WHERE account = $1 AND used_at = 0)
		FROM identity_account WHERE id = $1`, string(account)).Scan(&kind, &password, &f.short, &demo, &f.coolingUntil, &f.passkeys, &codes, &f.recovery)
	f.staff, f.password, f.demo, f.code = kind == kindStaff, password != "", demo != "", codes > 0
	return f, absent(err, "identity.no_account")
}

// fresh tells whether a session proved itself a short while ago with the
// strongest that its account has. An app's code will do for residents beside
// passkeys, because passkeys need script; staff use the passkey they have. A
// recovery code stands for what was lost.
func (f factors) fresh(a authz.Actor, now kernel.Time) bool {
	has := func(m string) bool { return slices.Contains(a.Proof.Methods, m) }
	if has(methodTryOut) {
		return true
	}
	if now >= a.Proof.At.Add(freshTime) {
		return false
	}
	switch {
	case has(methodHardware) || has(methodSynced) || has(methodRecovery):
		return true
	case has(methodMobile):
		return !f.staff
	case has(methodCode):
		return f.passkeys == 0 || !f.staff
	}
	return !f.second()
}

// cooling tells whether an act that weighs most must wait: the account was
// recovered not long ago, and what the session proved itself with is younger.
func (f factors) cooling(a authz.Actor, now kernel.Time) bool {
	return now < f.coolingUntil && a.Proof.Since >= f.coolingUntil.Add(-coolingTime)
}

func joinMethods(m []string) string { return strings.Join(m, " ") }
