import { SVG_SCRIPT } from './script.ts';
import { escapeXml } from './xml.ts';

/** One box of the picture. */
export interface Box {
  /** Rows from the top, from 0. */
  readonly depth: number;
  /** Shares of the whole width, 0 to 1. */
  readonly left: number;
  readonly width: number;
  readonly name: string;
  readonly title: string;
  readonly color: string;
}

export interface LegendEntry {
  readonly text: string;
  readonly color: string;
}

export interface PictureOptions {
  readonly title: string;
  readonly subtitle: string;
  readonly legend: readonly LegendEntry[];
}

const WIDTH = 1200;
const ROW = 17;
const TOP = 62;
const BOTTOM = 14;
/** Narrower boxes cannot be seen; leaving them out keeps pictures of large profiles small. */
const BOX_WIDTH_MIN = 0.3;
/** The same as a share of the whole width. */
export const BOX_SHARE_MIN: number = BOX_WIDTH_MIN / WIDTH;
/** Width of a letter at the size of 11 pixels in the widest of the fonts, DejaVu; the script has it too. */
const LETTER = 6.7;
/** Letters of the title that fit beside the link to find; a command line may be longer. */
const TITLE_LETTERS_MAX = 120;

// A browser paints the window around a picture that is opened by itself in the colour of its root.
const STYLE = `
svg:root{background:#fff}
text{font:11px ui-monospace,Menlo,Consolas,monospace;fill:#1b1b1b}
.h{font:600 15px system-ui,sans-serif}.s{font:12px system-ui,sans-serif;fill:#555}
.bg{fill:#fff}.f rect{stroke:#fff;stroke-width:.5}.f{cursor:pointer}.f:hover rect{stroke:#000;stroke-width:1}
.hit rect{fill:#e6007e!important}.hit text{fill:#fff}
@media (prefers-color-scheme:dark){svg:root{background:#161616}.bg{fill:#161616}.h,.l{fill:#eee}.s{fill:#aaa}.f rect{stroke:#161616}.f:hover rect{stroke:#fff}}
`;

/** Boxes that are wide enough to be seen, as an SVG with the callers above what they call. */
export function drawPicture(boxes: readonly Box[], options: PictureOptions): string {
  const seen = boxes.filter(({ width }) => width >= BOX_SHARE_MIN);
  const rows = seen.reduce((deepest, { depth }) => Math.max(deepest, depth + 1), 1);
  const height = TOP + rows * ROW + BOTTOM;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeXml(options.title)}">`,
    `<title>${escapeXml(options.title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="bg" width="100%" height="100%"/>`,
    `<text class="h" x="8" y="20">${escapeXml(shortened(options.title, TITLE_LETTERS_MAX))}</text>`,
    `<text class="s" x="8" y="38">${escapeXml(options.subtitle)}</text>`,
    drawLegend(options.legend),
    `<text class="s" id="find" x="${WIDTH - 8}" y="20" text-anchor="end" style="display:none;cursor:pointer;text-decoration:underline">Find (f)</text>`,
    `<text class="s" id="found" x="${WIDTH - 8}" y="38" text-anchor="end"></text>`,
    ...seen.map(drawBox),
    `<script>${SVG_SCRIPT.includes('<') ? `<![CDATA[${SVG_SCRIPT}]]>` : SVG_SCRIPT}</script>`,
    '</svg>',
    '',
  ].join('\n');
}

function drawLegend(entries: readonly LegendEntry[]): string {
  let x = 8;
  return entries
    .map(({ text, color }) => {
      const left = x;
      x += 24 + text.length * 6.6;
      return `<rect x="${left}" y="46" width="10" height="10" fill="${color}"/><text class="s l" x="${left + 14}" y="55">${escapeXml(text)}</text>`;
    })
    .join('');
}

function drawBox({ depth, left, width, name, title, color }: Box): string {
  const x = round(left * WIDTH);
  const w = round(width * WIDTH);
  const y = TOP + depth * ROW;
  const room = Math.floor((w - 6) / LETTER);
  // The script adds the text of a box that becomes wide enough.
  const text =
    room < 3 ? '' : `<text x="${x + 3}" y="${y + 12}">${escapeXml(shortened(name, room))}</text>`;
  return `<g class="f" data-n="${escapeXml(name)}"><title>${escapeXml(title)}</title><rect x="${x}" y="${y}" width="${w}" height="${ROW - 1}" fill="${color}"/>${text}</g>`;
}

const shortened = (text: string, letters: number): string =>
  text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;

const round = (value: number): number => Math.round(value * 100) / 100;
