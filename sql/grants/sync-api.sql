-- Lists runs; a run is started through the workflow.
grant select on sync_runs to :"user";
