-- Lists runs; whoever starts one does so through the workflow.
grant select on sync_runs to :"user";
