import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

interface Props<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly heightOf: (item: Item) => number;
  readonly render: (item: Item) => JSX.Element;
  readonly label: string;
  /** Kept in view when it changes. */
  readonly selected?: string;
}

/** Rows that are laid out above and below the screen, so that scrolling shows no gaps. */
const MARGIN_PX = 300;

/**
 * A list that renders what is on the screen only. When rows appear or go above, the first visible
 * row stays where it is.
 */
export function VirtualList<Item>(props: Props<Item>): JSX.Element {
  const { items, keyOf, render, label } = props;
  const list = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: window.innerHeight });
  const offsets = offsetsOf(props);
  useScroller(list, setView);
  useAnchor(list, props, offsets);
  useSelected(list, props, offsets);
  const first = Math.max(0, placeOf(offsets, view.top - MARGIN_PX));
  const last = Math.min(items.length, placeOf(offsets, view.top + view.height + MARGIN_PX) + 1);
  return (
    <div
      ref={list}
      role="list"
      aria-label={label}
      class="virtual"
      style={{ height: `${offsets.at(-1) ?? 0}px` }}
    >
      {items.slice(first, last).map((item, index) => (
        <div
          key={keyOf(item)}
          role="listitem"
          aria-setsize={items.length}
          aria-posinset={first + index + 1}
          class="virtual-row"
          style={{
            transform: `translateY(${offsets[first + index] ?? 0}px)`,
            height: `${props.heightOf(item)}px`,
          }}
        >
          {render(item)}
        </div>
      ))}
    </div>
  );
}

/** Where each row begins, and where the list ends. */
function offsetsOf<Item>({ items, heightOf }: Props<Item>): readonly number[] {
  const offsets = [0];
  let sum = 0;
  for (const item of items) {
    sum += heightOf(item);
    offsets.push(sum);
  }
  return offsets;
}

/** The row at a height, by halving. */
function placeOf(offsets: readonly number[], y: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((offsets[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

type ListRef = { readonly current: HTMLDivElement | null };

const scrollerOf = ({ current }: ListRef): HTMLElement | null => current?.closest('main') ?? null;

/** How far the screen has gone into the list. */
function topOf(list: ListRef): number {
  const { current } = list;
  const scroller = scrollerOf(list);
  if (current === null || scroller === null) return 0;
  return scroller.getBoundingClientRect().top - current.getBoundingClientRect().top;
}

function useScroller(
  list: ListRef,
  setView: (view: { readonly top: number; readonly height: number }) => void,
): void {
  useEffect(() => {
    const scroller = scrollerOf(list);
    if (scroller === null) return undefined;
    const look = (): void => setView({ top: topOf(list), height: scroller.clientHeight });
    look();
    scroller.addEventListener('scroll', look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(scroller);
    return () => {
      scroller.removeEventListener('scroll', look);
      sizes.disconnect();
    };
  }, []);
}

function useAnchor<Item>(
  list: ListRef,
  { items, keyOf }: Props<Item>,
  offsets: readonly number[],
): void {
  const before = useRef<{ key: string; offset: number } | undefined>(undefined);
  useLayoutEffect(() => {
    const scroller = scrollerOf(list);
    const top = topOf(list);
    const anchor = before.current;
    if (scroller !== null && anchor !== undefined && top > 0) {
      const index = items.findIndex((item) => keyOf(item) === anchor.key);
      const moved = index === -1 ? 0 : (offsets[index] ?? 0) - anchor.offset;
      if (moved !== 0) scroller.scrollTop += moved;
    }
  }, [items]);
  useEffect(() => {
    const note = (): void => {
      const index = placeOf(offsets, topOf(list));
      const item = items[index];
      before.current =
        item === undefined ? undefined : { key: keyOf(item), offset: offsets[index] ?? 0 };
    };
    note();
    const scroller = scrollerOf(list);
    scroller?.addEventListener('scroll', note, { passive: true });
    return () => scroller?.removeEventListener('scroll', note);
  });
}

function useSelected<Item>(
  list: ListRef,
  { items, keyOf, selected }: Props<Item>,
  offsets: readonly number[],
): void {
  useLayoutEffect(() => {
    const index = items.findIndex((item) => keyOf(item) === selected);
    const scroller = scrollerOf(list);
    if (index === -1 || scroller === null) return;
    const top = topOf(list);
    const [from = 0, to = 0] = [offsets[index], offsets[index + 1]];
    if (from < top) scroller.scrollTop += from - top;
    const under = to - (top + scroller.clientHeight);
    if (under > 0) scroller.scrollTop += under;
  }, [selected]);
}
