/** Whether a callee is a connector, registered or not. All connectors are blocking. */
export function isConnectorName(callee: string): boolean {
  return callee.startsWith('googleapis.') || callee.startsWith('gke.');
}
