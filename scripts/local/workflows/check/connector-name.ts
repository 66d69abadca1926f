/** Whether a call's name is that of a connector, known here or not: all of them block. */
export function isConnectorName(callee: string): boolean {
  return callee.startsWith('googleapis.') || callee.startsWith('gke.');
}
