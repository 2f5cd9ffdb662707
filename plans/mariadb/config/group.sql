-- What members of a group need of each other: a user to replicate with, and a name of the data that tells them from others. Safe
-- to run again.
create user if not exists 'hab_replication'@'%';
alter user 'hab_replication'@'%' identified by '{{strReplace (strReplace cfg.replication.password "\\" "\\\\") "'" "''"}}';
grant select, reload, lock tables, show view, event, trigger, process, replication slave, binlog monitor on *.* to 'hab_replication'@'%';
create database if not exists hab;
create table if not exists hab.data (one int primary key, name uuid not null);
insert ignore into hab.data values (1, uuid());
