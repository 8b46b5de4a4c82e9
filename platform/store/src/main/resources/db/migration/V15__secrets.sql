-- Credentials that are no certificates: API keys, token-signing keys, pre-shared keys, data keys. They
-- stand in `credential` with the others, since one lineage is like another; `certificate` is then the
-- digest of what the holder shows, `authority` is empty and `serial` is the id, as no list names them.
-- A predecessor that is neither a credential nor a token nor a birth (by_birth without by_token) is an act.
alter table credential add column kind text; -- null: an X.509 certificate

-- What is stored of a secret beside its digests. No foreign key, as for all that is written with its slot.
create table secret (
  credential uuid primary key,
  request bytea, -- whose request it answers: the digest of the key that it is sealed to
  sealed bytea,  -- encrypted to the device; until the proof
  kept bytea,    -- wrapped by the installation; until the credential is accepted no more
  public_key bytea
);
alter table secret alter column sealed set storage external, alter column kept set storage external;

-- What the devices of a class may hold beside certificates.
create table class_slot (
  class text collate "C" not null references device_class (name),
  name text collate "C" not null,
  kind text not null,
  life_ms bigint not null,
  primary key (class, name)
);
