alter table pump add column site text;
