/** What a profile can be written as. */
export const PROFILE_FORMATS = [
  'svg',
  'text',
  'json',
  'cpuprofile',
  'pprof',
  'speedscope',
  'folded',
] as const;

export type ProfileFormat = (typeof PROFILE_FORMATS)[number];

export const isProfileFormat = (text: string): text is ProfileFormat =>
  (PROFILE_FORMATS as readonly string[]).includes(text);

/** Content types for HTTP, and endings of file names. */
export const FORMAT_FILES: Readonly<
  Record<ProfileFormat, { readonly contentType: string; readonly ending: string }>
> = {
  svg: { contentType: 'image/svg+xml', ending: 'svg' },
  text: { contentType: 'text/plain; charset=utf-8', ending: 'txt' },
  json: { contentType: 'application/json', ending: 'json' },
  cpuprofile: { contentType: 'application/json', ending: 'cpuprofile' },
  pprof: { contentType: 'application/octet-stream', ending: 'pb.gz' },
  speedscope: { contentType: 'application/json', ending: 'speedscope.json' },
  folded: { contentType: 'text/plain; charset=utf-8', ending: 'folded' },
};
