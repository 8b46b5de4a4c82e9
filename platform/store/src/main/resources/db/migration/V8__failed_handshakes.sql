-- Handshakes that ended without a connection. Not the ledger: bounded, added up, and forgotten.
create table failed_handshake (
  id uuid primary key, -- of all the columns that make it one kind, so that replicas add up to one row
  source text collate "C" not null,
  reason text not null,
  detail text not null,
  shown bytea,
  before bytea,
  first_at timestamptz not null,
  last_at timestamptz not null,
  times bigint not null,
  attributed boolean not null
) with (fillfactor = 70); -- counted up in place
create index failed_handshake_newest on failed_handshake (attributed, last_at desc);
create index failed_handshake_by_source on failed_handshake (source);
create index failed_handshake_by_shown on failed_handshake (shown) where shown is not null;
create index failed_handshake_by_before on failed_handshake (before) where before is not null;
