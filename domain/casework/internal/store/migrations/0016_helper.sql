-- Whose account began an application for the person under a mandate: some
-- mandates show their holder nothing else. '' where nobody did.
ALTER TABLE casework_application ADD COLUMN helper TEXT NOT NULL DEFAULT '';
