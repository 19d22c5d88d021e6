-- Up Migration
-- What the last look told of a target; the next one is compared with it.
create table target_facts (
  target text primary key,
  seen_at bigint not null,
  facts jsonb not null
);

create table target_changes (
  target text not null,
  service text not null,
  at bigint not null,
  what text not null,
  primary key (target, at, what)
);
create index target_changes_at on target_changes (at);

-- Down Migration
drop table target_changes, target_facts;
