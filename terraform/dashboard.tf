# One page about how the syncs are doing.
resource "google_monitoring_dashboard" "this" {
  dashboard_json = file("${path.module}/dashboard.json")

  depends_on = [
    google_logging_metric.score,
    google_monitoring_metric_descriptor.duration,
    google_monitoring_metric_descriptor.records,
    google_monitoring_metric_descriptor.runs,
  ]
}
