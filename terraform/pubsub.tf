# A message here starts a sync; its data is the workflow's argument, or empty. It has no schema: what
# is wrong with an argument the run's error says, and the publisher may be anyone's tool.
resource "google_pubsub_topic" "sync_trigger" {
  name = "sync-trigger"

  depends_on = [google_project_service.this]
}

# Each completed run, as the workflow returns it: for what works on with the permits. Whoever listens
# brings a subscription.
resource "google_pubsub_topic" "sync_completed" {
  name = "sync-completed"

  depends_on = [google_project_service.this]
}

# Syncs that have failed for good. It has no schema: a letter that a schema refused would be lost.
resource "google_pubsub_topic" "sync_dead_letter" {
  name = "sync-dead-letter"

  depends_on = [google_project_service.this]
}

# Where npm run dead-letters and npm run redrive find the letters. Redriving one takes some seconds.
resource "google_pubsub_subscription" "sync_dead_letter" {
  name                       = "sync-dead-letter"
  topic                      = google_pubsub_topic.sync_dead_letter.id
  ack_deadline_seconds       = 60
  message_retention_duration = "1209600s"

  # Without this the subscription would be deleted after 31 days in which nothing failed.
  expiration_policy {
    ttl = ""
  }
}

# The workflow publishes both itself, so no service agent of Pub/Sub needs a right here.
resource "google_pubsub_topic_iam_member" "workflow" {
  for_each = {
    completed   = google_pubsub_topic.sync_completed.name
    dead_letter = google_pubsub_topic.sync_dead_letter.name
  }

  topic  = each.value
  role   = "roles/pubsub.publisher"
  member = google_service_account.workflow.member
}
