-- Up Migration
-- When a checklist comes in a channel, as somebody set it in Slack; it takes the place of what the file says.
create table checklist_edits (
  checklist text not null,
  channel text not null,
  cron text not null,
  timezone text not null,
  paused boolean not null,
  edited_by text not null,
  edited_at bigint not null,
  primary key (checklist, channel)
);

-- A pause that ends by itself; null: it does not.
alter table checklist_schedules add column paused_until bigint;

-- Down Migration
alter table checklist_schedules drop column paused_until;
drop table checklist_edits;
