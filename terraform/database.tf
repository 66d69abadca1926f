# PostgreSQL. Since PostgreSQL 16, Cloud SQL's default edition is Enterprise Plus at several times
# the price, so the edition is set explicitly.
resource "google_sql_database_instance" "permits" {
  name                = var.database_instance
  region              = var.region
  database_version    = "POSTGRES_17"
  deletion_protection = var.deletion_protection

  settings {
    edition                     = "ENTERPRISE"
    tier                        = var.database_tier
    availability_type           = var.database_availability
    connector_enforcement       = "REQUIRED"
    deletion_protection_enabled = var.deletion_protection
    disk_type                   = "PD_SSD"
    disk_size                   = var.database_disk_gb
    disk_autoresize             = true
    disk_autoresize_limit       = var.database_disk_gb * 10
    user_labels                 = local.labels

    # The functions log in as their service accounts, so there are no passwords.
    database_flags {
      name  = "cloudsql.iam_authentication"
      value = "on"
    }
    database_flags {
      name  = "max_connections"
      value = var.database_max_connections
    }

    # Without authorized_networks, the public address admits only the connector with an IAM
    # identity.
    ip_configuration {
      ipv4_enabled    = var.database_public_ip
      private_network = google_compute_network.this.id
      ssl_mode        = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }

    # 4:00 or 3:00 in Toronto, before the sync. The location keeps the backups in the country.
    backup_configuration {
      enabled                        = true
      start_time                     = "08:00"
      location                       = var.region
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = 14
        retention_unit   = "COUNT"
      }
    }

    # Sunday at 8:00 UTC, when no sync runs.
    maintenance_window {
      day          = 7
      hour         = 8
      update_track = "stable"
    }

    insights_config {
      query_insights_enabled  = true
      query_string_length     = 1024
      record_application_tags = false
      record_client_address   = false
    }
  }

  lifecycle {
    # Without this, the next apply would try to shrink a disk that has grown.
    ignore_changes = [settings[0].disk_size]
  }

  depends_on = [google_service_networking_connection.services]
}

# Deleted with the instance. It could not be dropped alone while a function is connected.
resource "google_sql_database" "permits" {
  name            = local.database
  instance        = google_sql_database_instance.permits.name
  deletion_policy = "ABANDON"
}

# The functions' database users. They own nothing and have no rights until sql/grants is applied.
# PostgreSQL refuses to drop a user that holds rights, so they are deleted with the instance.
resource "google_sql_user" "function" {
  for_each = local.functions

  # PostgreSQL uses a service account's email without its last part.
  name            = trimsuffix(google_service_account.function[each.key].email, ".gserviceaccount.com")
  instance        = google_sql_database_instance.permits.name
  type            = "CLOUD_IAM_SERVICE_ACCOUNT"
  deletion_policy = "ABANDON"
}
