export const VIEWS = [
  'alerts',
  'alert',
  'rules',
  'graph',
  'drift',
  'history',
  'silences',
  'receivers',
] as const;
export type View = (typeof VIEWS)[number];

/** Where the reader is: everything that an address says. */
export interface Place {
  readonly view: View;
  /** Of the alert that is shown. */
  readonly id: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** @param path below the root of the page, without a leading slash. */
export function readPlace(path: string, search: string): Place {
  const [first = '', second = ''] = path.split('/');
  const parameters = Object.fromEntries(new URLSearchParams(search));
  if (first === 'alerts' && second !== '') {
    return { view: 'alert', id: decodeURIComponent(second), parameters };
  }
  const view = VIEWS.find((name) => name === first && name !== 'alert') ?? 'alerts';
  return { view, id: '', parameters };
}

/** The address of a place below the root; parameters without a value are left out. */
export function writePlace({ view, id, parameters }: Place): string {
  const path = view === 'alert' ? `alerts/${encodeURIComponent(id)}` : view;
  const said = Object.entries(parameters).filter(([, value]) => value !== '');
  const search = new URLSearchParams(Object.fromEntries(said)).toString();
  return search === '' ? path : `${path}?${search}`;
}
