-- Devices are found by a part of their id or serial number: the trigrams of both in one index.
--
-- The extension is one that the owner of a database may create, if the installation has it at all.
-- Without it everything works, and a search reads devices in the order of their ids.
do $$
begin
  create extension if not exists pg_trgm;
exception
  when insufficient_privilege or undefined_file or feature_not_supported then
    raise notice 'pg_trgm is not there: a search will read the table';
end
$$;
do $$
begin
  if exists (select 1 from pg_extension where extname = 'pg_trgm') then
    -- The search path may not have the extension's schema in it, so its name is looked up. Entries
    -- gather up to 16 MiB before they are sorted in: that is cheaper, and still quick to look through.
    execute format(
      'create index device_by_text on device using gin'
        || ' ((id || '' '' || coalesce(serial, '''')) %I.gin_trgm_ops)'
        || ' with (gin_pending_list_limit = 16384)',
      (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace
        where e.extname = 'pg_trgm'));
  end if;
end
$$;
-- Pairs of labels are found as often as each of them is: more of them are counted.
alter table device alter column labels set statistics 500;
