# The orchestration, the same file that runs locally. The detailed history has every step and value,
# so the log only needs the errors.
resource "google_workflows_workflow" "this" {
  name                    = local.name
  region                  = var.region
  description             = "The daily sync of Toronto's building permits into PostgreSQL."
  service_account         = google_service_account.workflow.id
  source_contents         = file("${path.module}/../workflows/permit-sync.yaml")
  call_log_level          = "LOG_ERRORS_ONLY"
  execution_history_level = "EXECUTION_HISTORY_DETAILED"
  deletion_protection     = var.deletion_protection

  # The run.app addresses, because a workflow does not count as internal at cloudfunctions.net. The
  # identity token's audience is the address without a path, which Cloud Run accepts.
  user_env_vars = {
    DOWNLOAD_URL      = google_cloudfunctions2_function.this["download"].service_config[0].uri
    INGEST_CHUNK_URL  = google_cloudfunctions2_function.this["ingest-chunk"].service_config[0].uri
    FINALIZE_URL      = google_cloudfunctions2_function.this["finalize"].service_config[0].uri
    SNAPSHOT_URL      = google_cloudfunctions2_function.this["snapshot"].service_config[0].uri
    CHUNK_CONCURRENCY = var.chunk_concurrency
    COMPLETED_TOPIC   = google_pubsub_topic.sync_completed.name
    DEAD_LETTER_TOPIC = google_pubsub_topic.sync_dead_letter.name
  }

  depends_on = [
    google_cloud_run_service_iam_member.workflow,
    google_project_iam_member.log_writer,
    google_pubsub_topic_iam_member.workflow,
  ]
}
