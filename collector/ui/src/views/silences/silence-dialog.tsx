import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { ask, problemText } from '../../api/client.ts';
import { notify } from '../../browser/notices.ts';
import { namePerson, person } from '../../browser/session.ts';
import { type Matcher, parseFilter, printMatcher } from '../../model/matchers.ts';
import { counted } from '../../model/number-text.ts';
import { parseDurationMs } from '../../model/time-text.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Labels } from '../../parts/labels.tsx';
import { Problem } from '../../parts/problem.tsx';
import { silenceDraft } from '../../store/acts.ts';
import { useReading } from '../../store/reading.ts';

const LENGTHS = ['1h', '2h', '8h', '1d'];
const UNTIL_RESOLVED = 'until resolved';
const PREVIEW_MAX = 50;
/** Part of the service's refusal of a silence that mutes everything. */
const CONFIRMATION_ASKED = '"confirm": true';

/** What a silence is asked for with, as the API takes it. */
function matcherBody(matchers: readonly Matcher[]): readonly object[] {
  return matchers.map(({ name, operator, value }) => ({
    name,
    value,
    isRegex: operator.endsWith('~'),
    isEqual: operator.startsWith('='),
  }));
}

/** A silence in the making: its matchers, what they match now, how long. */
export function SilenceDialog({ draft }: { readonly draft: readonly Matcher[] }): JSX.Element {
  const [text, setText] = useState(draft.map(printMatcher).join(', '));
  const [length, setLength] = useState('2h');
  const [comment, setComment] = useState('');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [mayMuteAll, setMayMuteAll] = useState(false);
  const close = (): void => {
    silenceDraft.value = undefined;
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const refused =
      matcherProblem(text, length) ?? (await makeSilence({ text, length, comment, mayMuteAll }));
    setProblem(refused);
    if (refused === undefined) close();
  };
  return (
    <Dialog title="Silence" onClose={close}>
      <form onSubmit={(event) => void submit(event)} class="silence-form">
        <label class="field">
          <span>Matchers: all must hold</span>
          <textarea
            rows={3}
            spellcheck={false}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <Preview text={text} />
        <Lengths length={length} setLength={setLength} />
        <Signature comment={comment} setComment={setComment} />
        <Problem text={problem} />
        {(mayMuteAll || problem?.includes(CONFIRMATION_ASKED) === true) && (
          <label class="choice">
            <input
              type="checkbox"
              checked={mayMuteAll}
              onChange={({ currentTarget }) => setMayMuteAll(currentTarget.checked)}
            />
            <span>Yes, mute everything</span>
          </label>
        )}
        <footer class="dialog-foot">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="main">
            {length === UNTIL_RESOLVED ? 'Silence until resolved' : `Silence for ${length}`}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

interface Wish {
  readonly text: string;
  readonly length: string;
  readonly comment: string;
  readonly mayMuteAll: boolean;
}

/** @returns why the service refused */
async function makeSilence({
  text,
  length,
  comment,
  mayMuteAll,
}: Wish): Promise<string | undefined> {
  const isOpen = length === UNTIL_RESOLVED;
  try {
    await ask('monitoring/silences', {
      method: 'POST',
      body: {
        matchers: matcherBody(parseFilter(text).matchers),
        createdBy: person.peek(),
        comment,
        ...(mayMuteAll ? { confirm: true } : {}),
        ...(isOpen ? { until_resolved: true } : { duration: length.replaceAll(' ', '') }),
      },
    });
    notify('done', isOpen ? 'Silenced until resolved' : `Silenced for ${length}`);
    return undefined;
  } catch (error) {
    return problemText(error);
  }
}

/** Who makes it, and why. */
function Signature({
  comment,
  setComment,
}: {
  readonly comment: string;
  readonly setComment: (comment: string) => void;
}): JSX.Element {
  return (
    <div class="field-row">
      <label class="field">
        <span>Your name</span>
        <input
          value={person.value}
          autocomplete="name"
          onInput={({ currentTarget }) => namePerson(currentTarget.value)}
        />
      </label>
      <label class="field grow">
        <span>Why</span>
        <input value={comment} onInput={({ currentTarget }) => setComment(currentTarget.value)} />
      </label>
    </div>
  );
}

function matcherProblem(text: string, length: string): string | undefined {
  const { matchers, words, problem } = parseFilter(text);
  if (problem !== undefined) return problem;
  if (words.length > 0) return `Cannot read "${words.join(' ')}": write name="value"`;
  if (matchers.length === 0) return 'Name at least one matcher';
  if (length === UNTIL_RESOLVED || parseDurationMs(length) !== undefined) return undefined;
  return `Cannot read the duration "${length}": write 90m, 2h or 1d`;
}

function Lengths({
  length,
  setLength,
}: {
  readonly length: string;
  readonly setLength: (length: string) => void;
}): JSX.Element {
  const isOwn = !LENGTHS.includes(length) && length !== UNTIL_RESOLVED;
  return (
    <fieldset class="lengths">
      <legend>For</legend>
      {[...LENGTHS, UNTIL_RESOLVED].map((each) => (
        <label key={each} class="choice">
          <input
            type="radio"
            name="length"
            checked={length === each}
            onChange={() => setLength(each)}
          />
          <span>{each}</span>
        </label>
      ))}
      <input
        class="own-length"
        aria-label="Another duration"
        placeholder="90m"
        value={isOwn ? length : ''}
        onInput={({ currentTarget }) => setLength(currentTarget.value)}
      />
    </fieldset>
  );
}

interface Previewed {
  readonly alerts: readonly {
    readonly id: string;
    readonly labels: Readonly<Record<string, string>>;
  }[];
}

/** The firing alerts that the matchers would mute now. */
function Preview({ text }: { readonly text: string }): JSX.Element {
  const { matchers, words, problem } = parseFilter(text);
  const isReadable = matchers.length > 0 && words.length === 0 && problem === undefined;
  const { value, problem: refused } = useReading<Previewed>(
    (signal) =>
      isReadable
        ? ask('monitoring/silences/preview', {
            method: 'POST',
            body: { matchers: matcherBody(matchers) },
            signal,
          })
        : Promise.resolve({ alerts: [] }),
    text,
    { events: ['alerts'] },
  );
  const found = value?.alerts ?? [];
  return (
    <div class="preview" aria-live="polite">
      <p>
        {refused ??
          (value === undefined
            ? 'Looking …'
            : `Mutes ${counted(found.length, 'firing alert')} now`)}
      </p>
      <ul>
        {found.slice(0, PREVIEW_MAX).map(({ id, labels }) => (
          <li key={id}>
            <Labels labels={labels} />
          </li>
        ))}
      </ul>
      {found.length > PREVIEW_MAX && <p>and {found.length - PREVIEW_MAX} more</p>}
    </div>
  );
}
