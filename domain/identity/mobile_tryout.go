package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"

	"maru/kernel"
	"maru/platform/crypto"
)

// tryOutID plays a mobile ID in the try-out world: a page on which anybody is
// anybody. It does not exist on a server.
type tryOutID struct {
	keys  *crypto.Keys
	world DemoWorld
}

// tryOutPath is its page.
const tryOutPath = "/demo/mobile-id"

// tryOutAnswer is sealed into the answer, so that even sample people do not
// stand in addresses.
type tryOutAnswer struct {
	Challenge string `json:"challenge"`
	Person    string `json:"person"`
}

func (tryOutID) Start(_ context.Context, challenge, back string) (string, error) {
	return tryOutPath + "?" + url.Values{"challenge": {challenge}, "back": {back}}.Encode(), nil
}

const tryOutContext = "identity.mobile_try_out"

// answer is what the played phone sends for a person.
func (m tryOutID) answer(challenge, person string) (string, error) {
	plain, err := json.Marshal(tryOutAnswer{challenge, person})
	if err != nil {
		return "", err
	}
	sealed, err := m.keys.Seal(tryOutContext, plain)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

func (m tryOutID) Present(ctx context.Context, challenge, answer string) (Presented, error) {
	refused := kernel.E(kernel.Invalid, "identity.mobile.refused", nil)
	sealed, err := base64.RawURLEncoding.DecodeString(answer)
	if err != nil {
		return Presented{}, refused
	}
	plain, err := m.keys.Open(tryOutContext, sealed)
	var a tryOutAnswer
	if err != nil || json.Unmarshal(plain, &a) != nil || a.Challenge != challenge {
		return Presented{}, refused
	}
	facts, ok, err := m.world.Card(ctx, a.Person)
	if err != nil {
		return Presented{}, wrap("sample card", err)
	}
	if !ok {
		return Presented{}, refused
	}
	return Presented{Facts: facts, Identity: 2, Level: 2}, nil
}
