# Starts the workflow for each message on sync-trigger. Eventarc creates the subscription itself and
# grants its service agent the rights for it.
resource "google_eventarc_trigger" "sync_trigger" {
  name            = "permit-sync-trigger"
  location        = var.region
  service_account = google_service_account.trigger.email

  matching_criteria {
    attribute = "type"
    value     = "google.cloud.pubsub.topic.v1.messagePublished"
  }

  destination {
    workflow = google_workflows_workflow.this.id
  }

  transport {
    pubsub {
      topic = google_pubsub_topic.sync_trigger.id
    }
  }

  depends_on = [
    google_project_iam_member.event_receiver,
    google_project_iam_member.workflow_invoker,
  ]
}
