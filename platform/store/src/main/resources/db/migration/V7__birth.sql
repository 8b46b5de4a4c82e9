-- A device in quarantine has no access and goes on renewing (R11). Its credentials are on hold: rows of
-- `revocation` with the reason certificateHold (6), which are deleted when it is released.
alter table device drop constraint device_state_check;
alter table device add constraint device_state_check
  check (state in ('registered', 'enrolled', 'quarantined', 'scrapped'));
