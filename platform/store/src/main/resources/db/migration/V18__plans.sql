-- Plans: dangerous changes, computed against every device before they are applied.
create table plan (
  id uuid primary key,
  kind text not null,
  subject text not null,
  scope_classes text[] not null,
  scope_environments text[] not null,
  scope_owners text[] not null,
  class text,
  environment text,
  owner text,
  labels text[] not null,
  authority text,
  devices text[] not null,
  reason text,
  longest_silence_ms bigint,
  grace_ms bigint,
  actor text not null,
  why text not null,
  made_at timestamptz not null,
  impact_devices bigint not null,
  state text not null,
  ended_at timestamptz,
  outcome text not null default ''
);
create index plan_by_time on plan (made_at desc, id desc);

-- Devices that would hold nothing: a row for each class and day on which they would have renewed.
create table plan_loss (
  plan uuid not null,
  place integer not null,
  class text not null,
  cause text not null,
  days integer not null,
  devices bigint not null,
  healthy bigint not null,
  example text not null,
  primary key (plan, place)
);

-- An order to revoke may leave healthy devices alone that would be left with nothing.
alter table mass_revocation
  add column spares boolean not null default false,
  add column devices_spared bigint not null default 0;
