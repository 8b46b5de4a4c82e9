-- What the release before this one says to its database, with values. Each statement ends with a line of `;`.
insert into device_class (name, profile, longest_silence_ms, grace_ms, settling_ms,
  candidates_per_tenth, on_fork, keeps_recovery_token)
values ('old', 'device', 1, 1, 1, 3, 'ALARM', true)
on conflict (name) do update set profile = excluded.profile,
  longest_silence_ms = excluded.longest_silence_ms, grace_ms = excluded.grace_ms,
  settling_ms = excluded.settling_ms, on_fork = excluded.on_fork,
  candidates_per_tenth = excluded.candidates_per_tenth,
  keeps_recovery_token = excluded.keeps_recovery_token
;
insert into profile (name, subject_attributes, subject_templates, identity, key_use,
  extended_key_use, life_ms, backdate_ms, keys, requested_host_names)
values ('old', '{}', '{}', 'spiffe://x/{device.id}', '{}', '{}', 1, 1, '{}', false)
on conflict (name) do update set subject_attributes = excluded.subject_attributes,
  subject_templates = excluded.subject_templates, identity = excluded.identity,
  key_use = excluded.key_use, extended_key_use = excluded.extended_key_use,
  life_ms = excluded.life_ms, backdate_ms = excluded.backdate_ms,
  keys = excluded.keys, requested_host_names = excluded.requested_host_names
;
insert into api_token (name, role, secret_hash, created_at, classes, environments, owners, expires_at)
values ('old', 'READER', '\x00', '2026-01-01Z', '{}', '{}', '{}', null)
on conflict (name) do update set role = excluded.role,
  secret_hash = excluded.secret_hash, created_at = excluded.created_at,
  classes = excluded.classes, environments = excluded.environments,
  owners = excluded.owners, expires_at = excluded.expires_at
;
insert into authority (id, kind, name, certificate, issuer, key_id, wrapped_key, created)
values ('old-root', 'ROOT', 'Old root', '\x00', null, 'k', '\x00', '2026-01-01Z') on conflict (id) do nothing
;
insert into authority (id, kind, name, certificate, issuer, key_id, wrapped_key, created)
values ('old-issuing', 'ISSUING', 'Old', '\x00', 'old-root', 'k', '\x00', '2026-01-01Z') on conflict (id) do nothing
;
insert into device (id, serial, class, owner, environment, site, labels, state, registered_at)
values ('old-1', null, 'old', 'o', 'field', null, '{}', 'registered', '2026-01-01Z'),
  ('old-2', 's', 'old', 'o', 'field', 'x', '{a=b}', 'registered', '2026-01-01Z')
on conflict (id) do nothing
;
update device d set state = u.next
from (values ('old-1', 'registered', 'enrolled')) as u(id, before, next)
where d.id = u.id and d.state = u.before
;
insert into enrolment_token (id, device, secret_hash, created_at, expires_at, spent_at)
values ('00000000-0000-0000-0000-000000000001', 'old-1', '\x00', '2026-01-01Z', '2026-01-02Z', null)
;
insert into slot
  (device, name, version, used_1, used_2, used_3, forked_at, pace_since, pace_staged)
values ('old-1', 'operational', 1, null, null, null, null, '2026-01-01Z', 1)
on conflict (device, name) do nothing
;
update slot s set version = s.version + 1, used_1 = null, used_2 = null,
  used_3 = null, forked_at = null, pace_since = '2026-01-01Z', pace_staged = 1
where s.device = 'old-1' and s.name = 'operational' and s.version = 1
;
insert into device_key (fingerprint, device) values ('\x01', 'old-1')
on conflict (fingerprint) do update set device = excluded.device
where device_key.device = excluded.device and device_key.condemned_since is null
;
insert into credential (id, device, slot, state, since, certificate, key, serial, authority,
  predecessor, by_token, generation, protection, issued_at, not_before, not_after, proven_at,
  last_used_at)
