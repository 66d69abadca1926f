-- A run says which mapped columns its feed had, so the next one notices when one is gone.

alter table sync_runs
  -- Mapped columns of the feed, under the City's names; null for runs before this migration.
  add column feed_columns text[],
  -- The feed was accepted although it lacks columns that the last whole feed had.
  add column accept_drift boolean not null default false;
