-- Which server does what only one should do at a time (R9). The fence grows with each change of hands.
create table claim (
  name text collate "C" primary key,
  holder text collate "C" not null,
  fence bigint not null,
  until timestamptz not null
);
