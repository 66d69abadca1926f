output "api_url" {
  description = "Address of the public API."
  value       = "${google_cloudfunctions2_function.this["sync-api"].service_config[0].uri}/api/sync"
}

output "console_url" {
  description = "Address of the workflow and its executions in the console."
  value       = "https://console.cloud.google.com/workflows/workflow/${var.region}/${google_workflows_workflow.this.name}/executions?project=${var.project_id}"
}

output "database_connection_name" {
  description = "Name of the database instance for the Cloud SQL connector and proxy."
  value       = google_sql_database_instance.permits.connection_name
}

output "database_name" {
  description = "Name of the database in the instance."
  value       = google_sql_database.permits.name
}

output "database_public_ip" {
  description = "Whether the database can be reached from outside the VPC."
  value       = var.database_public_ip
}

output "database_users" {
  description = "IAM database user of each function, which the grants need."
  value       = { for name, user in google_sql_user.function : name => user.name }
}

output "project_id" {
  description = "ID of the project."
  value       = var.project_id
}

output "psql_command" {
  description = "Opens psql as the user postgres, after asking for a new password and setting it. Without a public address, run it from a machine inside the VPC."
  value = join(" && ", [
    "gcloud sql users set-password postgres --instance=${google_sql_database_instance.permits.name} --project=${var.project_id} --prompt-for-password",
    var.database_public_ip
    ? "gcloud beta sql connect ${google_sql_database_instance.permits.name} --project=${var.project_id} --user=postgres --database=${google_sql_database.permits.name}"
    : "{ cloud-sql-proxy --private-ip --port=5433 ${google_sql_database_instance.permits.connection_name} & sleep 3; psql 'host=127.0.0.1 port=5433 user=postgres dbname=${google_sql_database.permits.name}'; kill %1; }",
  ])
}

output "region" {
  description = "Region of all resources."
  value       = var.region
}

output "run_command" {
  description = "Starts a sync and waits for it to end."
  value       = "gcloud workflows run ${google_workflows_workflow.this.name} --location=${var.region} --project=${var.project_id}"
}

output "workflow_name" {
  description = "Name of the workflow."
  value       = google_workflows_workflow.this.name
}
