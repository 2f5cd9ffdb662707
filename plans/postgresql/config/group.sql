-- What members of a group need of each other: a role to follow with and the names of promotions. Safe to run again.
\set ON_ERROR_STOP on
select '{{strReplace cfg.replication.password "'" "''"}}' as password \gset
select 'create role hab_replication' where not exists (select from pg_roles where rolname = 'hab_replication') \gexec
select format('alter role hab_replication login replication password %L', nullif(:'password', '')) \gexec
create schema if not exists hab;
create table if not exists hab.promotion (token uuid primary key, member text not null, at timestamptz not null default now());
grant usage on schema hab to hab_replication;
grant select on hab.promotion to hab_replication;
grant pg_monitor to hab_replication;
-- For pg_rewind.
grant execute on function pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean), pg_read_binary_file(text),
  pg_read_binary_file(text, bigint, bigint, boolean) to hab_replication;
