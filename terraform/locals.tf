locals {
  # Of the workflow, the network and the prefix of everything else.
  name = "permit-sync"

  labels = merge({ app = "permit-sync", managed-by = "terraform" }, var.labels)

  database = "permits"

  # Settings of the functions' processes; the local cloud starts its own with the same ones.
  runtime_environment = jsondecode(file("${path.module}/../functions/runtime-environment.json"))

  # One request per instance keeps the database's connections countable: instances × pool_size. Only
  # sync-api, which does nothing but wait, takes more. There is one instance more than calls at a time,
  # for a call that the workflow repeats while the platform still ends the first.
  #
  # Peak memory with 2.4 million records: download 179 MiB, ingest-chunk 148 MiB with four chunks at a
  # time in one process (223 and 298 MiB without runtime_environment). The time-outs are the workflow's,
  # download's the longest that a workflow waits.
  #
  # ALLOW_INTERNAL_ONLY lets in workflows of the same project, at the run.app address.
  # Source: https://cloud.google.com/workflows/docs/calling-run-functions
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
