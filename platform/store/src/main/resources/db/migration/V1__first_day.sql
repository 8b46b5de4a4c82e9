-- The first day of a device: what is known, what was issued, what is remembered.
--
-- Times come from the one clock of the server, never from now() (the database's clock is one of the
-- sources that this clock is checked against). Text is compared by its bytes ("C"), so that a prefix
-- and a page by key use the plain index in any database.

create table device_class (
  name text collate "C" primary key,
  profile text not null,
  longest_silence_ms bigint not null,
  grace_ms bigint not null,
  settling_ms bigint not null,
  candidates_per_tenth integer not null,
  on_fork text not null,
  keeps_recovery_token boolean not null
);

create table device (
  id text collate "C" primary key,
  serial text,
  class text collate "C" not null references device_class (name),
  owner text collate "C" not null,
  environment text not null,
  site text,
  labels text[] not null, -- each `name=value`; a name has no `=` in it
  state text not null check (state in ('registered', 'enrolled', 'scrapped')),
  registered_at timestamptz not null
);
-- Filtered lists are paged by id too. Most fleets have few classes and owners, so a page is found
-- soon; a rare label is found by the last index.
create index device_by_class on device (class, id);
create index device_by_owner on device (owner, id);
create index device_by_state on device (state, id);
create index device_by_label on device using gin (labels);

-- The row that every step of a lineage locks (R9). The three last uses are columns because one
-- statement writes many slots from arrays, and SQL has no arrays of lists.
create table slot (
  device text collate "C" not null references device (id),
  name text collate "C" not null,
  version bigint not null,
  used_1 uuid,
  used_2 uuid,
  used_3 uuid,
  forked_at timestamptz,
  pace_since timestamptz not null,
  pace_staged integer not null,
  primary key (device, name)
) with (fillfactor = 70); -- room for the new version of a row beside the old one

-- A key belongs to one device in the whole fleet (R4), and a condemned one to nobody (R8).
create table device_key (
  fingerprint bytea primary key,
  device text collate "C",
  condemned_since timestamptz
);

-- No foreign keys from here on: each of these rows is written in the commit that steps its slot, which
-- has one, and a check per row would cost a tenth of an issuance. No index names the state: it changes
-- with every proof, and a change of an indexed column would rewrite the entries of all the indexes.
create table credential (
  id uuid primary key, -- sorts by time, so new rows lie beside each other
  device text collate "C" not null,
  slot text collate "C" not null,
  state text not null check (state in ('staged', 'current', 'retiring', 'retired', 'revoked')),
  since timestamptz not null,
  certificate bytea not null,
  key bytea not null,
  serial bytea not null,
  authority text collate "C" not null,
  predecessor uuid not null,
  by_token boolean not null,
  generation integer not null,
  protection text not null,
  issued_at timestamptz not null,
  not_before timestamptz not null,
  not_after timestamptz not null,
  proven_at timestamptz,
  last_used_at timestamptz,
  shard smallint not null default 0
) with (fillfactor = 85);
create unique index credential_by_certificate on credential (certificate);
create unique index credential_by_serial on credential (serial, authority);
-- Decides between replicas that issue for the same request (R9), and finds a key in its slot (R4).
create unique index credential_by_key on credential (key, device, slot, predecessor);
create index credential_by_device on credential (device, issued_at desc, id desc);

-- Apart from its row, which changes, the certificate never does.
create table certificate (
  credential uuid primary key,
  der bytea not null
);
alter table certificate alter column der set storage external; -- it does not compress

-- What the timer of R3 has to look at, and nothing else: a row while a credential is retiring.
create table retiring (
  credential uuid primary key,
  device text collate "C" not null,
  slot text collate "C" not null,
  class text collate "C" not null,
  counted_from timestamptz not null
);
create index retiring_due on retiring (class, counted_from);

-- What revocation lists name.
create table revocation (
  credential uuid primary key,
  authority text collate "C" not null,
  shard smallint not null,
  serial bytea not null,
  reason smallint not null,
  revoked_at timestamptz not null,
  not_after timestamptz not null
);
create index revocation_by_list on revocation (authority, shard, not_after);

create table enrolment_token (
  id uuid primary key,
  device text collate "C" not null references device (id),
  secret_hash bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  spent_at timestamptz
);
create index enrolment_token_by_device on enrolment_token (device, created_at desc);

create table api_token (
  name text collate "C" primary key,
  role text not null,
  secret_hash bytea not null,
  created_at timestamptz not null
);

create table authority (
  id text collate "C" primary key,
  kind text not null,
  name text not null,
  certificate bytea not null,
  issuer text collate "C" references authority (id),
  key_id text not null,
  wrapped_key bytea not null,
  created timestamptz not null
);

create table profile (
  name text collate "C" primary key,
  subject_attributes text[] not null,
  subject_templates text[] not null,
  identity text,
  key_use text[] not null,
  extended_key_use text[] not null,
  life_ms bigint not null,
  backdate_ms bigint not null,
  keys text[] not null,
  requested_host_names boolean not null
);

-- The ledger. The canonical bytes are the entry; the columns beside them are for finding it.
create table ledger_entry (
  number bigint generated always as identity primary key,
  kind text not null,
  device text collate "C",
  canonical bytea not null
);
alter table ledger_entry alter column canonical set storage external; -- bytes to hash, as they are
create index ledger_entry_by_device on ledger_entry (device, number desc) where device is not null;

-- What was written stays: not even a mistake of ours may change it. (A superuser can drop the trigger;
-- against that the entries will be hashed into a tree that others have seen.)
create function ledger_entry_stays() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger ledger_entry_stays before update or delete or truncate on ledger_entry
  for each statement execute function ledger_entry_stays();

-- Tables that only grow are never scanned for dead rows, and rarely for anything else; those that
-- change need their statistics and their space back soon, whatever their size.
alter table slot set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
alter table credential
  set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
