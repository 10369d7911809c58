import type { JSX } from 'preact';

/** Why something cannot be shown. */
export function Problem({ text }: { readonly text: string | undefined }): JSX.Element | null {
  if (text === undefined) return null;
  return (
    <p class="problem" role="alert">
      {text}
    </p>
  );
}

/** What stands where there is nothing to show. */
export function Empty({ text }: { readonly text: string }): JSX.Element {
  return <p class="empty">{text}</p>;
}
