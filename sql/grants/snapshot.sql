-- Reads what it measures and writes the day's row.
grant select on sync_runs, permits, permit_trades, builders, permit_parcels, coa_applications
  to :"user";
grant select, insert, update on data_quality_snapshots to :"user";
