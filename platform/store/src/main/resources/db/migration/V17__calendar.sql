-- When devices are to renew: policies, the rate, and the calendar that was made last.
create table renewal_policy (
  name text primary key,
  class text not null,
  label_name text,
  label_value text,
  starts smallint not null,
  spread smallint not null,
  blackouts text[] not null
);

create table calendar (
  only_row boolean primary key default true check (only_row),
  per_minute integer not null default 0,
  asked bigint not null default 0,
  made_for bigint not null default 0,
  made_at timestamptz,
  made bytea
);
alter table calendar alter column made set storage external;
insert into calendar default values;
