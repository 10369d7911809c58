import type { StreamMonitor } from '../../stream/stream-monitor.ts';
import { type PlotCurve, plotCurve } from './curve.ts';
import { clipped, type PlotPanel, percent, plotPanels, shortNumber } from './panels.ts';
import { plotSummary } from './summary.ts';

const WIDTH = 760;
const PANEL_HEIGHT = 190;
const LEFT = 52;
const RIGHT = 20;
const LINE_HEIGHT = 16;
const BOTTOM = 40;
const TITLE = 32;
const LABEL_LENGTH_MAX = 28;
/** Bars with so much room have their shares above them. */
const SHARES_SLOT_MIN = 90;
const CURVE_TICKS = 6;
/** Colours by class, so that the picture is dark on a dark page. */
const STYLE =
  '.page{fill:#ffffff}.text,text{fill:#1a1a1a}.baseline{fill:#4c6fae}.window{fill:#d95f02}' +
  '.axis{stroke:#777777}.gap{fill:#b30000}line.gap{stroke:#b30000}' +
  'polyline{fill:none;stroke-width:1.8}polyline.baseline{fill:none;stroke:#4c6fae}' +
  'polyline.window{fill:none;stroke:#d95f02}text.gap{paint-order:stroke;stroke:#ffffff;stroke-width:4px}' +
  '@media (prefers-color-scheme:dark){.page{fill:#161616}text{fill:#e8e8e8}.baseline{fill:#7fa3e6}' +
  '.window{fill:#f08a3c}.axis{stroke:#8a8a8a}.gap{fill:#ff8a80}line.gap{stroke:#ff8a80}' +
  'polyline.baseline{fill:none;stroke:#7fa3e6}polyline.window{fill:none;stroke:#f08a3c}' +
  'text.gap{stroke:#161616}}';

/**
 * A drawing of the window against the baseline as SVG: state, effect and evidence in words, missing
 * and unknown values, the distribution functions with their largest gap or the categories, and bars.
 */
