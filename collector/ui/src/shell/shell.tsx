import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { View } from '../model/place.ts';

import { isLive } from '../api/events.ts';
import { goTo, place } from '../browser/place.ts';
import { isKeyWanted } from '../browser/session.ts';
import { chooseTheme, THEMES, theme } from '../browser/theme.ts';
import { Link } from '../parts/link.tsx';
import { Notices } from '../parts/notices.tsx';
import { silenceDraft } from '../store/acts.ts';
import { urgentCount } from '../store/alerts.ts';
import { AlertView } from '../views/alert/alert-view.tsx';
import { AlertsView } from '../views/alerts/alerts-view.tsx';
import { isTyping } from '../views/alerts/use-alert-keys.ts';
import { DriftView } from '../views/drift/drift-view.tsx';
import { HistoryView } from '../views/history/history-view.tsx';
import { GraphView } from '../views/rules/graph-view.tsx';
import { RulesView } from '../views/rules/rules-view.tsx';
import { ReceiversView } from '../views/silences/receivers-view.tsx';
import { SilenceDialog } from '../views/silences/silence-dialog.tsx';
import { SilencesView } from '../views/silences/silences-view.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { NameDialog } from './name-dialog.tsx';

const TITLES: readonly (readonly [view: View, title: string])[] = [
  ['alerts', 'Alerts'],
  ['rules', 'Rules'],
  ['graph', 'Graph'],
  ['drift', 'Drift'],
  ['history', 'History'],
  ['silences', 'Silences'],
  ['receivers', 'Receivers'],
];

/** The frame around every view. */
export function Shell(): JSX.Element {
  const [dialog, setDialog] = useState<'help' | 'name' | undefined>(undefined);
  useTitle();
  useShellKeys(() => setDialog('help'));
  const close = (): void => setDialog(undefined);
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="top">
        <Link to={{ view: 'alerts' }} class="brand">
          <span aria-hidden="true" class="brand-mark" /> Telltale
        </Link>
        <Navigation />
        <Tools onHelp={() => setDialog('help')} onName={() => setDialog('name')} />
      </header>
      <main id="content" tabIndex={-1}>
        <Content />
      </main>
      <Notices />
      {isKeyWanted.value && <KeyDialog />}
      {silenceDraft.value !== undefined && <SilenceDialog draft={silenceDraft.value} />}
      {dialog === 'help' && <HelpDialog onClose={close} />}
      {dialog === 'name' && <NameDialog onClose={close} />}
    </>
  );
}

function Navigation(): JSX.Element {
  const { view } = place.value;
  return (
    <nav aria-label="Views">
      {TITLES.map(([each, title]) => (
        <Link
          key={each}
          to={{ view: each }}
          current={view === each || (view === 'alert' && each === 'alerts')}
        >
          {title}
          {each === 'alerts' && urgentCount.value > 0 && (
            <span class="badge">{urgentCount.value.toLocaleString('en-US')}</span>
          )}
        </Link>
      ))}
    </nav>
  );
}

function Tools({
  onHelp,
  onName,
}: {
  readonly onHelp: () => void;
  readonly onName: () => void;
}): JSX.Element {
  return (
    <div class="tools">
      <span class={`live ${isLive.value ? 'on' : 'off'}`} role="status">
        {isLive.value ? 'live' : 'not live'}
      </span>
      <select
        aria-label="Colours"
        value={theme.value}
        onChange={({ currentTarget: { value } }) =>
          chooseTheme(THEMES.find((each) => each === value) ?? 'system')
        }
      >
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
      <button type="button" class="quiet" aria-label="Your name" title="Your name" onClick={onName}>
        <span aria-hidden="true">☺</span>
      </button>
      <button type="button" class="quiet" aria-label="Keys" title="Keys (?)" onClick={onHelp}>
        <span aria-hidden="true">?</span>
      </button>
    </div>
  );
}

function Content(): JSX.Element {
  const { view, id } = place.value;
  switch (view) {
    case 'alerts':
      return <AlertsView />;
    case 'alert':
      return <AlertView key={id} id={id} />;
    case 'rules':
      return <RulesView />;
    case 'graph':
      return <GraphView />;
    case 'drift':
      return <DriftView />;
    case 'history':
      return <HistoryView />;
    case 'silences':
      return <SilencesView />;
    case 'receivers':
      return <ReceiversView />;
  }
}

function useTitle(): void {
  const { view } = place.value;
  const count = urgentCount.value;
  const name = TITLES.find(([each]) => each === view)?.[1] ?? 'Alert';
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ''}${name} – Telltale`;
  }, [count, name]);
}

/** Digits choose a view, a question mark tells the keys. */
function useShellKeys(onHelp: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (isTyping(event)) return;
      if (event.key === '?') onHelp();
      const view = TITLES[Number(event.key) - 1]?.[0];
      if (view !== undefined) goTo({ view });
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
