-- Lists runs; runs are started through the workflow.
grant select on sync_runs to :"user";
