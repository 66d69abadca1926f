# A network of its own: the database is reachable from nothing else in the project.
resource "google_compute_network" "this" {
  name                    = local.name
  auto_create_subnetworks = false

  depends_on = [google_project_service.this]
}

# The range in which Google places the database; /24 is the smallest that Cloud SQL takes.
resource "google_compute_global_address" "services" {
  name          = "permit-sync-services"
  description   = "Private services access: the database's private address."
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 24
  network       = google_compute_network.this.id
}

# Private services access, through which the network reaches the database.
resource "google_service_networking_connection" "services" {
  network                 = google_compute_network.this.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]
}

# The functions' way into the network. Direct VPC egress would need no machines of its own, but
# google_cloudfunctions2_function has had it only since provider 7, and this stack is valid under 6
# too. When 6 is given up: direct_vpc_network_interface in functions.tf, a subnetwork here.
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
