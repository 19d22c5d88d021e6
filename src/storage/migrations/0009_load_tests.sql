-- Up Migration
create table load_tests (
  id text primary key,
  service text not null,
  profile text not null,
  plan jsonb not null,
  state text not null,
  requested_by text not null,
  channel text not null,
  created_at bigint not null,
  -- Until then its worker is alive; null while no worker has it.
  lease_until bigint,
  stop_requested_by text,
  finished_at bigint,
  result jsonb,
  stop jsonb
);
-- Two tests at once would measure each other.
create unique index load_tests_running on load_tests (service) where state = 'running';
create index load_tests_before on load_tests (service, profile, created_at desc);

-- Down Migration
drop table load_tests;
