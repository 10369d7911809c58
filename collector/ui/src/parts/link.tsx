import type { ComponentChildren, JSX } from 'preact';

import type { Place } from '../model/place.ts';

import { addressOf, goTo } from '../browser/place.ts';

interface Props {
  readonly to: Partial<Place> & Pick<Place, 'view'>;
  readonly class?: string;
  readonly current?: boolean;
  readonly label?: string;
  readonly children: ComponentChildren;
}

/** A link to a place of this page. A modified click opens a new tab, as for any link. */
export function Link({ to, current = false, label, children, ...rest }: Props): JSX.Element {
  const follow = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    goTo(to);
  };
  return (
    <a
      href={addressOf(to)}
      onClick={follow}
      class={rest.class}
      aria-current={current ? 'page' : undefined}
      aria-label={label}
    >
      {children}
    </a>
  );
}

/** A link out of the page; anything that is no web address stays text. */
export function OutLink({
  href,
  children,
}: {
  readonly href: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  if (!/^https?:\/\//iu.test(href)) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}
