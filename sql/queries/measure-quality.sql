-- Measures how far the linking processes have come after run $1, and returns today's row of
-- data_quality_snapshots as JSON. It writes nothing, so PostgreSQL can read the permits on several
-- cores. A permit is active if the feed of the last completed run had it; coverage counts active
-- permits.
with run as (
  select id, started_at, status
  from sync_runs
  where id = $1
),
-- Everything that one scan of the permits can count.
counted as (
  select
    count(*) as total_permits,
    count(*) filter (where last_seen_at >= (select now() - interval '24 hours')) as permits_seen_24h,
    count(*) filter (where last_seen_at >= (select now() - interval '7 days')) as permits_seen_7d,
    count(*) filter (where last_seen_at >= (select now() - interval '30 days')) as permits_seen_30d,
    count(*) filter (where in_feed) as active_permits,
    count(builder_name) filter (where in_feed) as permits_with_builder,
    count(neighbourhood_id) filter (where in_feed) as permits_with_neighbourhood,
    count(*) filter (where in_feed and latitude is not null and longitude is not null)
      as permits_geocoded
  from permits
),
trade_links as (
  select
    count(distinct (permit_num, revision_num, permit_type)) as permits_with_trades,
    count(*) as trade_matches,
    avg(confidence) as trade_avg_confidence,
    count(*) filter (where tier = 1) as trade_tier_1,
    count(*) filter (where tier = 2) as trade_tier_2,
    count(*) filter (where tier = 3) as trade_tier_3
  from permit_trades
  join permits using (permit_num, revision_num, permit_type)
  where is_active
    and in_feed
),
builder_facts as (
  select
    count(*) as builders_total,
    count(enriched_at) as builders_enriched,
    count(phone) as builders_with_phone,
    count(email) as builders_with_email,
    count(website) as builders_with_website,
    count(google_place_id) as builders_with_google_place_id,
    count(wsib_status) as builders_with_wsib_status
  from builders
),
parcel_links as (
  select
    count(distinct (permit_num, revision_num, permit_type)) as permits_with_parcel,
    count(*) filter (where match_type = 'exact_address') as parcel_exact_address,
    count(*) filter (where match_type = 'name_only') as parcel_name_only,
    avg(confidence) as parcel_avg_confidence
  from permit_parcels
  join permits using (permit_num, revision_num, permit_type)
  where in_feed
),
coa_links as (
  select
    count(*) as coa_applications_total,
    count(linked_permit_num) as coa_applications_linked,
    avg(linked_confidence) as coa_avg_confidence,
    count(*) filter (where linked_confidence >= 0.80) as coa_high_confidence,
    count(*) filter (where linked_confidence < 0.50) as coa_low_confidence
  from coa_applications
),
score as (
  select
    case
      when active_permits > 0 then least(
        100,
        25 * coalesce(permits_with_trades::numeric / nullif(active_permits, 0), 0)
        + 20 * coalesce(builders_enriched::numeric / nullif(builders_total, 0), 0)
        + 15 * coalesce(permits_with_parcel::numeric / nullif(active_permits, 0), 0)
        + 15 * coalesce(permits_with_neighbourhood::numeric / nullif(active_permits, 0), 0)
        + 15 * coalesce(permits_geocoded::numeric / nullif(active_permits, 0), 0)
        + 10 * coalesce(coa_applications_linked::numeric / nullif(coa_applications_total, 0), 0)
      )
    end as effectiveness_score
  from counted, trade_links, builder_facts, parcel_links, coa_links
),
measured as (
  select
    (now() at time zone 'America/Toronto')::date as snapshot_date, now() as taken_at, run.id as run_id,
    total_permits, active_permits, permits_seen_24h, permits_seen_7d, permits_seen_30d,
    run.started_at as last_sync_at, run.status as last_sync_status,
    permits_with_trades, trade_matches, trade_avg_confidence, trade_tier_1, trade_tier_2, trade_tier_3,
    permits_with_builder, builders_total, builders_enriched, builders_with_phone, builders_with_email,
    builders_with_website, builders_with_google_place_id, builders_with_wsib_status,
    permits_with_parcel, parcel_exact_address, parcel_name_only, parcel_avg_confidence,
    permits_with_neighbourhood, permits_geocoded,
    coa_applications_total, coa_applications_linked, coa_avg_confidence, coa_high_confidence,
    coa_low_confidence,
    round(effectiveness_score, 2) as effectiveness_score
  from run, counted, trade_links, builder_facts, parcel_links, coa_links, score
)
select to_json(measured)::text as snapshot
from measured;
