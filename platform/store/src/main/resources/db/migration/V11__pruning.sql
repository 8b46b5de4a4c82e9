-- The order in which credentials expire, for the one who removes them. What it names never changes,
-- so updates of a credential leave it alone.
create index credential_by_expiry on credential (not_after, id);
