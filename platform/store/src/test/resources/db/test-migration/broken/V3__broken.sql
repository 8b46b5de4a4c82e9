create table half (id bigint);
select no_such_function();
