-- Up Migration
create table silences (
  id text primary key,
  matchers jsonb not null,
  reason text not null,
  created_by text not null,
  channel text not null,
  created_at bigint not null,
  ends_at bigint not null,
  ended_at bigint,
  ended_by text,
  on_card boolean not null,
  -- When its end was told; null before.
  settled_at bigint
);
create index silences_unsettled on silences (ends_at) where settled_at is null;

-- Firing alerts that a silence holds back, until it is over or they are.
create table held_alerts (
  lane text not null,
  fingerprint text not null,
  held_at bigint not null,
  -- The delivery that they came with, without its alerts.
  batch jsonb not null,
  alert jsonb not null,
  primary key (lane, fingerprint)
);

-- Down Migration
drop table held_alerts;
drop table silences;