export function plotStream(stream: StreamMonitor): string {
  const { comparison } = stream;
  if (comparison === undefined) return '';
  const curve = plotCurve(comparison);
  const summary = plotSummary(stream, curve);
  const head = 24 + (summary.length + 1) * LINE_HEIGHT;
  const parts = [
    ...(curve === undefined ? [] : [(top: number): string => drawCurve(curve, top)]),
    ...plotPanels(comparison).map((panel) => (top: number) => drawPanel(panel, top)),
  ];
  const height = head + parts.length * PANEL_HEIGHT + 8;
  const words = summary.map((line, index) => {
    const size = index === 0 ? 14 : 11;
    const font = index === 0 ? '' : ' font-family="monospace" xml:space="preserve"';
    return `<text x="${LEFT}" y="${20 + index * LINE_HEIGHT}" font-size="${size}"${font}>${escapeXml(line)}</text>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" ` +
    `viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">` +
    `<style>${STYLE}</style><rect class="page" width="${WIDTH}" height="${height}"/>${words.join('')}${legend(head - 12)}` +
    `${parts.map((draw, index) => draw(head + index * PANEL_HEIGHT)).join('')}</svg>\n`
  );
}

/** Both distribution functions as steps, the largest gap marked. */
function drawCurve({ values, baseline, window, gap }: PlotCurve, top: number): string {
  const { bottom, height } = frame(top);
  const [low = 0] = values;
  const high = values.at(-1) ?? low;
  const x = (value: number): number =>
    LEFT + ((value - low) / (high - low || 1)) * (WIDTH - LEFT - RIGHT);
  const y = (share: number): number => bottom - share * height;
  const steps = (shares: readonly number[], side: string): string => {
    const points = shares.flatMap((share, index) => {
      const at = x(values[index] ?? 0).toFixed(1);
      return [`${at},${y(shares[index - 1] ?? 0).toFixed(1)}`, `${at},${y(share).toFixed(1)}`];
    });
    return `<polyline points="${points.join(' ')}" class="${side}"/>`;
  };
  const at = values.indexOf(gap.value);
  const [from, to] = [y(baseline[at] ?? 0), y(window[at] ?? 0)];
  const ticks = Array.from({ length: CURVE_TICKS + 1 }, (_, index) => {
    const value = low + (index / CURVE_TICKS) * (high - low);
    return tick(x(value), bottom, shortNumber(value));
  });
  // Both curves rise: right below the gap and left above it nothing is drawn.
  const isRight = x(gap.value) > WIDTH / 2;
  const [anchor, side, label] = isRight
    ? (['end', -6, Math.min(from, to) - 4] as const)
    : (['start', 6, Math.max(from, to) + 12] as const);
  return (
    axes('Share of the values up to each value, on their own axis', top, '100 %') +
    ticks.join('') +
    steps(baseline, 'baseline') +
    steps(window, 'window') +
    `<line x1="${x(gap.value).toFixed(1)}" y1="${from.toFixed(1)}" x2="${x(gap.value).toFixed(1)}" y2="${to.toFixed(1)}" class="gap" stroke-width="2.5"/>` +
    `<text x="${(x(gap.value) + side).toFixed(1)}" y="${Math.min(bottom - 4, label).toFixed(1)}" text-anchor="${anchor}" class="gap">` +
    `largest gap ${gap.distance.toFixed(3)} at ${shortNumber(gap.value)}</text>`
  );
}

function drawPanel({ title, labels, changes, baseline, window }: PlotPanel, top: number): string {
  const { bottom, height } = frame(top);
  const highest = Math.max(0.01, ...baseline, ...window);
  const slot = (WIDTH - LEFT - RIGHT) / labels.length;
  const wide = Math.min(slot * 0.4, 60);
  const bar = (share: number, index: number, side: 0 | 1): string => {
    const size = (share / highest) * height;
    const x = LEFT + (index + 0.5) * slot + (side - 1) * wide;
    const above =
      slot < SHARES_SLOT_MIN
        ? ''
        : `<text x="${(x + wide / 2).toFixed(1)}" y="${(bottom - size - 3).toFixed(1)}" text-anchor="middle" font-size="9">${percent(share)}</text>`;
    return (
      `<rect x="${x.toFixed(1)}" y="${(bottom - size).toFixed(1)}" width="${wide.toFixed(1)}" ` +
      `height="${size.toFixed(1)}" class="${side === 0 ? 'baseline' : 'window'}">` +
      `<title>${(100 * share).toFixed(2)} %</title></rect>${above}`
    );
  };
  const length = Math.max(4, Math.min(LABEL_LENGTH_MAX, Math.floor(slot / 5)));
  const bars = labels.map(
    (label, index) =>
      bar(baseline[index] ?? 0, index, 0) +
      bar(window[index] ?? 0, index, 1) +
      tick(LEFT + (index + 0.5) * slot, bottom, clipped(label, length)) +
      (changes === undefined
        ? ''
        : tick(LEFT + (index + 0.5) * slot, bottom + LINE_HEIGHT - 4, changes[index] ?? '')),
  );
  return `${axes(title, top, `${(100 * highest).toFixed(highest < 0.1 ? 1 : 0)} %`)}${bars.join('')}`;
}

function frame(top: number): { readonly bottom: number; readonly height: number } {
  const bottom = top + PANEL_HEIGHT - BOTTOM;
  return { bottom, height: PANEL_HEIGHT - BOTTOM - TITLE };
}

/** The frame of a panel with its title and what the height means. */
function axes(title: string, top: number, highest: string): string {
  const { bottom, height } = frame(top);
  return (
    `<text x="${LEFT}" y="${top + 16}" font-weight="bold">${escapeXml(title)}</text>` +
    `<text x="${LEFT - 6}" y="${bottom - height + 8}" text-anchor="end">${highest}</text>` +
    `<text x="${LEFT - 6}" y="${bottom}" text-anchor="end">0 %</text>` +
    `<line x1="${LEFT}" y1="${bottom - height}" x2="${LEFT}" y2="${bottom}" class="axis"/>` +
    `<line x1="${LEFT}" y1="${bottom}" x2="${WIDTH - RIGHT}" y2="${bottom}" class="axis"/>`
  );
}

const tick = (x: number, bottom: number, label: string): string =>
  `<text x="${x.toFixed(1)}" y="${bottom + 14}" text-anchor="middle" font-size="9">${escapeXml(label)}</text>`;

function legend(y: number): string {
  const entry = (x: number, side: string): string =>
    `<rect x="${x}" y="${y - 9}" width="10" height="10" class="${side}"/><text x="${x + 14}" y="${y}">${side}</text>`;
  return entry(LEFT, 'baseline') + entry(LEFT + 80, 'window');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Names come from applications: nothing of them may become markup or break the document. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/gu, '\uFFFD')
    .replaceAll(/[&<>"']/gu, (character) => ENTITIES[character] ?? character);
}
