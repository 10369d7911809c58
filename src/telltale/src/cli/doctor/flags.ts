import type { Check } from './check.ts';

const TELLTALE = /(?:^|[/\\])telltale[/\\](?:dist[/\\].*)?register/u;
const AUTO = /@opentelemetry\/auto-instrumentations-node/u;

interface Preload {
  readonly flag: '--require' | '--import';
  readonly module: string;
}

/** Preloads in the order in which Node.js runs them: every --require before every --import. */
export function preloadsOf(words: readonly string[]): readonly Preload[] {
  const preloads = words.flatMap((word, index): Preload[] => {
    const [, flag, value] = /^(--require|-r|--import)(?:=(.*))?$/u.exec(word) ?? [];
    const module = value ?? words[index + 1];
    if (flag === undefined || module === undefined) return [];
    return [{ flag: flag === '--import' ? '--import' : '--require', module }];
  });
  return [
    ...preloads.filter(({ flag }) => flag === '--require'),
    ...preloads.filter(({ flag }) => flag === '--import'),
  ];
}

/** Whether the command line and `NODE_OPTIONS` load Telltale, and next to whom. */
export function checkFlags(command: readonly string[], nodeOptions: string | undefined): Check {
  const name = 'flags';
  const fromEnvironment = (nodeOptions ?? '').split(/\s+/u).filter(Boolean);
  const preloads = preloadsOf([...fromEnvironment, ...command]);
  const details = preloads.map(({ flag, module }) => `${flag} ${module}`);
  const ours = preloads.filter(({ module }) => TELLTALE.test(module));
  if (ours.length === 0) {
    const message =
      'telltale/register is not among them; add --require telltale/register, or give the command after --';
    return { name, status: 'warn', message, details };
  }
  const hasAuto = preloads.some(({ module }) => AUTO.test(module));
  const isMixed = new Set(preloads.map(({ flag }) => flag)).size > 1;
  if (isMixed) {
    const message =
      'Node.js runs every --require before every --import; use one of the two for all';
    return { name, status: 'warn', message, details };
  }
  const sdk = hasAuto ? 'auto-instrumentations-node runs the SDK' : 'Telltale runs the SDK';
  return { name, status: 'ok', message: `telltale/register is loaded; ${sdk}`, details };
}
