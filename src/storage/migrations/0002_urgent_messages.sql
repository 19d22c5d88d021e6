-- Up Migration
-- An urgent change that comes while an older revision is being sent must not wait for the pause between edits.
alter table outbox add column urgent boolean not null default false;

-- Down Migration
alter table outbox drop column urgent;
