import { runInNewContext } from 'node:vm';

import { expect, test } from 'vitest';

import { SVG_SCRIPT } from '../../../../instrumentations/profiler/src/render/svg/script.ts';

/** As much of an element as the script of a picture uses. */
class Element {
  readonly attributes = new Map<string, string | number>();
  readonly children: Element[] = [];
  readonly listeners = new Map<string, () => void>();
  readonly style = { display: '', opacity: 1 };
  readonly namespaceURI = 'svg';
  readonly name: string;
  textContent = '';

  constructor(name: string, attributes: Readonly<Record<string, string | number>> = {}) {
    this.name = name;
    for (const [key, value] of Object.entries(attributes)) this.attributes.set(key, value);
  }

  getAttribute = (key: string): string => String(this.attributes.get(key));
  setAttribute = (key: string, value: string | number): unknown => this.attributes.set(key, value);
  appendChild = (child: Element): unknown => this.children.push(child);
  querySelector = (name: string): Element | null =>
    this.children.find((child) => child.name === name) ?? null;
  querySelectorAll = (): readonly Element[] => this.children;
  getElementById = (): null => null;
  addEventListener = (event: string, listener: () => void): unknown =>
    this.listeners.set(event, listener);
}

const box = (name: string, place: { x: number; y: number; width: number }): Element => {
  const group = new Element('g', { 'data-n': name });
  group.appendChild(new Element('rect', place));
  return group;
};

test('a click on a narrow box gives it the whole width and its name, Escape takes it back', () => {
  const svg = new Element('svg');
  const narrow = box('handler', { x: 600, y: 79, width: 4 });
  const beside = box('other', { x: 604, y: 79, width: 596 });
  for (const one of [box('all', { x: 0, y: 62, width: 1200 }), narrow, beside])
    svg.appendChild(one);
  const keys = new Map<string, (event: object) => void>();
  const document = {
    documentElement: svg,
    createElementNS: (_: string, name: string) => new Element(name),
    addEventListener: (event: string, listener: (event: object) => void) =>
      keys.set(event, listener),
  };
  runInNewContext(SVG_SCRIPT, { document, window: {} });
  narrow.listeners.get('click')?.();
  expect(narrow.querySelector('rect')?.attributes.get('width')).toBe(1200);
  expect(narrow.querySelector('text')?.textContent).toBe('handler');
  expect(beside.style.display).toBe('none');
  keys.get('keydown')?.({ key: 'Escape' });
  expect(narrow.querySelector('text')?.textContent).toBe('');
  expect(beside.style.display).toBe('');
});
