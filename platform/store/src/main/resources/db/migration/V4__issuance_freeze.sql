-- A row while an operator has stopped the issuing of certificates. It is read with each device at the
-- door, so that every replica obeys at once.
create table issuance_freeze (
  only_one boolean primary key default true check (only_one),
  since timestamptz not null,
  actor text not null,
  why text not null
);
