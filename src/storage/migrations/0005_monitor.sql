-- Up Migration
-- What the monitor measures, by a number: a sample is then a third of its size. Samples of before are not kept.
create table sample_series (
  id integer primary key generated always as identity,
  target text not null,
  metric text not null,
  service text not null,
  unit text not null,
  unique (target, metric)
);
drop table samples;
create table samples (
  at bigint not null,
  series integer not null,
  value double precision not null
) partition by range (at);
create index samples_series on samples (series, at);

-- Roll-ups: `at` is the beginning of the span.
create table samples_5m (
  at bigint not null,
  series integer not null,
  count integer not null,
  mean double precision not null,
  lowest double precision not null,
  highest double precision not null,
  primary key (series, at)
) partition by range (at);
create table samples_1h (
  at bigint not null,
  series integer not null,
  count integer not null,
  mean double precision not null,
  lowest double precision not null,
  highest double precision not null,
  primary key (series, at)
) partition by range (at);

-- How far periodic work has come, or when it was last done.
create table upkeep (
  name text primary key,
  at bigint not null
);

-- One row for each thing that the monitor looks at; the lease keeps two workers from the same target.
create table monitor_targets (
  target text not null,
  probe text not null,
  service text not null,
  leased_until bigint not null default 0,
  measured_at bigint,
  failed_at bigint,
  reason text,
  message text,
  primary key (target, probe)
);

-- Where each rule of each target stands; rules that are inactive and have nothing to remember have no row.
create table monitor_alerts (
  target text not null,
  rule text not null,
  state jsonb not null,
  -- The alert that was sent as firing, to end it with even when its target is gone.
  sent jsonb,
  primary key (target, rule)
);

-- The usual values. `slot` is the hour of the week (0: Monday, midnight to one), -1 all hours.
create table baselines (
  series integer not null references sample_series (id) on delete cascade,
  slot smallint not null,
  median double precision not null,
  mad double precision not null,
  points integer not null,
  weeks integer not null,
  computed_at bigint not null,
  primary key (series, slot)
);

-- Down Migration
drop table baselines, monitor_alerts, monitor_targets, upkeep, samples_1h, samples_5m, samples, sample_series;
create table samples (
  at bigint not null,
  target text not null,
  metric text not null,
  service text not null,
  unit text not null,
  value double precision not null
) partition by range (at);
create index samples_series on samples (target, metric, at);
