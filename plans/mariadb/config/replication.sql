-- The end of a statement (libexec/member.sh).
master_user = 'hab_replication', master_password = '{{strReplace (strReplace cfg.replication.password "\\" "\\\\") "'" "''"}}', master_ssl = {{#if cfg.tls.certificate}}1{{else}}0{{/if}}, master_connect_retry = 1, master_heartbeat_period = 2;
