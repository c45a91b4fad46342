-- A bundle is a set of drafts of one life event that are answered and handed in
-- together. It holds ids only: what people answer stands in the drafts. fate
-- tells why a draft is not part of the bundle any more, '' while it is.
CREATE TABLE casework_bundle (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    event TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    submitted_at BIGINT NOT NULL
);
CREATE INDEX casework_bundle_account ON casework_bundle (account, event);
CREATE INDEX casework_bundle_old ON casework_bundle (status, updated_at);

CREATE TABLE casework_bundle_member (
    application TEXT PRIMARY KEY,
    bundle TEXT NOT NULL,
    service TEXT NOT NULL,
    place BIGINT NOT NULL,
    fate TEXT NOT NULL
);
CREATE INDEX casework_bundle_member_bundle ON casework_bundle_member (bundle, place);
