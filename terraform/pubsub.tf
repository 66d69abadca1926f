# A message here starts a sync; its data is the workflow's argument or empty. The topic has no
# schema, because any tool may publish to it and the run's error says what is wrong with an
# argument.
resource "google_pubsub_topic" "sync_trigger" {
  name = "sync-trigger"

  depends_on = [google_project_service.this]
}

# Tells consumers of each completed run, as the workflow returns it. Each consumer creates its own
# subscription.
resource "google_pubsub_topic" "sync_completed" {
  name = "sync-completed"

  depends_on = [google_project_service.this]
}

# Syncs that failed permanently. It has no schema, because a letter that a schema refused would be
# lost.
resource "google_pubsub_topic" "sync_dead_letter" {
  name = "sync-dead-letter"

  depends_on = [google_project_service.this]
}

# Holds the letters for npm run dead-letters and npm run redrive, which renews the deadline of a letter
# while its sync runs.
resource "google_pubsub_subscription" "sync_dead_letter" {
  name                       = "sync-dead-letter"
  topic                      = google_pubsub_topic.sync_dead_letter.id
  ack_deadline_seconds       = 60
  message_retention_duration = "1209600s"

  # Without this, the subscription would be deleted after 31 days without a failure.
  expiration_policy {
    ttl = ""
  }
}

# Only the workflow publishes to both topics; no Pub/Sub service agent needs a right here.
resource "google_pubsub_topic_iam_member" "workflow" {
  for_each = {
    completed   = google_pubsub_topic.sync_completed.name
    dead_letter = google_pubsub_topic.sync_dead_letter.name
  }

  topic  = each.value
  role   = "roles/pubsub.publisher"
  member = google_service_account.workflow.member
}
