-- The application's role and database as they are configured. Safe to run again.
\set ON_ERROR_STOP on
select '{{strReplace cfg.application.user "'" "''"}}' as "user", '{{strReplace cfg.application.database "'" "''"}}' as database, '{{strReplace cfg.application.password "'" "''"}}' as password \gset
select format('create role %I', :'user') where not exists (select from pg_roles where rolname = :'user') \gexec
select format('alter role %I login password %L', :'user', nullif(:'password', '')) \gexec
select format('create database %I owner %I', :'database', :'user') where not exists (select from pg_database where datname = :'database') \gexec
