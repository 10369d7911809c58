import { formatProblem, loadConfig } from '../../config.ts';

export interface ConfigCheckOptions {
  /** The file to check; without it the one that the application would read. */
  readonly file: string | undefined;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isJson: boolean;
}

/** Lists every problem of the file and the environment. Exit code 1 when there is one. */
export function checkConfig(options: ConfigCheckOptions): {
  readonly output: string;
  readonly exitCode: number;
} {
  const { file, folder, env, isJson } = options;
  const config = loadConfig({
    env: file === undefined ? env : { ...env, TELLTALE_CONFIG: file },
    folder,
  });
  const exitCode = config.problems.length === 0 ? 0 : 1;
  if (isJson) {
    return { output: JSON.stringify({ path: config.path, problems: config.problems }), exitCode };
  }
  const lines = config.problems.map((problem) => formatProblem(problem, config.path));
  const verdict = `No problem in ${config.path ?? 'the environment; there is no file'}`;
  return { output: exitCode === 0 ? verdict : lines.join('\n'), exitCode };
}
