/** Something that a page shows has changed. */
export interface ShownChange {
  readonly what: 'alerts' | 'silences' | 'notifications';
  /** Which alerts, by their fingerprints; absent: any of them. */
  readonly ids?: readonly string[];
}
