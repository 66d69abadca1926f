# The APIs that the stack uses. They stay enabled when the stack is removed, because the rest of the
# project may use them by then. (Provider 7 leaves them enabled by default, provider 6 does not.)
resource "google_project_service" "this" {
  for_each = toset([
    "artifactregistry.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "cloudscheduler.googleapis.com",
    "compute.googleapis.com",
    "eventarc.googleapis.com",
    "iam.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "servicenetworking.googleapis.com",
    "sqladmin.googleapis.com",
    "storage.googleapis.com",
    "vpcaccess.googleapis.com",
    "workflowexecutions.googleapis.com",
    "workflows.googleapis.com",
  ])

  service            = each.key
  disable_on_destroy = false
}

# The project, whose number is part of the name of the bucket that Cloud Functions builds from.
data "google_project" "this" {
  project_id = var.project_id

  depends_on = [google_project_service.this]
}
