# The functions' images. Cloud Functions would create its own repository, but only with the first
# build, too late to grant the build account access to it.
resource "google_artifact_registry_repository" "functions" {
  repository_id = local.name
  location      = var.region
  format        = "DOCKER"
  description   = "Images of the permit-sync functions."

  # Every deployment adds an image of about 100 MB per function.
  cleanup_policies {
    id     = "keep-latest"
    action = "KEEP"

    most_recent_versions {
      keep_count = 5
    }
  }
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"

    condition {
      older_than = "2592000s"
    }
  }

  depends_on = [google_project_service.this]
}

# Lets the build push its image.
resource "google_artifact_registry_repository_iam_member" "build" {
  repository = google_artifact_registry_repository.functions.name
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}

# Lets the build read the source bucket. Cloud Functions first copies the source into its own bucket
# (see build_source_viewer); whether the build also reads this one is not documented.
resource "google_storage_bucket_iam_member" "build" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.build.member
}

# Five functions from one source, each with its own entry point.
resource "google_cloudfunctions2_function" "this" {
  for_each = local.functions

  name        = "permit-sync-${each.key}"
  location    = var.region
  description = each.value.description

  build_config {
    runtime           = "nodejs24"
    entry_point       = each.key
    docker_repository = google_artifact_registry_repository.functions.id
    service_account   = google_service_account.build.id

    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = google_storage_bucket_object.functions.name
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.function[each.key].email
    available_memory                 = each.value.memory
    available_cpu                    = each.value.cpu
    max_instance_request_concurrency = each.value.concurrency
    min_instance_count               = 0
    max_instance_count               = each.value.max_instances
    timeout_seconds                  = each.value.timeout_seconds
    ingress_settings                 = each.value.ingress
    all_traffic_on_latest_revision   = true

    # Only database traffic uses the connector; requests to the City and Google's APIs do not.
    vpc_connector                 = google_vpc_access_connector.functions.id
    vpc_connector_egress_settings = "PRIVATE_RANGES_ONLY"

    # Every function gets the whole configuration, which functions/shared/config.ts reads, and Node's
    # settings. Nothing in it is secret because each function authenticates as its service account.
    environment_variables = {
      GOOGLE_CLOUD_PROJECT = var.project_id
      FEED_BUCKET          = google_storage_bucket.feeds.name
      CLOUD_SQL_INSTANCE   = google_sql_database_instance.permits.connection_name
      DATABASE_USER        = google_sql_user.function[each.key].name
      DATABASE_NAME        = google_sql_database.permits.name
      DATABASE_POOL_SIZE   = each.value.pool_size
      FEED_ALLOWED_HOSTS   = join(",", var.feed_allowed_hosts)
      FEED_IGNORED_COLUMNS = join(",", var.feed_ignored_columns)
      WORKFLOW_LOCATION    = var.region
      WORKFLOW_NAME        = local.name
      NODE_OPTIONS         = local.runtime_environment.NODE_OPTIONS
      MALLOC_ARENA_MAX     = local.runtime_environment.MALLOC_ARENA_MAX
    }
  }

  depends_on = [
    google_artifact_registry_repository_iam_member.build,
    google_project_iam_member.build_source_viewer,
    google_project_iam_member.database_client,
    google_project_iam_member.database_user,
    google_project_iam_member.log_writer,
    google_storage_bucket_iam_member.build,
  ]
}

# Only the workflow may call these four. A second-generation function is a Cloud Run service of the
# same name, and the right to invoke it is granted on that service.
resource "google_cloud_run_service_iam_member" "workflow" {
  for_each = toset(["download", "ingest-chunk", "finalize", "snapshot"])

  service  = google_cloudfunctions2_function.this[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.workflow.member
}

# The public API may be called only by the members that the operator lists.
resource "google_cloud_run_service_iam_member" "api" {
  for_each = toset(var.api_invokers)

  service  = google_cloudfunctions2_function.this["sync-api"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = each.key
}
