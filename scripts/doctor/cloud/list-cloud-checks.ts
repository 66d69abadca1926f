import type { Check } from '../check.ts';
import { createPermissionCheck } from './permission-check.ts';
import { createProjectChecks } from './project-checks.ts';
import { TOOL_CHECKS } from './tool-checks.ts';

/** Lists everything that must be in order before the stack can be deployed. */
export function listCloudChecks(terraformFolder: string): readonly Check[] {
  return [
    ...TOOL_CHECKS,
    ...createProjectChecks(terraformFolder),
    createPermissionCheck(terraformFolder),
  ];
}
