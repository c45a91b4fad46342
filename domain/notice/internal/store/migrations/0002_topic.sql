-- A message may tell of a step of a life event, which is no application.
ALTER TABLE notice_message ADD COLUMN topic TEXT NOT NULL DEFAULT '';
