-- What a device must bring that let its last credential expire, beside a second proof.
alter table device_class
  add column late_wants_credential boolean not null default false,
  add column late_approval_ms bigint;
