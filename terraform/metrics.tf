# The metrics that finalize writes for each closed run. They are described here because Cloud
# Monitoring refuses an alert or a chart of a metric that does not exist yet.
resource "google_monitoring_metric_descriptor" "runs" {
  type         = "custom.googleapis.com/permit_sync/runs"
  display_name = "Permit sync: runs"
  description  = "1 for each run, at the time it was closed."
  metric_kind  = "GAUGE"
  value_type   = "INT64"
  unit         = "1"

  labels {
    key         = "status"
    value_type  = "STRING"
    description = "completed or failed"
  }

  depends_on = [google_project_service.this]
}

# Records by outcome. The first five add up to the feed's total; removed and returned are permits that
# left the feed and came back, and are not in it.
resource "google_monitoring_metric_descriptor" "records" {
  type         = "custom.googleapis.com/permit_sync/records"
  display_name = "Permit sync: records"
  description  = "Records of a run by outcome."
  metric_kind  = "GAUGE"
  value_type   = "INT64"
  unit         = "{record}"

  labels {
    key         = "outcome"
    value_type  = "STRING"
    description = "new, updated, unchanged, errors, superseded, removed or returned"
  }

  depends_on = [google_project_service.this]
}

# Time from opening to closing, by the database's clock.
resource "google_monitoring_metric_descriptor" "duration" {
  type         = "custom.googleapis.com/permit_sync/duration_ms"
  display_name = "Permit sync: duration"
  description  = "How long a run took."
  metric_kind  = "GAUGE"
  value_type   = "INT64"
  unit         = "ms"

  labels {
    key         = "status"
    value_type  = "STRING"
    description = "completed or failed"
  }

  depends_on = [google_project_service.this]
}

# The coverage score, which is only in snapshot's log.
resource "google_logging_metric" "score" {
  name            = "permit_sync/coverage_score"
  description     = "Effectiveness score of each snapshot, 0 to 100."
  filter          = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"permit-sync-snapshot\" AND jsonPayload.event=\"snapshot_taken\""
  value_extractor = "EXTRACT(jsonPayload.score)"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = "1"
  }

  bucket_options {
    linear_buckets {
      num_finite_buckets = 100
      width              = 1
      offset             = 0
    }
  }

  depends_on = [google_project_service.this]
}
