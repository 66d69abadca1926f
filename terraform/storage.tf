# The feeds, each run's as one object runs/<run_id>/feed.json.gz: some 25 MB a day.
resource "google_storage_bucket" "feeds" {
  name                        = "${var.project_id}-permit-sync-feeds"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # With the protection off the feeds go with the stack.
  force_destroy = !var.deletion_protection

  # A feed can be fetched again or resumed from while it is here: deleted is deleted.
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

# The functions' source. Versions of it stay, to go back to.
resource "google_storage_bucket" "source" {
  name                        = "${var.project_id}-permit-sync-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # It holds nothing that npm run build does not make again.
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

# The name carries the file's hash: another source is another object, and so another revision.
resource "google_storage_bucket_object" "functions" {
  name   = "functions-${filesha256(var.functions_source)}.zip"
  bucket = google_storage_bucket.source.name
  source = var.functions_source
}

# download writes a run's feed, replaces it when it is called again, and reads it to resume a run.
resource "google_storage_bucket_iam_member" "feed_writer" {
  bucket = google_storage_bucket.feeds.name
  role   = "roles/storage.objectUser"
  member = google_service_account.function["download"].member
}

# ingest-chunk reads its byte range.
resource "google_storage_bucket_iam_member" "feed_reader" {
  bucket = google_storage_bucket.feeds.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.function["ingest-chunk"].member
}

# Feeds that others have put into a bucket of theirs.
resource "google_storage_bucket_iam_member" "feed_source_reader" {
  for_each = var.feed_source_buckets

  bucket = each.key
  role   = "roles/storage.objectViewer"
  member = google_service_account.function["download"].member
}
