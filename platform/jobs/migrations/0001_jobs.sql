-- A row is a job that still has to run, is running, or has died. Finished jobs leave.
CREATE TABLE jobs_job (
	id          TEXT PRIMARY KEY,
	kind        TEXT NOT NULL,
	payload     TEXT NOT NULL,              -- JSON, ids only
	unique_key  TEXT,                       -- at most one waiting job for each kind and key
	state       TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'dead')),
	run_at      BIGINT NOT NULL,
	attempt     BIGINT NOT NULL DEFAULT 0,  -- tries begun since it was enqueued or retried
	fence       BIGINT NOT NULL DEFAULT 0,  -- claims ever made: whoever holds an older one has lost the job
	lease_until BIGINT NOT NULL DEFAULT 0,
	created_at  BIGINT NOT NULL,
	failed_at   BIGINT NOT NULL DEFAULT 0,
	error_kind  TEXT NOT NULL DEFAULT '',
	error_key   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX jobs_job_due ON jobs_job (run_at) WHERE state = 'waiting';
CREATE INDEX jobs_job_lease ON jobs_job (lease_until) WHERE state = 'running';
CREATE INDEX jobs_job_dead ON jobs_job (failed_at) WHERE state = 'dead';
CREATE UNIQUE INDEX jobs_job_unique ON jobs_job (kind, unique_key) WHERE state = 'waiting' AND unique_key IS NOT NULL;
