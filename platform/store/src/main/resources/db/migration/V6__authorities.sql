-- Generations of authorities, what belongs to each, and who waits for a certificate from elsewhere.
--
-- The release before this one reads and writes `authority` and `profile` as they were: what it makes is
-- active, under the usual authority.
alter table authority
  add column state text not null default 'active' check (state in ('active', 'retired')),
  add column crl_floor numeric not null default 0;

-- What belongs to an authority beside its present certificate, in the order of its place.
create table authority_certificate (
  authority text collate "C" not null references authority (id),
  place integer not null,
  purpose text not null
    check (purpose in ('earlier', 'chain', 'old-with-new', 'new-with-old')),
  der bytea not null,
  primary key (authority, place)
);

-- An authority to be: its request is out. No foreign key: it may or may not be there already.
create table authority_request (
  id text collate "C" primary key,
  name text not null unique,
  key_id text not null,
  public_key bytea not null,
  wrapped_key bytea not null,
  pem text not null,
  created timestamptz not null
);

-- The name of who issues under it; without one, the usual authority does.
alter table profile add column authority text;
