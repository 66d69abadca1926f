locals {
  # Of the workflow, the network and the prefix of everything else.
  name = "permit-sync"

  labels = merge({ app = "permit-sync", managed-by = "terraform" }, var.labels)

  database = "permits"

  # Each has two or more CPU-seconds of work for every one of waiting, so one request per instance is
  # enough, and the database's connections are easy to count: instances × pool_size. Only sync-api
  # does nothing but wait. One more instance than is asked for at a time takes a call that the
  # workflow repeats while the platform still ends the first.
  #
  # Peak memory, measured with 237,000 records: download 183 MiB, ingest-chunk 395 MiB for four chunks
  # at a time in one process. ingress: only a workflow of this project reaches ALLOW_INTERNAL_ONLY,
  # and only at the run.app address.
  functions = {
    download = {
      description     = "Streams the feed into the bucket and cuts it into byte ranges."
      memory          = "512Mi"
      cpu             = "1"
      concurrency     = 1
      max_instances   = 3
      pool_size       = 2
      timeout_seconds = 1800
      ingress         = "ALLOW_INTERNAL_ONLY"
    }
    ingest-chunk = {
      description     = "Stores one byte range in one transaction."
      memory          = "512Mi"
      cpu             = "1"
      concurrency     = 1
      max_instances   = var.chunk_concurrency + 1
      pool_size       = 2
      timeout_seconds = 600
      ingress         = "ALLOW_INTERNAL_ONLY"
    }
    finalize = {
      description     = "Checks that nothing was lost, closes the run, writes its metrics."
      memory          = "512Mi"
      cpu             = "1"
      concurrency     = 1
      max_instances   = 2
      pool_size       = 2
      timeout_seconds = 300
      ingress         = "ALLOW_INTERNAL_ONLY"
    }
    snapshot = {
      description     = "Measures the day's data quality."
      memory          = "512Mi"
      cpu             = "1"
      concurrency     = 1
      max_instances   = 2
      pool_size       = 2
      timeout_seconds = 300
      ingress         = "ALLOW_INTERNAL_ONLY"
    }
    sync-api = {
      description     = "Lists runs; starts a sync and waits for its end."
      memory          = "512Mi"
      cpu             = "1"
      concurrency     = 20
      max_instances   = 2
      pool_size       = 4
      timeout_seconds = 3600
      ingress         = "ALLOW_ALL"
    }
  }

  # While a new revision takes over, the instances of the old one still hold their connections.
  function_connections = 2 * sum([for each in local.functions : each.max_instances * each.pool_size])

  # For migrations, psql and Cloud SQL itself.
  reserved_connections = 10
}
