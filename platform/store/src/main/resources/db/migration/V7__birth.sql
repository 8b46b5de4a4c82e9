-- A device in quarantine has no access and goes on renewing (R11). Its credentials are on hold: rows of
-- `revocation` with the reason certificateHold (6), which are marked when it is released.
alter table device drop constraint device_state_check;
alter table device add constraint device_state_check
  check (state in ('registered', 'enrolled', 'quarantined', 'scrapped'));

-- How devices of a class come in, and their profiles in the factory and in quarantine.
alter table device_class
  add column approval boolean not null default false,
  add column birth_certificate_recovers boolean not null default false,
  add column factory_profile text,
  add column quarantine_profile text;

-- The authorities of manufacturers, trusted for one class in one environment.
create table manufacturer (
  name text collate "C" primary key,
  class text collate "C" not null references device_class (name),
  environment text not null,
  anchor bytea not null,
  intermediates bytea[] not null,
  revocation_lists bytea[] not null,
  device_id text,
  registers boolean not null,
  owner text not null,
  imported_at timestamptz not null
);

-- What a device was born with. A serial number is unique in its class, a certificate everywhere.
create table birth (
  id uuid primary key,
  device text collate "C" not null unique references device (id),
  class text collate "C" not null,
  certificate bytea unique,
  serial_number text collate "C",
  bound_at timestamptz not null,
  spent_at timestamptz,
  unique (class, serial_number)
);

-- A predecessor that is no credential is a token or a birth. (A server of the release before takes the
-- latter for a token: it looks no further up either.)
alter table credential add column by_birth boolean not null default false;

-- Requests on which an operator decides, in classes that ask for it.
create table pending_enrolment (
  id uuid primary key,
  device text collate "C" not null references device (id),
  key bytea not null,
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  state text not null check (state in ('waiting', 'approved', 'refused')),
  unique (device, key)
);
create index pending_enrolment_waiting on pending_enrolment (requested_at, id) where state = 'waiting';
