# The functions' images. Cloud Functions would make a repository of its own, on which the build's
# account could not be bound before the first build.
resource "google_artifact_registry_repository" "functions" {
  repository_id = local.name
  location      = var.region
  format        = "DOCKER"
  description   = "Images of the permit-sync functions."

  # Every deployment adds an image of some 100 MB per function.
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

# The build pushes its image.
resource "google_artifact_registry_repository_iam_member" "build" {
  repository = google_artifact_registry_repository.functions.name
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}

# Cloud Functions copies the source into a bucket of its own before it builds (see
# build_source_viewer). Whether the build then also looks at this one is not documented.
resource "google_storage_bucket_iam_member" "build" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.build.member
}

# One source, five functions: each starts at an entry point of its own.
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

    # Only the database's address goes through the connector; the City and Google's APIs do not.
    vpc_connector                 = google_vpc_access_connector.functions.id
    vpc_connector_egress_settings = "PRIVATE_RANGES_ONLY"

    # Every function starts with the whole configuration, which functions/shared/config.ts reads, and
    # with Node's settings. None of it is secret: the identity is the service account.
    environment_variables = {
      GOOGLE_CLOUD_PROJECT = var.project_id
      FEED_BUCKET          = google_storage_bucket.feeds.name
      CLOUD_SQL_INSTANCE   = google_sql_database_instance.permits.connection_name
      DATABASE_USER        = google_sql_user.function[each.key].name
      DATABASE_NAME        = google_sql_database.permits.name
      DATABASE_POOL_SIZE   = each.value.pool_size
      FEED_ALLOWED_HOSTS   = join(",", var.feed_allowed_hosts)
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

# A second-generation function is a Cloud Run service of the same name, and that is what is invoked.
# Nobody but the workflow calls these four.
resource "google_cloud_run_service_iam_member" "workflow" {
  for_each = toset(["download", "ingest-chunk", "finalize", "snapshot"])

  service  = google_cloudfunctions2_function.this[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.workflow.member
}

# The public API answers those whom the operator names.
resource "google_cloud_run_service_iam_member" "api" {
  for_each = toset(var.api_invokers)

  service  = google_cloudfunctions2_function.this["sync-api"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = each.key
}
