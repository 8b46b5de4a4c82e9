create table pump (id bigint primary key, name text not null);
