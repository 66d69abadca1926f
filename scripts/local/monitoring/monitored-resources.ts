/**
 * The resource types that user-defined metrics may be written to. Each has the labels that it needs
 * besides `project_id`, which the service fills in. Cloud Run's own types are not among them.
 * https://cloud.google.com/monitoring/custom-metrics/creating-metrics#which-resource
 */
export const MONITORED_RESOURCE_LABELS: Readonly<Record<string, readonly string[]>> = {
  aws_ec2_instance: ['instance_id', 'region', 'aws_account'],
  dataflow_job: ['job_name', 'region'],
  gae_instance: ['module_id', 'version_id', 'instance_id', 'location'],
  gce_instance: ['instance_id', 'zone'],
  generic_node: ['location', 'namespace', 'node_id'],
  generic_task: ['location', 'namespace', 'job', 'task_id'],
  gke_container: [
    'cluster_name',
    'namespace_id',
    'instance_id',
    'pod_id',
    'container_name',
    'zone',
  ],
  global: [],
  k8s_cluster: ['location', 'cluster_name'],
  k8s_container: ['location', 'cluster_name', 'namespace_name', 'pod_name', 'container_name'],
  k8s_node: ['location', 'cluster_name', 'node_name'],
  k8s_pod: ['location', 'cluster_name', 'namespace_name', 'pod_name'],
};
