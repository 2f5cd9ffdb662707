-- The application's user and database as they are configured. Safe to run again. A literal in MySQL's way: backslashes are doubled.
create database if not exists `{{strReplace cfg.application.database "`" "``"}}`;
create user if not exists '{{strReplace (strReplace cfg.application.user "\\" "\\\\") "'" "''"}}'@'{{strReplace (strReplace cfg.application.host "\\" "\\\\") "'" "''"}}';
{{#if cfg.application.password}}
alter user '{{strReplace (strReplace cfg.application.user "\\" "\\\\") "'" "''"}}'@'{{strReplace (strReplace cfg.application.host "\\" "\\\\") "'" "''"}}'
  identified by '{{strReplace (strReplace cfg.application.password "\\" "\\\\") "'" "''"}}' account unlock;
{{else}}
alter user '{{strReplace (strReplace cfg.application.user "\\" "\\\\") "'" "''"}}'@'{{strReplace (strReplace cfg.application.host "\\" "\\\\") "'" "''"}}' account lock;
{{/if}}
grant all on `{{strReplace (strReplace (strReplace cfg.application.database "`" "``") "_" "\\_") "%" "\\%"}}`.* to '{{strReplace (strReplace cfg.application.user "\\" "\\\\") "'" "''"}}'@'{{strReplace (strReplace cfg.application.host "\\" "\\\\") "'" "''"}}';
