import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { ask } from '../../api/client.ts';
import { type Completing, choicesFor, completing, WORDS } from '../../model/complete.ts';

interface Props {
  readonly text: string;
  readonly onRun: (text: string) => void;
}

interface Offer {
  readonly at: Completing;
  readonly choices: readonly string[];
}

/** A line for expressions that completes names of metrics, labels, their values, and functions. */
export function ExpressionBox({ text: initial, onRun }: Props): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const box = useCompletion(input, oneLine(initial));
  const press = (event: KeyboardEvent): void => {
    if (!box.press(event.key)) {
      if (event.key !== 'Enter') return;
      onRun(box.text);
    }
    event.preventDefault();
  };
  return (
    <div class="expression">
      <input
        ref={input}
        value={box.text}
        spellcheck={false}
        autocomplete="off"
        role="combobox"
        aria-label="Expression"
        aria-expanded={box.offer !== undefined}
        aria-controls="choices"
        aria-autocomplete="list"
        aria-activedescendant={box.offer === undefined ? undefined : `choice-${box.chosen}`}
        placeholder="rate(ml_inference_duration_seconds_count[5m])"
        onInput={box.look}
        onKeyDown={press}
        onBlur={box.close}
      />
      <Choices offer={box.offer} chosen={box.chosen} onTake={box.take} />
      <button type="button" class="main" onClick={() => onRun(box.text)}>
        Run
      </button>
    </div>
  );
}

/** A field drops line breaks, which would join words. */
const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/gu, ' ').trim();

interface Completion {
  readonly text: string;
  readonly offer: Offer | undefined;
  readonly chosen: number;
  readonly look: () => void;
  readonly take: (choice: string) => void;
  /** @returns whether the key was meant for the choices */
  readonly press: (key: string) => boolean;
  readonly close: () => void;
}

function useCompletion(
  input: { readonly current: HTMLInputElement | null },
  initial: string,
): Completion {
  const [text, setText] = useState(initial);
  const [offer, setOffer] = useState<Offer | undefined>(undefined);
  const [chosen, choose] = useState(0);
  /** Counts what makes an answer that is under way come too late. */
  const turn = useRef(0);
  useEffect(() => setText(initial), [initial]);
  const close = (): void => {
    turn.current += 1;
    setOffer(undefined);
  };
  const look = async (): Promise<void> => {
    const { value = '', selectionStart } = input.current ?? {};
    setText(value);
    turn.current += 1;
    const own = turn.current;
    const at = completing(value.slice(0, selectionStart ?? value.length));
    const choices = at === undefined ? [] : choicesFor(at.prefix, await candidatesFor(at));
    // Meanwhile more may have been typed, or the choices are not wanted any more.
    if (turn.current !== own) return;
    choose(0);
    setOffer(at === undefined || choices.length === 0 ? undefined : { at, choices });
  };
  const take = (choice: string): void => {
    if (offer === undefined) return;
    const { from, prefix } = offer.at;
    const taken = text.slice(0, from) + choice + text.slice(from + prefix.length);
    setText(taken);
    close();
    if (input.current === null) return;
    // At once, for the next key may come before the page is drawn again.
    input.current.value = taken;
    input.current.focus();
    input.current.setSelectionRange(from + choice.length, from + choice.length);
  };
  const press = (key: string): boolean => {
    if (key === 'Enter' || key === 'Escape') turn.current += 1;
    if (offer === undefined) return false;
    const step = STEPS[key];
    if (step !== undefined) choose((chosen + step + offer.choices.length) % offer.choices.length);
    else if (key === 'Tab' || key === 'Enter') take(offer.choices[chosen] ?? '');
    else if (key === 'Escape') close();
    else return false;
    return true;
  };
  return { text, offer, chosen, look: () => void look(), take, press, close };
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

function Choices({
  offer,
  chosen,
  onTake,
}: {
  readonly offer: Offer | undefined;
  readonly chosen: number;
  readonly onTake: (choice: string) => void;
}): JSX.Element {
  return (
    <ul
      id="choices"
      role="listbox"
      aria-label="Completions"
      class={offer === undefined ? 'choices none' : 'choices'}
    >
      {offer?.choices.map((choice, index) => (
        <li
          key={choice}
          id={`choice-${index}`}
          role="option"
          aria-selected={index === chosen}
          onPointerDown={(event) => {
            event.preventDefault();
            onTake(choice);
          }}
        >
          {choice}
        </li>
      ))}
    </ul>
  );
}

const KEPT_MS = 30_000;
const kept = new Map<
  string,
  { readonly atMs: number; readonly list: Promise<readonly string[]> }
>();

/** Names that the service knows; asked once in a while. */
async function candidatesFor({ kind, metric, label }: Completing): Promise<readonly string[]> {
  const match = metric === '' ? {} : { 'match[]': metric };
  switch (kind) {
    case 'name':
      return [...(await listOf('api/v1/label/__name__/values', {})), ...WORDS];
    case 'label':
      return (await listOf('api/v1/labels', match)).filter((name) => name !== '__name__');
    case 'value':
      return listOf(`api/v1/label/${encodeURIComponent(label)}/values`, match);
  }
}

function listOf(path: string, query: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const key = JSON.stringify([path, query]);
  const known = kept.get(key);
  if (known !== undefined && Date.now() - known.atMs < KEPT_MS) return known.list;
  const list = ask<{ data: readonly string[] }>(path, { query }).then(
    ({ data }) => data,
    () => [],
  );
  kept.set(key, { atMs: Date.now(), list });
  return list;
}
