package authority

// Paths of the endpoints.
const (
	authorizePath  = "/openid/authorize"
	pushPath       = "/openid/par"
	tokenPath      = "/openid/token"
	userinfoPath   = "/openid/userinfo"
	revokePath     = "/openid/revoke"
	introspectPath = "/openid/introspect"
	keysPath       = "/openid/keys"
	logoutPath     = "/openid/sign-out"
)

// metadata describes the server (OpenID Connect Discovery section 3, RFC 8414).
func (s *Service) metadata() map[string]any {
	at := func(path string) string { return s.d.Issuer + path }
	var levels []string
	for _, l := range s.d.Sessions.Levels() {
		levels = append(levels, levelName(l))
	}
	methods, algorithms := []string{"private_key_jwt", "none"}, []string{}
	for _, a := range signatures {
		algorithms = append(algorithms, string(a))
	}
	return map[string]any{
		"issuer":                                                   s.d.Issuer,
		"authorization_endpoint":                                   at(authorizePath),
		"pushed_authorization_request_endpoint":                    at(pushPath),
		"token_endpoint":                                           at(tokenPath),
		"userinfo_endpoint":                                        at(userinfoPath),
		"revocation_endpoint":                                      at(revokePath),
		"introspection_endpoint":                                   at(introspectPath),
		"end_session_endpoint":                                     at(logoutPath),
		"jwks_uri":                                                 at(keysPath),
		"scopes_supported":                                         Scopes,
		"response_types_supported":                                 []string{"code"},
		"response_modes_supported":                                 []string{"query"},
		"grant_types_supported":                                    []string{"authorization_code", "refresh_token"},
		"subject_types_supported":                                  []string{"pairwise"},
		"id_token_signing_alg_values_supported":                    []string{"ES256"},
		"token_endpoint_auth_methods_supported":                    methods,
		"revocation_endpoint_auth_methods_supported":               methods,
		"introspection_endpoint_auth_methods_supported":            []string{"private_key_jwt"},
		"token_endpoint_auth_signing_alg_values_supported":         algorithms,
		"revocation_endpoint_auth_signing_alg_values_supported":    algorithms,
		"introspection_endpoint_auth_signing_alg_values_supported": algorithms,
		"dpop_signing_alg_values_supported":                        algorithms,
		"code_challenge_methods_supported":                         []string{"S256"},
		"acr_values_supported":                                     levels,
		"prompt_values_supported":                                  []string{"none", "login", "consent", "select_account"},
		"claims_supported":                                         []string{"sub", "name", "auth_time", "acr", "amr", "nonce", "sid", "at_hash"},
		"ui_locales_supported":                                     []string{"ko", "en"},
		"claims_parameter_supported":                               false,
		"request_parameter_supported":                              true, // signed ones
		"request_object_signing_alg_values_supported":              algorithms,
		"require_signed_request_object":                            false, // as registered
		"backchannel_logout_supported":                             true,
		"backchannel_logout_session_supported":                     true,
		"protected_resources":                                      []string{at(resourceAPI), at(resourceTools)},
		"request_uri_parameter_supported":                          true, // pushed ones only
		"authorization_response_iss_parameter_supported":           true,
		"service_documentation":                                    at("/api/openapi.json"),
	}
}

// resource describes what tokens are for to apps (RFC 9728).
func (s *Service) resource(path string) map[string]any {
	scopes, doc := apiScopes, s.d.Issuer+"/api/openapi.json"
	if path == resourceTools {
		scopes, doc = toolScopes, s.d.Issuer+"/.well-known/openid-configuration"
	}
	return map[string]any{
		"resource":                          s.d.Issuer + path,
		"authorization_servers":             []string{s.d.Issuer},
		"scopes_supported":                  scopes,
		"bearer_methods_supported":          []string{"header"},
		"dpop_signing_alg_values_supported": []string{string(signatures[0]), string(signatures[1])},
		"resource_documentation":            doc,
	}
}
