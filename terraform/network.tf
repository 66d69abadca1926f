# A separate network, so nothing else in the project can reach the database.
resource "google_compute_network" "this" {
  name                    = local.name
  auto_create_subnetworks = false

  depends_on = [google_project_service.this]
}

# The address range for the database; /24 is the smallest that Cloud SQL accepts.
resource "google_compute_global_address" "services" {
  name          = "permit-sync-services"
  description   = "Private services access: the database's private address."
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 24
  network       = google_compute_network.this.id
}

# Private services access, which connects the network to the database.
resource "google_service_networking_connection" "services" {
  network                 = google_compute_network.this.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]
}

# Connects the functions to the network. Direct VPC egress would need no machines, but
# google_cloudfunctions2_function supports it only since provider 7, and this stack also supports 6.
# After dropping 6, use direct_vpc_network_interface in functions.tf and a subnetwork here.
resource "google_vpc_access_connector" "functions" {
  name          = local.name
  region        = var.region
  network       = google_compute_network.this.name
  ip_cidr_range = "10.8.0.0/28"
  machine_type  = "e2-micro"
  min_instances = 2
  max_instances = 3

  depends_on = [google_project_service.this]
}
