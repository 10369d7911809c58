import { clipped, type PlotPanel, percent } from './panels.ts';

export interface TerminalPlotOptions {
  /** Columns of the terminal. Default 80. */
  readonly width?: number;
  /** Default `false`. */
  readonly isColored?: boolean;
}

const WIDTH = 80;
const WIDTH_MIN = 40;
const LABEL_LENGTH_MAX = 20;
/** A share as text, such as ` 12.3 %`, and the space before it. */
const SHARE_LENGTH = 8;
const GAP = '  ';
/** From an empty column to a full one, by eighths. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const BLUE = '\u001B[34m';
const YELLOW = '\u001B[33m';
const PLAIN = '\u001B[39m';

/**
 * A drawing of the window against the baseline for a terminal: one line a bar, the baseline on the
 * left and the window on the right, both on one scale.
 */
export function drawTerminalPlot(
  panels: readonly PlotPanel[],
  options: TerminalPlotOptions = {},
): string {
  return panels.map((panel) => drawPanel(panel, options)).join('\n');
}

function drawPanel(
  panel: PlotPanel,
  { width = WIDTH, isColored = false }: TerminalPlotOptions,
): string {
  const { labels, changes = [], baseline, window } = panel;
  const changeLength = Math.max(-1, ...changes.map(({ length }) => length)) + 1;
  const shown = labels.map((label, index) => {
    const name = clipped(printable(label), LABEL_LENGTH_MAX - changeLength);
    return `${name}${printable(changes[index] ?? '').padStart(changeLength)}`;
  });
  const labelLength = Math.max(0, ...shown.map((label) => label.length));
  const taken = labelLength + 1 + 2 * SHARE_LENGTH + GAP.length;
  const columns = Math.max(4, Math.floor((Math.max(WIDTH_MIN, width) - taken) / 2));
  const highest = Math.max(0.01, ...baseline, ...window);
  const side = (share: number, color: string): string => {
    const text = bar((share / highest) * columns);
    const space = ' '.repeat(columns - text.length);
    const painted = isColored ? `${color}${text}${PLAIN}` : text;
    return `${painted}${space}${percent(share).padStart(SHARE_LENGTH)}`;
  };
  const lines = shown.map(
    (label, index) =>
      `${label.padStart(labelLength)} ${side(baseline[index] ?? 0, BLUE)}${GAP}` +
      side(window[index] ?? 0, YELLOW),
  );
  const indent = ' '.repeat(labelLength + 1);
  const head = `${indent}${'baseline'.padEnd(columns + SHARE_LENGTH)}${GAP}window`;
  return `${printable(panel.title)}\n${head}\n${lines.join('\n')}\n`;
}

/** A bar of so many columns, to an eighth. */
function bar(columns: number): string {
  const eighths = Math.max(0, Math.round(columns * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}

/** Names come from applications: nothing of them may move a cursor or paint the terminal. */
const printable = (text: string): string => text.replaceAll(/\p{C}/gu, '?');
