locals {
  # The local cloud renders the same templates for its mails. The first line is the subject.
  alert_templates = {
    for name, text in {
      for name in ["sync-failed", "sync-warned", "dead-letter"] : name => file("${path.module}/alerts/${name}.md")
      } : name => {
      subject = split("\n", text)[0]
      content = trimspace(trimprefix(text, split("\n", text)[0]))
    }
  }

  alert_channels = [for channel in google_monitoring_notification_channel.email : channel.id]
}

# A run was closed as failed. finalize logs this once per run.
resource "google_monitoring_alert_policy" "sync_failed" {
  display_name          = "Permit sync: a run failed"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = local.alert_channels
  user_labels           = local.labels

  conditions {
    display_name = "finalize logged sync_failed"

    condition_matched_log {
      filter = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"permit-sync-finalize\" AND jsonPayload.event=\"sync_failed\""
      label_extractors = {
        run_id            = "EXTRACT(jsonPayload.run_id)"
        error_message     = "EXTRACT(jsonPayload.error_message)"
        error_code        = "EXTRACT(jsonPayload.error_code)"
        error_hint        = "EXTRACT(jsonPayload.error_hint)"
        failed_at         = "EXTRACT(jsonPayload.failed_at)"
        records_processed = "EXTRACT(jsonPayload.records_processed)"
        stored            = "EXTRACT(jsonPayload.stored)"
        command           = "EXTRACT(jsonPayload.command)"
      }
    }
  }

  # No log entry ever ends the incident of a failed run, so it closes by itself. The rate limit
  # applies to entries with the same labels, so every run has its own mail.
  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "300s"
    }
  }

  documentation {
    subject   = local.alert_templates["sync-failed"].subject
    content   = local.alert_templates["sync-failed"].content
    mime_type = "text/markdown"
  }

  depends_on = [google_project_service.this]
}

# A run completed, but something about it is doubtful. finalize logs this once per run, and once more
# for what went wrong after the run had completed.
resource "google_monitoring_alert_policy" "sync_warned" {
  display_name          = "Permit sync: a run completed with warnings"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = local.alert_channels
  user_labels           = local.labels

  conditions {
    display_name = "finalize logged sync_warned"

    condition_matched_log {
      filter = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"permit-sync-finalize\" AND jsonPayload.event=\"sync_warned\""
      label_extractors = {
        run_id  = "EXTRACT(jsonPayload.run_id)"
        message = "EXTRACT(jsonPayload.message)"
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "300s"
    }
  }

  documentation {
    subject   = local.alert_templates["sync-warned"].subject
    content   = local.alert_templates["sync-warned"].content
    mime_type = "text/markdown"
  }

  depends_on = [google_project_service.this]
}

# The workflow gave up and left a dead letter. An operator decides whether to redrive it.
resource "google_monitoring_alert_policy" "dead_letter" {
  display_name          = "Permit sync: an execution was dead-lettered"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.alert_channels
  user_labels           = local.labels

  conditions {
    display_name = "the workflow logged sync_dead_lettered"

    condition_matched_log {
      filter = "resource.type=\"workflows.googleapis.com/Workflow\" AND resource.labels.workflow_id=\"permit-sync\" AND jsonPayload.event=\"sync_dead_lettered\""
      label_extractors = {
        execution_id  = "EXTRACT(jsonPayload.execution_id)"
        run_id        = "EXTRACT(jsonPayload.run_id)"
        error_message = "EXTRACT(jsonPayload.error_message)"
        error_code    = "EXTRACT(jsonPayload.error_code)"
        error_hint    = "EXTRACT(jsonPayload.error_hint)"
        attempts      = "EXTRACT(jsonPayload.attempts)"
        failed_chunks = "EXTRACT(jsonPayload.failed_chunks)"
        advice        = "EXTRACT(jsonPayload.advice)"
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "300s"
    }
  }

  documentation {
    subject   = local.alert_templates["dead-letter"].subject
    content   = local.alert_templates["dead-letter"].content
    mime_type = "text/markdown"
  }

  depends_on = [google_project_service.this]
}

# Catches failures that log nothing: a paused schedule, a trigger without rights, a hanging
# workflow.
#
# Friday's sync and Monday's are 72 hours apart, 73 when the clocks go back. Even with both retries
# and time-outs, a sync ends within two more hours. An absence condition looks back 23.5 hours at
# most (https://cloud.google.com/monitoring/alerts/metric-absence), PromQL as far as the metric is
# kept (https://cloud.google.com/monitoring/alerts/using-promql). The duration of one hour gives a
# new stack time for its first sync.
resource "google_monitoring_alert_policy" "no_sync_completed" {
  display_name          = "Permit sync: no run completed for 76 hours"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.alert_channels
  user_labels           = local.labels

  conditions {
    display_name = "no completed run in 76 hours"

    condition_prometheus_query_language {
      query               = "absent_over_time(custom_googleapis_com:permit_sync_runs{monitored_resource=\"global\",status=\"completed\"}[76h])"
      duration            = "3600s"
      evaluation_interval = "600s"
    }
  }

  alert_strategy {
    auto_close = "604800s"
  }

  documentation {
    subject   = "No permit sync has completed for 76 hours"
    content   = "The permits database is out of date by more than a weekend. To see how the last syncs ended, type: `gcloud workflows executions list ${local.name} --location=${var.region} --project=${var.project_id}`"
    mime_type = "text/markdown"
  }

  depends_on = [google_monitoring_metric_descriptor.runs]
}

# Dead letters are deleted after 14 days unless they are redriven, so this repeats every day.
resource "google_monitoring_alert_policy" "dead_letters_waiting" {
  display_name          = "Permit sync: dead letters are waiting"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = local.alert_channels
  user_labels           = local.labels

  conditions {
    display_name = "undelivered dead letters"

    condition_threshold {
      filter          = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=\"sync-dead-letter\" AND metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "600s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  alert_strategy {
    auto_close = "604800s"

    notification_channel_strategy {
      notification_channel_names = local.alert_channels
      renotify_interval          = "86400s"
    }
  }

  documentation {
    subject   = "Dead letters of the permit sync are waiting"
    content   = "A dead letter is deleted after 14 days. To list them, type: `GOOGLE_CLOUD_PROJECT=${var.project_id} npm run dead-letters`. To run one again, use `npm run redrive`."
    mime_type = "text/markdown"
  }

  depends_on = [google_pubsub_subscription.sync_dead_letter]
}
