import { formatProblem, loadConfig } from '../../config.ts';
import { type Check, formatChecks } from '../doctor/check.ts';
import { checkCommand } from '../doctor/command.ts';
import { checkFlags } from '../doctor/flags.ts';
import { checkEsmHook, checkNode } from '../doctor/node.ts';
import {
  checkOrt,
  checkOtel,
  findPackages,
  ORT_PACKAGES,
  OTEL_PACKAGES,
} from '../doctor/packages.ts';
import { checkPhoneHome } from '../doctor/phone-home.ts';
import { checkReachability } from '../doctor/reachability.ts';

export interface DoctorOptions {
  /** The command line that starts the application, if it was given. */
  readonly command: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isJson: boolean;
}

/** Looks at everything that decides whether inferences are seen. Exit code 1 when a check fails. */
export async function doctor(
  options: DoctorOptions,
): Promise<{ readonly output: string; readonly exitCode: number }> {
  const { command, folder, env, isJson } = options;
  const config = loadConfig({ env, folder });
  const tree = findPackages(folder, [...OTEL_PACKAGES, ...ORT_PACKAGES]);
  const checks: readonly Check[] = [
    checkNode(process.versions.node),
    checkEsmHook(process.versions.node),
    ...checkCommand(command, { folder, env }),
    checkFlags(command, env['NODE_OPTIONS']),
    {
      name: 'configuration',
      status: config.problems.length === 0 ? 'ok' : 'fail',
      message: config.path ?? 'environment and defaults',
      details: config.problems.map((problem) => formatProblem(problem, config.path)),
    },
    checkOtel(tree),
    checkOrt(tree),
    checkPhoneHome(tree, env),
    ...(await checkReachability(config, folder)),
  ];
  const isComplete = tree.isComplete;
  const output = isJson
    ? JSON.stringify({ checks, packages: tree.copies, isComplete })
    : formatChecks(checks);
  return { output, exitCode: checks.some(({ status }) => status === 'fail') ? 1 : 0 };
}
