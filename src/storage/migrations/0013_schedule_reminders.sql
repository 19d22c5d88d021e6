-- Up Migration
-- What people set in Slack beside the time; null: as the file says.
alter table checklist_edits
  -- False: open items are not reminded of.
  add column reminds boolean,
  add column remind_after_ms bigint,
  -- Null: in the thread of the round.
  add column remind_in text,
  -- Name of a list of the file, default or none.
  add column holidays text;

-- Down Migration
alter table checklist_edits drop column reminds, drop column remind_after_ms, drop column remind_in, drop column holidays;
