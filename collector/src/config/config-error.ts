/** One thing wrong with a configuration file. */
export interface ConfigProblem {
  readonly file: string;
  /** 1-based; absent when the file could not be read. */
  readonly line?: number;
  readonly column?: number;
  /** Where in the document: `collector.notify.receivers[0].url`; empty for the whole of it. */
  readonly path: string;
  readonly message: string;
}

const BRAND = Symbol.for('@telltale/collector.config-error');

/** A configuration that cannot be used, with every problem found. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

export function isConfigError(value: unknown): value is ConfigError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** `telltale.yaml:3:5: collector.listen.otlp: Cannot use ...` */
export function formatProblem({ file, line, column, path, message }: ConfigProblem): string {
  const position = line === undefined ? '' : `:${line}:${column ?? 1}`;
  return `${file}${position}: ${path === '' ? '' : `${path}: `}${message}`;
}
