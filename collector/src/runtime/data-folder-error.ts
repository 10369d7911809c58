/** The data folder cannot be used, and what to do about it: one line, told without a stack. */
export class DataFolderError extends Error {
  override readonly name: string = 'DataFolderError';
}

/** A later version of the service wrote what this one cannot read. Nothing was changed. */
export function newerData(
  path: string,
  { what, found, known }: { readonly what: string; readonly found: number; readonly known: number },
): DataFolderError {
  return new DataFolderError(
    `Cannot use "${path}": a newer version wrote it (${what} ${found}, known up to ${known}); ` +
      'start that version or set another collector.data_dir',
  );
}
