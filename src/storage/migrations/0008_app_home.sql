-- Up Migration
-- What stands open is a few rounds of many.
create index checklist_rounds_open on checklist_rounds (created_at desc) where state <> 'replaced';
create index alert_groups_firing on alert_groups (started_at desc) where state = 'firing';

-- Down Migration
drop index alert_groups_firing, checklist_rounds_open;
