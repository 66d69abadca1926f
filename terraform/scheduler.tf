# Starts the sync at 6:00 in Toronto, Monday to Friday, summer and winter.
resource "google_cloud_scheduler_job" "weekdays" {
  name             = local.name
  region           = var.region
  description      = "Starts the permit sync every weekday."
  schedule         = "0 6 * * 1-5"
  time_zone        = "America/Toronto"
  attempt_deadline = "30s"

  # Creating an execution takes a second. If a response is lost and the call is repeated, the run
  # lock refuses the second execution, because only one sync runs at a time.
  retry_config {
    retry_count          = 5
    min_backoff_duration = "10s"
    max_backoff_duration = "300s"
    max_doublings        = 5
  }

  http_target {
    http_method = "POST"
    uri         = "https://workflowexecutions.googleapis.com/v1/${google_workflows_workflow.this.id}/executions"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode({ argument = jsonencode({ trigger = "schedule" }) }))

    # Google APIs accept an access token, not an identity token.
    oauth_token {
      service_account_email = google_service_account.scheduler.email
      scope                 = "https://www.googleapis.com/auth/cloud-platform"
    }
  }
}
