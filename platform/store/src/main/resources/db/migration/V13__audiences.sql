-- Who must accept the credentials of devices, beside Cardea itself. A few, read as a whole.
create table audience (
  name text collate "C" primary key,
  kind text not null,
  reports boolean not null,
  may_prove boolean not null,
  classes text[] not null,
  points text[] not null
);

-- What each audience saw furthest down the lineage: `audience=credential`. Part of the slot, as it is
-- written and locked with it.
alter table slot add column seen text[] not null default '{}';

-- Sessions that are open, as enforcement points told. A row is written under a shared lock of its slot,
-- so that a decision to end them, which steps the slot, sees each of them or is seen.
create table session (
  audience text collate "C" not null,
  incarnation text collate "C" not null,
  id text collate "C" not null,
  device text collate "C" not null,
  slot text collate "C" not null,
  credential uuid not null,
  opened_at timestamptz not null,
  ending_since timestamptz,
  primary key (audience, incarnation, id)
);
create index session_by_device on session (device, slot);
create index session_by_credential on session (credential);
create index session_to_end on session (audience, incarnation, ending_since)
  where ending_since is not null;

-- Until when a run of an enforcement point is taken for alive; `fresh` until it spoke for itself.
create table session_reporter (
  audience text collate "C" not null,
  incarnation text collate "C" not null,
  until timestamptz not null,
  fresh boolean not null,
  primary key (audience, incarnation)
) with (fillfactor = 70);
create index session_reporter_silent on session_reporter (until);

alter table session
  set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
