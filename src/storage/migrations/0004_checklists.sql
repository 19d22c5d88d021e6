-- Up Migration
create table checklist_schedules (
  id text primary key,
  settled_until bigint not null,
  paused_by text,
  skip_next_by text
);

create table checklist_rounds (
  id text primary key,
  checklist text not null,
  channel text not null,
  schedule text,
  due_at bigint not null,
  created_at bigint not null,
  state text not null,
  -- When open items are reminded of; null when they are not, or were.
  remind_at bigint,
  body jsonb not null,
  -- Two workers, or a scheduler that fires twice, post one round.
  unique (schedule, due_at)
);
create index checklist_rounds_recent on checklist_rounds (checklist, channel, created_at desc);
create index checklist_rounds_filling on checklist_rounds (created_at) where state = 'filling';
create index checklist_rounds_remind on checklist_rounds (remind_at) where state = 'open' and remind_at is not null;

-- The last press of each person on each element: Slack sends all ticks, so the next press is compared with it.
create table checklist_presses (
  round_id text not null references checklist_rounds (id) on delete cascade,
  element text not null,
  user_id text not null,
  ticked integer[] not null,
  primary key (round_id, element, user_id)
);

-- Down Migration
drop table checklist_presses, checklist_rounds, checklist_schedules;
