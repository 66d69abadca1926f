-- Tables other processes own. They are created here with the columns the data-quality snapshot reads,
-- so that it counts real tables from the first day.

create table trades (
  id integer generated always as identity primary key,
  name text not null constraint trades_name_key unique
);

create table permit_trades (
  permit_num text not null,
  revision_num text not null,
  permit_type text not null,
  trade_id integer not null constraint permit_trades_trade_id_fkey references trades (id),
  tier smallint not null constraint permit_trades_tier_known check (tier in (1, 2, 3)),
  confidence numeric(4, 3) not null
    constraint permit_trades_confidence_range check (confidence between 0 and 1),
  is_active boolean not null default true,
  constraint permit_trades_pkey primary key (permit_num, revision_num, permit_type, trade_id)
);

create table builders (
  id integer generated always as identity primary key,
  name text not null constraint builders_name_key unique,
  phone text,
  email text,
  website text,
  google_place_id text,
  wsib_status text,
  enriched_at timestamptz
);

create table parcels (
  id integer generated always as identity primary key,
  address text
);

create table permit_parcels (
  permit_num text not null,
  revision_num text not null,
  permit_type text not null,
  parcel_id integer not null constraint permit_parcels_parcel_id_fkey references parcels (id),
  match_type text not null
    constraint permit_parcels_match_type_known check (match_type in ('exact_address', 'name_only')),
  confidence numeric(4, 3) not null
    constraint permit_parcels_confidence_range check (confidence between 0 and 1),
  constraint permit_parcels_pkey primary key (permit_num, revision_num, permit_type, parcel_id)
);

create table neighbourhoods (
  id integer generated always as identity primary key,
  name text not null constraint neighbourhoods_name_key unique
);

alter table permits
  add constraint permits_neighbourhood_id_fkey
  foreign key (neighbourhood_id) references neighbourhoods (id);

-- Committee of Adjustment.
create table coa_applications (
  id integer generated always as identity primary key,
  application_number text not null constraint coa_applications_number_key unique,
  linked_permit_num text,
  linked_confidence numeric(4, 3)
    constraint coa_applications_confidence_range check (linked_confidence between 0 and 1)
);
