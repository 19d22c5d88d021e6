-- Up Migration
-- Times are milliseconds since the epoch (bigint), as everywhere in the engine.

create table deliveries (
  id text primary key,
  sender text not null,
  received_at bigint not null,
  handled_at bigint,
  -- The batch without its alerts, and its alerts with their duplicate mark.
  batch jsonb not null,
  alerts jsonb not null
);
create index deliveries_unhandled on deliveries (received_at) where handled_at is null;

-- Every alert once: the same fingerprint, status and start again is counted.
create table alert_occurrences (
  sender text not null,
  fingerprint text not null,
  status text not null,
  starts_at bigint not null,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  duplicates integer not null default 0,
  primary key (sender, fingerprint, status, starts_at)
);

create table alert_groups (
  id text primary key,
  identity text not null,
  state text not null,
  service text,
  started_at bigint not null,
  body jsonb not null
);
create index alert_groups_identity on alert_groups (identity, started_at desc);
create index alert_groups_recent on alert_groups (started_at desc);

create table group_alerts (
  group_id text not null references alert_groups (id) on delete cascade,
  fingerprint text not null,
  starts_at bigint not null,
  resolved boolean not null,
  body jsonb not null,
  primary key (group_id, fingerprint)
);

create table runs (
  id text primary key,
  playbook text not null,
  service text,
  trigger jsonb not null,
  state text not null,
  created_at bigint not null,
  deadline_at bigint not null,
  finished_at bigint,
  report jsonb,
  failure text
);
create index runs_recent on runs (created_at desc);
create index runs_unfinished on runs (created_at) where state not in ('finished', 'failed');

create table run_steps (
  run_id text not null references runs (id) on delete cascade,
  step integer not null,
  title text not null,
  probe text not null,
  target jsonb not null,
  params jsonb not null,
  timeout_ms double precision not null,
  state text not null,
  evidence jsonb,
  primary key (run_id, step)
);

create table run_charts (
  run_id text not null references runs (id) on delete cascade,
  chart_id text not null,
  title text not null,
  alt text not null,
  png bytea not null,
  primary key (run_id, chart_id)
);

create table outbox (
  key text primary key,
  channel text not null,
  thread_of text,
  position bigint not null,
  message jsonb not null,
  revision integer not null default 1,
  -- Revision that the messenger has; one that was given up counts as settled.
  sent_revision integer not null default 0,
  settled_revision integer not null default 0,
  address_channel text,
  address_ts text,
  not_before bigint not null,
  lease_until bigint not null default 0,
  sending_since bigint,
  attempts integer not null default 0,
  file_ids text[] not null default '{}',
  error text,
  created_at bigint not null
);
create index outbox_due on outbox (not_before) where settled_revision < revision;
create index outbox_thread on outbox (thread_of, position);

-- Theoretical arrival time of the next post to a channel (generic cell rate algorithm).
create table channel_budgets (
  channel text primary key,
  next_at bigint not null
);

create table samples (
  at bigint not null,
  target text not null,
  metric text not null,
  service text not null,
  unit text not null,
  value double precision not null
) partition by range (at);
create index samples_series on samples (target, metric, at);

-- Down Migration
drop table samples, channel_budgets, outbox, run_charts, run_steps, runs, group_alerts, alert_groups, alert_occurrences, deliveries;
