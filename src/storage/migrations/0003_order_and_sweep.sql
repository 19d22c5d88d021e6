-- Up Migration
-- Deliveries of one lane (sender, receiver and group key) are handled in the order they came in.
alter table deliveries add column seq bigint generated always as identity;
alter table deliveries add column lane text not null default '';
-- When the sweep last sent it on its way again.
alter table deliveries add column swept_at bigint not null default 0;
create index deliveries_lane on deliveries (lane, seq) where handled_at is null;

-- The newest episode is the one that was opened last, whatever the senders' clocks say.
alter table alert_groups add column seq bigint generated always as identity;
drop index alert_groups_identity;
create index alert_groups_identity on alert_groups (identity, seq desc);

alter table runs add column swept_at bigint not null default 0;

-- Down Migration
alter table runs drop column swept_at;
drop index alert_groups_identity;
alter table alert_groups drop column seq;
create index alert_groups_identity on alert_groups (identity, started_at desc);
drop index deliveries_lane;
alter table deliveries drop column seq, drop column lane, drop column swept_at;
