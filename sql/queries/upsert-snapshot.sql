-- Upserts a day's row, given as JSON in $1.
insert into data_quality_snapshots
select *
from json_populate_record(null::data_quality_snapshots, $1)
on conflict (snapshot_date) do update set
  (
    taken_at, run_id,
    total_permits, active_permits, permits_seen_24h, permits_seen_7d, permits_seen_30d,
    last_sync_at, last_sync_status,
    permits_with_trades, trade_matches, trade_avg_confidence, trade_tier_1, trade_tier_2,
    trade_tier_3,
    permits_with_builder, builders_total, builders_enriched, builders_with_phone,
    builders_with_email, builders_with_website, builders_with_google_place_id,
    builders_with_wsib_status,
    permits_with_parcel, parcel_exact_address, parcel_name_only, parcel_avg_confidence,
    permits_with_neighbourhood, permits_geocoded,
    coa_applications_total, coa_applications_linked, coa_avg_confidence, coa_high_confidence,
    coa_low_confidence,
    effectiveness_score
  ) = row(
    excluded.taken_at, excluded.run_id,
    excluded.total_permits, excluded.active_permits, excluded.permits_seen_24h,
    excluded.permits_seen_7d, excluded.permits_seen_30d,
    excluded.last_sync_at, excluded.last_sync_status,
    excluded.permits_with_trades, excluded.trade_matches, excluded.trade_avg_confidence,
    excluded.trade_tier_1, excluded.trade_tier_2, excluded.trade_tier_3,
    excluded.permits_with_builder, excluded.builders_total, excluded.builders_enriched,
    excluded.builders_with_phone, excluded.builders_with_email, excluded.builders_with_website,
    excluded.builders_with_google_place_id, excluded.builders_with_wsib_status,
    excluded.permits_with_parcel, excluded.parcel_exact_address, excluded.parcel_name_only,
    excluded.parcel_avg_confidence,
    excluded.permits_with_neighbourhood, excluded.permits_geocoded,
    excluded.coa_applications_total, excluded.coa_applications_linked, excluded.coa_avg_confidence,
    excluded.coa_high_confidence, excluded.coa_low_confidence,
    excluded.effectiveness_score
  )
returning snapshot_date, effectiveness_score;
