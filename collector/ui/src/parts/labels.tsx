import type { JSX } from 'preact';

import { OutLink } from './link.tsx';

/** Labels as chips; `onPick` makes each a button. */
export function Labels({
  labels,
  onPick,
}: {
  readonly labels: Readonly<Record<string, string>>;
  readonly onPick?: (name: string, value: string) => void;
}): JSX.Element {
  return (
    <span class="labels">
      {Object.entries(labels).map(([name, value]) =>
        onPick === undefined ? (
          <span key={name} class="label">
            <span class="label-name">{name}</span>
            {value}
          </span>
        ) : (
          <button
            key={name}
            type="button"
            class="label"
            title={`Show only ${name}="${value}"`}
            onClick={() => onPick(name, value)}
          >
            <span class="label-name">{name}</span>
            {value}
          </button>
        ),
      )}
    </span>
  );
}

/** A text of an annotation, in which web addresses can be followed. */
export function LinkedText({ text }: { readonly text: string }): JSX.Element {
  const pieces = text.split(/(?<address>https?:\/\/[^\s<>"')]+)/gu);
  return (
    <>
      {pieces.map((piece, index) =>
        index % 2 === 1 ? (
          <OutLink key={`${index} ${piece}`} href={piece}>
            {piece}
          </OutLink>
        ) : (
          piece
        ),
      )}
    </>
  );
}
