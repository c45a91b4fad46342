-- Who holds a role at an agency, and which roles ran out.
CREATE INDEX identity_grant_holders ON identity_grant (agency, role) WHERE state = 'active';
CREATE INDEX identity_grant_expiry ON identity_grant (expires_at) WHERE state = 'active' AND expires_at > 0;
