import type { Comparison } from '../../compare/comparison.ts';
import { type PlotPanel, plotPanels } from './panels.ts';

const WIDTH = 640;
const PANEL_HEIGHT = 200;
const LEFT = 48;
const RIGHT = 16;
const TOP = 32;
const BOTTOM = 28;
const LABEL_LENGTH_MAX = 9;
const BASELINE_COLOR = '#8da0cb';
const WINDOW_COLOR = '#fc8d62';

/** A drawing of the window against the baseline as SVG: 20 ranks, and 10 bins or the top categories. */
export function plotStream(comparison: Comparison, name: string): string {
  const panels = plotPanels(comparison);
  const height = panels.length * PANEL_HEIGHT + TOP;
  const body = panels.map((panel, index) => drawPanel(panel, TOP + index * PANEL_HEIGHT)).join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" ` +
    `viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">` +
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>` +
    `<text x="${LEFT}" y="20" font-size="14">${escapeXml(name)}</text>` +
    `${legend()}${body}</svg>\n`
  );
}

function drawPanel({ title, labels, baseline, window }: PlotPanel, top: number): string {
  const bottom = top + PANEL_HEIGHT - BOTTOM;
  const height = PANEL_HEIGHT - BOTTOM - TOP;
  const highest = Math.max(0.01, ...baseline, ...window);
  const slot = (WIDTH - LEFT - RIGHT) / labels.length;
  const bar = (share: number, index: number, side: 0 | 1): string => {
    const size = (share / highest) * height;
    const x = LEFT + index * slot + slot * (0.1 + 0.4 * side);
    const color = side === 0 ? BASELINE_COLOR : WINDOW_COLOR;
    return (
      `<rect x="${x.toFixed(1)}" y="${(bottom - size).toFixed(1)}" width="${(slot * 0.4).toFixed(1)}" ` +
      `height="${size.toFixed(1)}" fill="${color}"><title>${(100 * share).toFixed(2)} %</title></rect>`
    );
  };
  const bars = labels.map((label, index) => {
    const x = (LEFT + (index + 0.5) * slot).toFixed(1);
    return (
      bar(baseline[index] ?? 0, index, 0) +
      bar(window[index] ?? 0, index, 1) +
      `<text x="${x}" y="${bottom + 14}" text-anchor="middle" font-size="9">` +
      `${escapeXml(label.slice(0, LABEL_LENGTH_MAX))}</text>`
    );
  });
  return (
    `<text x="${LEFT}" y="${top + 16}">${title}</text>` +
    `<text x="${LEFT - 6}" y="${bottom - height + 4}" text-anchor="end">${(100 * highest).toFixed(0)} %</text>` +
    `<line x1="${LEFT}" y1="${bottom}" x2="${WIDTH - RIGHT}" y2="${bottom}" stroke="#333333"/>` +
    bars.join('')
  );
}

function legend(): string {
  const entry = (x: number, color: string, text: string): string =>
    `<rect x="${x}" y="11" width="10" height="10" fill="${color}"/><text x="${x + 14}" y="20">${text}</text>`;
  return entry(WIDTH - 170, BASELINE_COLOR, 'baseline') + entry(WIDTH - 90, WINDOW_COLOR, 'window');
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
