-- Takes the rows of a chunk's records into `incoming`.
copy incoming from stdin;
