-- Something is compromised, and how far the fleet is from being safe.
create table emergency (
  id uuid primary key,
  of_authority boolean not null,
  scope_classes text[] not null,
  scope_environments text[] not null,
  scope_owners text[] not null,
  class text,
  environment text,
  owner text,
  labels text[] not null,
  authority text,
  devices text[] not null,
  since timestamptz,
  why text not null,
  actor text not null,
  begun_at timestamptz not null,
  deadline timestamptz,
  campaign uuid,
  ordered uuid,
  followed bigint not null default 0,
  closing boolean not null,
  state text not null,
  ended_at timestamptz
);
create index emergency_by_time on emergency (begun_at desc, id desc);
create index emergency_running on emergency (begun_at) where state = 'running';