values ('00000000-0000-0000-0000-0000000000a1', 'old-1', 'operational', 'staged', '2026-01-01Z',
  '\xa1', '\x01', '\x07', 'old-issuing', '00000000-0000-0000-0000-000000000001', true, 0, 'unknown',
  '2026-01-01Z', '2026-01-01Z', '2027-01-01Z', null, null),
  ('00000000-0000-0000-0000-0000000000a2', 'old-1', 'operational', 'staged', '2026-01-01Z',
  '\xa2', '\x02', '\x08', 'old-issuing', '00000000-0000-0000-0000-0000000000a1', false, 1, 'unknown',
  '2026-01-01Z', '2026-01-01Z', '2027-01-01Z', null, null)
on conflict (key, device, slot, predecessor) do nothing
;
insert into certificate (credential, der) values ('00000000-0000-0000-0000-0000000000a1', '\x30')
;
update credential c set
  state = coalesce('retiring', c.state),
  since = coalesce('2026-01-03Z', c.since),
  proven_at = coalesce(c.proven_at, '2026-01-03Z'),
  last_used_at = greatest(c.last_used_at, '2026-01-03Z')
where c.id = '00000000-0000-0000-0000-0000000000a1' and c.state <> 'revoked'
;
insert into retiring (credential, device, slot, class, counted_from)
select c.id, c.device, c.slot, d.class, greatest(c.since, c.last_used_at)
from credential c join device d on d.id = c.device
where c.id = '00000000-0000-0000-0000-0000000000a1'
on conflict (credential) do update set counted_from = excluded.counted_from
;
update retiring r set counted_from = greatest(r.counted_from, '2026-01-04Z')
where r.credential = '00000000-0000-0000-0000-0000000000a1'
;
delete from retiring r where r.credential = '00000000-0000-0000-0000-0000000000a1'
;
update credential set state = 'revoked' where id = '00000000-0000-0000-0000-0000000000a1'
;
insert into revocation
  (credential, authority, shard, serial, reason, revoked_at, not_after)
select c.id, c.authority, c.shard, c.serial, 4, c.since, c.not_after
from credential c where c.id = '00000000-0000-0000-0000-0000000000a1'
;
update enrolment_token t set spent_at = coalesce(t.spent_at, '2026-01-03Z')
where t.id = '00000000-0000-0000-0000-000000000001'
;
insert into device_key (fingerprint, condemned_since) values ('\x03', '2026-01-03Z')
on conflict (fingerprint) do update
set condemned_since = least(device_key.condemned_since, excluded.condemned_since)
;
insert into ledger_entry (kind, device, canonical) values ('device.registered', 'old-1', '\x7b')
;
insert into claim as c (name, holder, fence, until) values ('old', 'me', 1, '2026-01-01Z')
on conflict (name) do update set holder = excluded.holder, fence = c.fence + 1, until = excluded.until
;
select serial, revoked_at, reason from revocation
where authority = 'old-issuing' and shard = 0 and not_after >= '2026-01-01Z'
;
select r.device, r.slot, r.credential
from device_class dc cross join lateral (
  select * from retiring r
  where r.class = dc.name
    and r.counted_from <= '2026-01-01Z'::timestamptz - dc.longest_silence_ms * interval '1 ms'
  order by r.counted_from limit 10) r
where dc.keeps_recovery_token
order by r.counted_from limit 10
;
select h.*, c.id as presented, s.version, s.used_1, s.used_2, s.used_3, s.forked_at, s.pace_since,
  s.pace_staged, dc.profile, dc.longest_silence_ms, dc.grace_ms, dc.settling_ms,
  dc.candidates_per_tenth, dc.on_fork, dc.keeps_recovery_token,
  case when k.fingerprint is null then 'FREE' when k.condemned_since is not null then 'CONDEMNED'
    when k.device = h.id then 'OURS' else 'OTHERS' end as standing
from credential c join device h on h.id = c.device
join device_class dc on dc.name = h.class
left join slot s on s.device = h.id and s.name = c.slot
left join device_key k on k.fingerprint = '\x01'
where c.certificate = '\xa1'
;
