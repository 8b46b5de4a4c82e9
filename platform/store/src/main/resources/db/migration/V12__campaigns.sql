-- Campaigns: one reason to have many devices change their keys.
create table campaign (
  id uuid primary key,
  actor text not null,
  cause text not null,
  why text not null,
  scope_classes text[] not null,
  scope_environments text[] not null,
  scope_owners text[] not null,
  class text,
  environment text,
  owner text,
  labels text[] not null,
  authority text,
  devices text[] not null,
  canary integer not null,
  growth integer not null,
  per_minute integer not null,
  error_budget integer not null,
  patience_ms bigint not null,
  devices_meant bigint not null,
  healthy_meant bigint not null,
  elsewhere_meant bigint not null,
  begun_at timestamptz not null,
  state text not null,
  wave integer not null default 0,
  halt text not null default '',
  forgiven bigint not null default 0,
  ended_at timestamptz,
  -- how far the choosing has come
  chosen_after text collate "C" not null default '',
  chosen bigint not null default 0,
  chosen_all boolean not null default false
);
create index campaign_by_begin on campaign (begun_at desc, id desc);
create index campaign_running on campaign (begun_at) where state = 'running';

create table campaign_device (
  campaign uuid not null,
  device text collate "C" not null,
  wave smallint not null,
  standing text not null default 'waiting',
  called_at timestamptz,
  settled_at timestamptz,
  evidence uuid,
  primary key (campaign, device)
);
create index campaign_device_by_device on campaign_device (device);
create index campaign_device_waiting on campaign_device (campaign, wave, device)
  where standing = 'waiting';
create index campaign_device_called on campaign_device (campaign, called_at)
  where standing = 'called';

-- How many are where: kept by the steps, so that nobody counts a million rows to see it.
create table campaign_wave (
  campaign uuid not null,
  wave smallint not null,
  waiting bigint not null default 0,
  called bigint not null default 0,
  moved bigint not null default 0,
  late bigint not null default 0,
  gone bigint not null default 0,
  primary key (campaign, wave)
);

-- Written by the commit that proves a credential of a device that is called, and read by the next
-- round of its campaign: that commit waits for nobody's counters.
create table campaign_proof (
  number bigint generated always as identity primary key,
  campaign uuid not null,
  device text collate "C" not null,
  credential uuid not null
);
create index campaign_proof_by_campaign on campaign_proof (campaign, number);
