package authority

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"

	"maru/kernel"
)

// leaving is a sign-out that a client asked for.
type leaving struct {
	client *Client // nil when none is known
	to     string  // where to go afterwards, "" for our own page
}

// leave reads a client's wish to sign the person out (OpenID Connect
// RP-Initiated Logout 1.0). The hint may be over, but must be ours; without a
// client that registered it, no address is followed.
func (s *Service) leave(ctx context.Context, form url.Values) (leaving, error) {
	if err := single(form); err != nil {
		return leaving{}, err
	}
	id := form.Get("client_id")
	if hint := form.Get("id_token_hint"); hint != "" {
		payload, ok := s.opened(ctx, hint)
		var c struct {
			Aud string `json:"aud"`
		}
		if !ok || json.Unmarshal(payload, &c) != nil || id != "" && c.Aud != id {
			return leaving{}, fault(400, "invalid_request", "the hint is not an ID token of ours for this client")
		}
		id = c.Aud
	}
	if id == "" {
		return leaving{}, nil
	}
	c, err := s.active(ctx, id)
	if kernel.Is(err, kernel.NotFound) {
		return leaving{}, fault(400, "invalid_request", "there is no such client")
	}
	if err != nil {
		return leaving{}, err
	}
	l := leaving{client: c}
	if to := form.Get("post_logout_redirect_uri"); to != "" {
		u, err := url.Parse(to)
		if err != nil || !slices.Contains(c.LogoutURIs, to) {
			return leaving{}, fault(400, "invalid_request", "post_logout_redirect_uri is not one that is registered")
		}
		if state := form.Get("state"); state != "" {
			q := u.Query()
			q.Set("state", state)
			u.RawQuery = q.Encode()
		}
		l.to = u.String()
	}
	return l, nil
}
