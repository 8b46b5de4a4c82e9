-- When the last backup was made is asked every few minutes; the ledger is long, and backups are few.
create index ledger_entry_of_backups on ledger_entry (number)
  where kind in ('backup.made', 'backup.restored');
