-- A role can be held for a part of the fleet, and for a time. Empty arrays narrow nothing.
alter table api_token
  add column classes text[] not null default '{}',
  add column environments text[] not null default '{}',
  add column owners text[] not null default '{}',
  add column expires_at timestamptz;

-- Who acts for one environment lists the devices of that one alone: without this, a page for the few of
-- a laboratory read the whole table.
create index device_by_environment on device (environment, id);
