# The feeds, one object runs/<run_id>/feed.json.gz per run, about 25 MB a day.
resource "google_storage_bucket" "feeds" {
  name                        = "${var.project_id}-permit-sync-feeds"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # Without deletion protection, the feeds are deleted with the stack.
  force_destroy = !var.deletion_protection

  # Deleted feeds are not kept, because a feed can be fetched again.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = var.feed_retention_days
    }
  }

  depends_on = [google_project_service.this]
}

# The functions' source. Older versions are kept for rollbacks.
resource "google_storage_bucket" "source" {
  name                        = "${var.project_id}-permit-sync-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # npm run build can recreate everything in it.
  force_destroy = true

  versioning {
    enabled = true
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      num_newer_versions = 5
      with_state         = "ARCHIVED"
    }
  }

  depends_on = [google_project_service.this]
}

# The name contains the file's hash, so a changed source is a new object and leads to a new
# revision.
resource "google_storage_bucket_object" "functions" {
  name   = "functions-${filesha256(var.functions_source)}.zip"
  bucket = google_storage_bucket.source.name
  source = var.functions_source
}

# download writes a run's feed, replaces it if it is called again, and reads it to resume a run.
resource "google_storage_bucket_iam_member" "feed_writer" {
  bucket = google_storage_bucket.feeds.name
  role   = "roles/storage.objectUser"
  member = google_service_account.function["download"].member
}

# ingest-chunk reads its chunk's byte range.
resource "google_storage_bucket_iam_member" "feed_reader" {
  bucket = google_storage_bucket.feeds.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.function["ingest-chunk"].member
}

# Other buckets that download may read feeds from.
resource "google_storage_bucket_iam_member" "feed_source_reader" {
  for_each = var.feed_source_buckets

  bucket = each.key
  role   = "roles/storage.objectViewer"
  member = google_service_account.function["download"].member
}
