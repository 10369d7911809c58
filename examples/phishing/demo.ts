// `npm run demo`: README.md says what it shows.
import { parseOptions } from './demo/options.ts';
import { runDemo } from './demo/run.ts';
import { createScreen } from './demo/screen.ts';
import { renderSummary } from './demo/view.ts';

const options = parseOptions(process.argv, process.stdout.isTTY === true);
// With --json standard output holds the result only, so that a program can read it.
const screen = createScreen(options.isJson ? process.stderr : process.stdout);
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => interruption.abort());
}

try {
  const summary = await runDemo(options, screen, interruption.signal);
  for (const line of renderSummary(summary, screen.paint)) screen.print(line);
  if (options.isJson) console.log(JSON.stringify(summary));
  process.exitCode = summary.problems.length === 0 ? 0 : 1;
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause);
  process.exitCode = 1;
}
