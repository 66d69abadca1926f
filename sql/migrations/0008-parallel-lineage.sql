-- It only reads: a statement that calls it may read the permits on several cores.
alter function run_lineage(bigint) parallel safe;
