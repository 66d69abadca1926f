import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { $ } from 'zx';

const change = z.object({
  address: z.string(),
  type: z.string(),
  change: z.object({
    actions: z.array(z.string()),
    before: z.record(z.string(), z.unknown()).nullable(),
  }),
});

const plan = z.object({ resource_changes: z.array(change).default([]) });

export type PlannedChange = z.infer<typeof change>;

const outputs = z.record(z.string(), z.object({ value: z.unknown() }));

export interface Terraform {
  init(): Promise<void>;
  /** Writes a plan, with `destroy` one that removes everything. @returns the planned changes. */
  plan(options?: { readonly destroy?: boolean }): Promise<readonly PlannedChange[]>;
  /** Applies the last plan and nothing else. */
  apply(): Promise<void>;
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  /** Deletes the plan, which may contain secrets. */
  close(): Promise<void>;
}

/**
 * Opens a Terraform folder. Terraform's output goes to `say`; it asks no questions.
 * Source: https://developer.hashicorp.com/terraform/internals/json-format
 */
export async function openTerraform(
  folder: string,
  say: (text: string) => void,
): Promise<Terraform> {
  // Only this user can enter a folder made by mkdtemp.
  const directory = await mkdtemp(join(tmpdir(), 'permit-sync-plan-'));
  const file = join(directory, 'plan');
  const shell = $({
    quiet: true,
    nothrow: true,
    // In the terminal's process group: Ctrl-C reaches Terraform, which then stops cleanly.
    detached: false,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TF_IN_AUTOMATION: '1', TF_INPUT: '0' },
  });
  const color = process.stderr.isTTY ? [] : ['-no-color'];

  const show = async (command: string, ...args: readonly string[]): Promise<void> => {
    say(`$ ${['terraform', `-chdir=${folder}`, command, ...args].join(' ')}\n`);
    // On Ctrl-C this process must outlive Terraform, which still has to write its state.
    const wait = () => {};
    process.on('SIGINT', wait);
    const running = shell`terraform -chdir=${folder} ${command} ${color} ${args}`;
    running.stdout.on('data', (part) => say(String(part)));
    running.stderr.on('data', (part) => say(String(part)));
    const { exitCode } = await running;
    process.off('SIGINT', wait);
    if (exitCode !== 0) throw new Error(`terraform ${command} exited with ${exitCode}`);
  };
  const read = async (...args: readonly string[]): Promise<unknown> => {
    const { exitCode, stdout, stderr } = await shell`terraform -chdir=${folder} ${args}`;
    if (exitCode !== 0) throw new Error(`terraform ${args[0]}: ${stderr.trim()}`);
    return JSON.parse(stdout);
  };

  return {
    init: () => show('init', '-input=false'),
    async plan({ destroy = false } = {}) {
      await show('plan', '-input=false', ...(destroy ? ['-destroy'] : []), `-out=${file}`);
      const { resource_changes } = plan.parse(await read('show', '-json', file));
      return resource_changes.filter(({ change: { actions } }) => {
        const [action] = actions;
        return action !== 'no-op' && action !== 'read';
      });
    },
    apply: () => show('apply', '-input=false', file),
    async outputs() {
      const found = Object.entries(outputs.parse(await read('output', '-json')));
      return Object.fromEntries(found.map(([name, { value }]) => [name, value]));
    },
    close: () => rm(directory, { recursive: true }),
  };
}

export interface PlanSummary {
  readonly create: readonly string[];
  readonly update: readonly string[];
  readonly replace: readonly string[];
  readonly destroy: readonly string[];
}

/** Groups the addresses of a plan's resources by what happens to them. */
export function summarizePlan(changes: readonly PlannedChange[]): PlanSummary {
  const addresses = (matches: (actions: readonly string[]) => boolean) =>
    changes.filter(({ change: { actions } }) => matches(actions)).map(({ address }) => address);
  const only = (action: string) => (actions: readonly string[]) =>
    actions.length === 1 && actions[0] === action;
  return {
    create: addresses(only('create')),
    update: addresses(only('update')),
    replace: addresses((actions) => actions.length > 1),
    destroy: addresses(only('delete')),
  };
}
