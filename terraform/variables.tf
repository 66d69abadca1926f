variable "alert_emails" {
  description = "Email addresses that receive every alert."
  type        = list(string)

  validation {
    condition     = length(var.alert_emails) > 0
    error_message = "Name at least one address in alert_emails, or nobody is told of a failed sync."
  }
  validation {
    condition     = alltrue([for email in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+$", email))])
    error_message = "Write each of alert_emails as name@host."
  }
}

variable "api_invokers" {
  description = "Members who may call the public API, such as user:name@host, group:… or serviceAccount:…. Nobody by default."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.api_invokers : can(regex("^(user|group|serviceAccount|domain|principal|principalSet):", member))])
    error_message = "Write each of api_invokers with its kind, such as user:name@host. allUsers is refused because the API starts syncs."
  }
}

variable "chunk_concurrency" {
  description = "Number of chunks ingested at the same time."
  type        = number
  default     = 4

  validation {
    condition     = var.chunk_concurrency >= 1 && var.chunk_concurrency <= 20 && floor(var.chunk_concurrency) == var.chunk_concurrency
    error_message = "Set chunk_concurrency to a whole number from 1 to 20: a workflow runs at most 20 branches at once."
  }
}

variable "database_availability" {
  description = "ZONAL, or REGIONAL for a standby in another zone."
  type        = string
  default     = "ZONAL"

  validation {
    condition     = contains(["ZONAL", "REGIONAL"], var.database_availability)
    error_message = "Set database_availability to ZONAL or REGIONAL."
  }
}

variable "database_disk_gb" {
  description = "Initial size of the database's SSD in GB. It grows automatically up to ten times this size and never shrinks."
  type        = number
  default     = 10

  validation {
    condition     = var.database_disk_gb >= 10
    error_message = "Set database_disk_gb to 10 or more: Cloud SQL has no smaller disk."
  }
}

variable "database_instance" {
  description = "Name of the Cloud SQL instance. The name of a deleted instance cannot be used again for a week."
  type        = string
  default     = "permit-sync"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.database_instance))
    error_message = "Write database_instance in lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "database_max_connections" {
  description = "Connections that PostgreSQL accepts. It must cover all that the functions can open."
  type        = number
  default     = 100

  validation {
    condition     = var.database_max_connections >= 25 && var.database_max_connections <= 1000
    error_message = "Set database_max_connections between 25 and 1000, as far as the memory of database_tier allows."
  }
  validation {
    condition     = local.function_connections + local.reserved_connections <= var.database_max_connections
    error_message = "The functions could ask for ${local.function_connections} connections, and ${local.reserved_connections} more are reserved: raise database_max_connections or lower chunk_concurrency."
  }
}

variable "database_public_ip" {
  description = "If false, the database can be migrated only from inside the VPC. If true, it also has a public address, which admits only the Cloud SQL connector with an IAM identity."
  type        = bool
  nullable    = false
}

variable "database_tier" {
  description = "Machine type of the database: db-f1-micro, db-g1-small or db-custom-CPUS-MEGABYTES."
  type        = string
  default     = "db-custom-1-3840"

  validation {
    condition     = can(regex("^db-(f1-micro|g1-small|custom-[0-9]+-[0-9]+)$", var.database_tier))
    error_message = "Set database_tier to db-f1-micro, db-g1-small or db-custom-CPUS-MEGABYTES. The edition is Enterprise, which has no db-perf-optimized tiers."
  }
}

variable "deletion_protection" {
  description = "Prevents the database and the workflow from being deleted. To remove the stack, apply with false first."
  type        = bool
  default     = true
}

variable "feed_allowed_hosts" {
  description = "Hosts that a feed may be fetched from, besides the City's."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for host in var.feed_allowed_hosts : can(regex("^[^,\\s]+$", host))])
    error_message = "Write each of feed_allowed_hosts as one host without commas or spaces, such as files.example.com."
  }
}

variable "feed_ignored_columns" {
  description = "Unmapped columns of the feed to drop, such as one that changes every day."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.feed_ignored_columns) <= 50 && alltrue([for name in var.feed_ignored_columns : can(regex("^[^,\\s]([^,]*[^,\\s])?$", name))])
    error_message = "Write each of at most 50 feed_ignored_columns as one name without commas or outer spaces, such as LAST_REFRESHED."
  }
}

variable "feed_retention_days" {
  description = "Days that a run's feed is kept. A run can be resumed only while its feed exists."
  type        = number
  default     = 30

  validation {
    condition     = var.feed_retention_days >= 14
    error_message = "Set feed_retention_days to 14 or more: dead letters are kept for 14 days, and redriving one needs its feed."
  }
}

variable "feed_source_buckets" {
  description = "Names of other buckets that a sync may read when file_path is gs://…."
  type        = set(string)
  default     = []
}

variable "functions_source" {
  description = "Path of the functions' zip, which npm run build creates."
  type        = string
  default     = "../dist/functions.zip"

  validation {
    condition     = fileexists(var.functions_source)
    error_message = "Run npm run build first, because there is no file at functions_source."
  }
}

variable "labels" {
  description = "Additional labels for all resources that support labels, such as a cost centre."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "Write labels in lower-case letters, digits, hyphens and underscores; a key begins with a letter."
  }
}

variable "project_id" {
  description = "ID of the Google Cloud project, which must have billing enabled."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "Set project_id to the project's ID, not its name or number; gcloud projects list shows it."
  }
}

variable "region" {
  description = "Region of all resources."
  type        = string
  default     = "northamerica-northeast2"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "Set region to a region such as northamerica-northeast2, not to a zone or multi-region."
  }
}
