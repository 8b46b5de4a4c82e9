-- Revocation lists are sharded, and what is revoked has an order: the position of a row in its shard.
--
-- `changed_in` is the transaction that last moved the position. A replica that asks for all rows whose
-- transaction had not ended when it last asked misses nothing, in whatever order transactions commit.
-- `der` is kept, so that every replica serves the same bytes; `listed` is the position that it names.
create table crl_shard (
  authority text collate "C" not null,
  shard smallint not null,
  issued bigint not null default 0,
  opened_at timestamptz not null,
  position bigint not null default 0,
  changed_in xid8 not null default pg_current_xact_id(),
  number bigint not null default 0,
  this_update timestamptz,
  next_update timestamptz,
  listed bigint not null default 0,
  der bytea,
  primary key (authority, shard)
);
create index crl_shard_by_change on crl_shard (changed_in);
alter table crl_shard alter column der set storage external; -- serial numbers do not compress

insert into crl_shard (authority, shard, issued, opened_at)
select authority, shard, count(*), min(issued_at) from credential group by authority, shard;

-- What changes after it was listed (a certificate comes off hold, or is revoked for good) moves to the
-- newest position, and says so.
alter table revocation
  add column position bigint,
  add column moved boolean not null default false,
  add column released boolean not null default false,
  add column invalid_since timestamptz;
update revocation r set position = p.position
from (select credential,
        row_number() over (partition by authority, shard order by revoked_at, credential) as position
      from revocation) p
where r.credential = p.credential;
update crl_shard s set position = r.position
from (select authority, shard, max(position) as position from revocation group by authority, shard) r
where s.authority = r.authority and s.shard = r.shard;

-- The release before this one writes no position: it gets one all the same.
create function revocation_position() returns trigger language plpgsql as $$
begin
  update crl_shard set position = position + 1, changed_in = pg_current_xact_id()
    where authority = new.authority and shard = new.shard returning position into new.position;
  if new.position is null then
    insert into crl_shard as s (authority, shard, opened_at, position)
      values (new.authority, new.shard, new.revoked_at, 1)
      on conflict (authority, shard) do update
        set position = s.position + 1, changed_in = pg_current_xact_id()
      returning position into new.position;
  end if;
  return new;
end
$$;
create trigger revocation_position before insert on revocation
  for each row when (new.position is null) execute function revocation_position();

create unique index revocation_by_position on revocation (authority, shard, position);
drop index revocation_by_list; -- the index by position serves its queries too

-- Certificates that we issued to ourselves: nobody's credentials, but somebody may ask about them.
create table own_certificate (
  serial bytea not null,
  authority text collate "C" not null,
  purpose text not null,
  not_after timestamptz not null,
  primary key (serial, authority)
);

-- Orders to revoke many, and how far each has come: whoever goes on with one begins after `after_device`.
create table mass_revocation (
  id uuid primary key,
  actor text not null,
  reason text not null,
  since timestamptz,
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
  devices_meant bigint not null,
  credentials_meant bigint not null,
  healthy_meant bigint not null,
  begun_at timestamptz not null,
  ended_at timestamptz,
  after_device text not null default '',
  devices_done bigint not null default 0,
  credentials_done bigint not null default 0
);
create index mass_revocation_unfinished on mass_revocation (begun_at) where ended_at is null;
