locals {
  # Name of the workflow and the network, and prefix of all other names.
  name = "permit-sync"

  labels = merge({ app = "permit-sync", managed-by = "terraform" }, var.labels)

  database = "permits"

  # Settings of the functions' processes, which the local cloud uses as well.
  runtime_environment = jsondecode(file("${path.module}/../functions/runtime-environment.json"))

  # With one request per instance, the number of database connections is at most instances ×
  # pool_size. Only sync-api takes more requests, because it does nothing but wait. There is one
  # more instance than concurrent calls, for a call that the workflow retries while the platform
  # ends the first one.
  #
  # Peak memory with 2.4 million records: download 179 MiB, ingest-chunk 148 MiB with four concurrent
  # chunks in one process (223 and 298 MiB without runtime_environment). The time-outs equal the
  # workflow's; download's is the longest that a workflow can wait.
  #
  # ALLOW_INTERNAL_ONLY admits workflows of the same project at the run.app address.
  # Source: https://cloud.google.com/workflows/docs/calling-run-functions
  functions = {
    download = {
      description     = "Streams the feed into the bucket and cuts it into chunks."
      memory          = "512Mi"
      cpu             = "1"
      concurrency     = 1
      max_instances   = 3
      pool_size       = 2
      timeout_seconds = 1800
      ingress         = "ALLOW_INTERNAL_ONLY"
    }
    ingest-chunk = {
      description     = "Stores one chunk in one transaction."
      memory          = "512Mi"
      cpu             = "1"
      concurrency     = 1
      max_instances   = var.chunk_concurrency + 1
      pool_size       = 2
      timeout_seconds = 600
      ingress         = "ALLOW_INTERNAL_ONLY"
    }
    finalize = {
      description     = "Checks that nothing was lost, closes the run and writes its metrics."
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
      description     = "Lists runs, and starts a sync and waits for it to end."
      memory          = "512Mi"
      cpu             = "1"
      concurrency     = 20
      max_instances   = 2
      pool_size       = 4
      timeout_seconds = 3600
      ingress         = "ALLOW_ALL"
    }
  }

  # Twice, because a new revision takes over while the old one's instances still hold connections.
  function_connections = 2 * sum([for each in local.functions : each.max_instances * each.pool_size])

  # Connections left for migrations, psql and Cloud SQL itself.
  reserved_connections = 10
}
