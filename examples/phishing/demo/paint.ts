import { styleText } from 'node:util';

/** Ways to set text off; each leaves the text alone when colors are off. */
export interface Paint {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

const format = (style: Parameters<typeof styleText>[0]) => (text: string) =>
  styleText(style, text, { validateStream: false });
const plain = (text: string): string => text;

export const COLORED: Paint = {
  strong: format('bold'),
  faint: format('dim'),
  good: format('green'),
  bad: format('red'),
};

export const PLAIN: Paint = { strong: plain, faint: plain, good: plain, bad: plain };
