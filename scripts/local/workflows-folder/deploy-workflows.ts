import { deployFolder, describeRefusal, type WorkflowsFolder } from './deploy-folder.ts';

/**
 * Deploys every workflow of a folder and logs those that are refused.
 *
 * @throws Error if the workflow named `required` is refused: nothing works without it.
 */
export async function deployWorkflows(
  folder: WorkflowsFolder,
  required: string,
  log: (message: string) => void,
): Promise<void> {
  for (const [name, error] of await deployFolder(folder)) {
    const message = `${name} is refused: ${describeRefusal(error)}`;
    if (name.startsWith(`${required}.`)) throw new Error(message, { cause: error });
    log(message);
  }
}
