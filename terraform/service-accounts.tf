# One identity per actor, so that each has only what it needs and the audit log says who did what.
# Each function's is also its user in the database.
resource "google_service_account" "function" {
  for_each = local.functions

  account_id   = "permit-sync-${each.key}"
  display_name = "permit-sync function ${each.key}"
  description  = each.value.description

  depends_on = [google_project_service.this]
}

# Calls the functions, publishes dead letters, writes its log.
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

# Starts the workflow for a message on sync-trigger.
resource "google_service_account" "trigger" {
  account_id   = "permit-sync-trigger"
  display_name = "permit-sync Eventarc trigger"

  depends_on = [google_project_service.this]
}

# Builds the functions. Without it Cloud Build would take the project's default account, which in
# many projects is an editor.
resource "google_service_account" "build" {
  account_id   = "permit-sync-build"
  display_name = "permit-sync build of the functions"

  depends_on = [google_project_service.this]
}

# Cloud SQL has no policy of its own on an instance; the condition confines the role to ours.
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

# Likewise, for the right to log in as an IAM user.
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

# finalize writes the run's metrics. Metrics belong to the project: there is no narrower level.
resource "google_project_iam_member" "metric_writer" {
  project = var.project_id
  role    = "roles/monitoring.metricWriter"
  member  = google_service_account.function["finalize"].member
}

# download asks whether the execution of a run that is still open has ended. Workflows has no policy
# on a single workflow, so this and workflow_invoker are on the project.
resource "google_project_iam_member" "execution_viewer" {
  project = var.project_id
  role    = "roles/workflows.viewer"
  member  = google_service_account.function["download"].member
}

# These start the workflow; sync-api also waits for the execution's end.
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

# sys.log and the call log are written as the workflow's own account, the build's log as the build's.
# A log belongs to the project.
resource "google_project_iam_member" "log_writer" {
  for_each = {
    workflow = google_service_account.workflow.member
    build    = google_service_account.build.member
  }

  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = each.value
}

# Eventarc delivers only to an account that may receive events, which is a right on the project.
resource "google_project_iam_member" "event_receiver" {
  project = var.project_id
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.trigger.member
}

# Cloud Functions copies the source into a bucket that it makes itself, so there is no resource here
# to bind to; the condition confines the role to that bucket.
resource "google_project_iam_member" "build_source_viewer" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member

  condition {
    title      = "source of functions"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-${data.google_project.this.number}-${var.region}\")"
  }
}
