-- One row a day: how much of the permits the linking processes have covered.

create table data_quality_snapshots (
  snapshot_date date not null constraint data_quality_snapshots_pkey primary key,
  taken_at timestamptz not null,
  run_id bigint not null constraint data_quality_snapshots_run_id_fkey references sync_runs (id),

  total_permits integer not null,
  -- Permits in the feed of the last completed run.
  active_permits integer not null,
  permits_seen_24h integer not null,
  permits_seen_7d integer not null,
  permits_seen_30d integer not null,
  last_sync_at timestamptz,
  last_sync_status text,

  permits_with_trades integer not null,
  trade_matches integer not null,
  trade_avg_confidence numeric(4, 3),
  trade_tier_1 integer not null,
  trade_tier_2 integer not null,
  trade_tier_3 integer not null,

  permits_with_builder integer not null,
  builders_total integer not null,
  builders_enriched integer not null,
  builders_with_phone integer not null,
  builders_with_email integer not null,
  builders_with_website integer not null,
  builders_with_google_place_id integer not null,
  builders_with_wsib_status integer not null,

  permits_with_parcel integer not null,
  parcel_exact_address integer not null,
  parcel_name_only integer not null,
  parcel_avg_confidence numeric(4, 3),

  permits_with_neighbourhood integer not null,
  permits_geocoded integer not null,

  coa_applications_total integer not null,
  coa_applications_linked integer not null,
  coa_avg_confidence numeric(4, 3),
  coa_high_confidence integer not null,
  coa_low_confidence integer not null,

  -- 0 to 100; null while no permit is active.
  effectiveness_score numeric(5, 2)
    constraint data_quality_snapshots_score_range check (effectiveness_score between 0 and 100)
);
