# One account per actor, so each has only the rights it needs and the audit log shows who did what.
# A function's account is also its database user.
resource "google_service_account" "function" {
  for_each = local.functions

  account_id   = "permit-sync-${each.key}"
  display_name = "permit-sync function ${each.key}"
  description  = each.value.description

  depends_on = [google_project_service.this]
}

# Calls the functions, publishes completed runs and dead letters, and writes its log.
resource "google_service_account" "workflow" {
  account_id   = "permit-sync-workflow"
  display_name = "permit-sync workflow"

  depends_on = [google_project_service.this]
}

# Starts the workflow every weekday.
resource "google_service_account" "scheduler" {
  account_id   = "permit-sync-scheduler"
  display_name = "permit-sync schedule"

  depends_on = [google_project_service.this]
}

# Starts the workflow for each message on sync-trigger.
resource "google_service_account" "trigger" {
  account_id   = "permit-sync-trigger"
  display_name = "permit-sync Eventarc trigger"

  depends_on = [google_project_service.this]
}

# Builds the functions. Without it, Cloud Build would use the project's default account, which is an
# editor in many projects.
resource "google_service_account" "build" {
  account_id   = "permit-sync-build"
  display_name = "permit-sync build of the functions"

  depends_on = [google_project_service.this]
}

# Cloud SQL instances have no IAM policy; the condition limits this project role to one instance.
resource "google_project_iam_member" "database_client" {
  for_each = local.functions

  project = var.project_id
  role    = "roles/cloudsql.client"
  member  = google_service_account.function[each.key].member

  condition {
    title      = "permit-sync database"
    expression = "resource.name == \"projects/${var.project_id}/instances/${var.database_instance}\" && resource.type == \"sqladmin.googleapis.com/Instance\""
  }
}

# The right to log in as an IAM user, limited in the same way.
resource "google_project_iam_member" "database_user" {
  for_each = local.functions

  project = var.project_id
  role    = "roles/cloudsql.instanceUser"
  member  = google_service_account.function[each.key].member

  condition {
    title      = "permit-sync database"
    expression = "resource.name == \"projects/${var.project_id}/instances/${var.database_instance}\" && resource.type == \"sqladmin.googleapis.com/Instance\""
  }
}

# finalize writes the run's metrics. Metrics belong to the project, so there is no narrower level.
resource "google_project_iam_member" "metric_writer" {
  project = var.project_id
  role    = "roles/monitoring.metricWriter"
  member  = google_service_account.function["finalize"].member
}

# download checks whether the execution of a run that is still open has ended. A single workflow has
# no IAM policy, so this role and workflow_invoker are on the project.
resource "google_project_iam_member" "execution_viewer" {
  project = var.project_id
  role    = "roles/workflows.viewer"
  member  = google_service_account.function["download"].member
}

# These start the workflow; sync-api also waits for the execution to end.
resource "google_project_iam_member" "workflow_invoker" {
  for_each = {
    scheduler = google_service_account.scheduler.member
    trigger   = google_service_account.trigger.member
    sync-api  = google_service_account.function["sync-api"].member
  }

  project = var.project_id
  role    = "roles/workflows.invoker"
  member  = each.value
}

# sys.log and the call log are written as the workflow's account, the build's log as the build's
# account. Logs belong to the project.
resource "google_project_iam_member" "log_writer" {
  for_each = {
    workflow = google_service_account.workflow.member
    build    = google_service_account.build.member
  }

  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = each.value
}

# Eventarc delivers only through an account that may receive events, a right on the project.
resource "google_project_iam_member" "event_receiver" {
  project = var.project_id
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.trigger.member
}

# Cloud Functions copies the source into a bucket that it creates itself, so the role cannot be
# granted on a resource of this stack; the condition limits it to that bucket.
resource "google_project_iam_member" "build_source_viewer" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member

  condition {
    title      = "source of functions"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-${data.google_project.this.number}-${var.region}\")"
  }
}
