-- Up Migration
-- What tells a series from others of the same target and metric, for example a file system or a route; empty: the whole target.
alter table sample_series add column label text not null default '';
alter table sample_series drop constraint sample_series_target_metric_key;
alter table sample_series add unique (target, metric, label);

-- The counters of pg_stat_statements at the last look; the next look is compared with them.
create table statement_counters (
  target text primary key,
  at bigint not null,
  body jsonb not null
);

-- Each statement of a database once. An empty `queryid` stands for all statements that are not kept by themselves.
create table statements (
  id integer primary key generated always as identity,
  target text not null,
  database text not null,
  queryid text not null,
  service text not null,
  -- Without values; null where the role may not see it.
  query text,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  unique (target, database, queryid)
);
create index statements_last_seen on statements (last_seen_at);

-- What each statement did from `at` until the next look, about an hour.
create table statement_hours (
  at bigint not null,
  statement integer not null,
  calls double precision not null,
  total_ms double precision not null,
  rows double precision not null,
  primary key (statement, at)
) partition by range (at);

-- Down Migration
drop table statement_hours, statements, statement_counters;
delete from sample_series where label <> '';
alter table sample_series drop constraint sample_series_target_metric_label_key;
alter table sample_series add unique (target, metric);
alter table sample_series drop column label;
