package authority

import (
	"net/http"
	"slices"
	"strings"

	"maru/platform/authz"
)

// What tokens are for (RFC 8707): a token for one is of no use at the other. The
// address of a resource is the issuer with this path.
const (
	resourceAPI   = "/api/v1"
	resourceTools = "/mcp"
)

// resources are all there are; where a request names none, the first that its
// scopes belong to.
var resources = []string{resourceAPI, resourceTools}

var (
	apiScopes  = []string{authz.ScopeApplications, authz.ScopeDesk, authz.ScopeAdmin}
	toolScopes = []string{authz.ScopeToolStatus, authz.ScopeToolBenefits, authz.ScopeToolForms}
)

// scopesAt are those of scopes that mean something at a resource.
func scopesAt(resource string, scopes []string) []string {
	other := toolScopes
	if resource == resourceTools {
		other = apiScopes
	}
	return slices.DeleteFunc(slices.Clone(scopes), func(x string) bool { return slices.Contains(other, x) })
}

var invalidTarget = fault(http.StatusBadRequest, "invalid_target", "resource is none of ours")

// resourcesOf reads the parameter resource: addresses of ours, without doubles.
func resourcesOf(issuer string, asked []string) ([]string, error) {
	var out []string
	for _, x := range asked {
		path, ok := strings.CutPrefix(strings.TrimSuffix(x, "/"), issuer)
		if !ok || !slices.Contains(resources, path) {
			return nil, invalidTarget
		}
		if !slices.Contains(out, path) {
			out = append(out, path)
		}
	}
	return out, nil
}

// meant are the resources that scopes belong to, where none is named.
func meant(scopes []string) []string {
	tools := slices.ContainsFunc(scopes, func(x string) bool { return slices.Contains(toolScopes, x) })
	api := slices.ContainsFunc(scopes, func(x string) bool { return slices.Contains(apiScopes, x) })
	switch {
	case tools && api:
		return resources
	case tools:
		return []string{resourceTools}
	}
	return []string{resourceAPI}
}

// target is what an access token of the grant will be for: what the token
// request names, or the first of the grant's.
func (g *grant) target(issuer string, asked []string) (string, error) {
	named, err := resourcesOf(issuer, asked)
	switch {
	case err != nil:
		return "", err
	case len(named) == 0:
		return g.Resources[0], nil
	case len(named) > 1 || !slices.Contains(g.Resources, named[0]):
		return "", fault(http.StatusBadRequest, "invalid_target", "name one resource, of those that the person was asked for")
	}
	return named[0], nil
}
