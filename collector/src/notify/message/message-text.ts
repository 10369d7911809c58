import { TemplateError } from '../../model/template/error.ts';
import type { OutputEscaper } from '../../model/template/run/output-escaper.ts';
import type { Value } from '../../model/template/value.ts';
import type { Notification } from '../stages/notification.ts';
import { plainAlertList, plainSubject } from './plain-text.ts';
import { readableText } from './readable-text.ts';
import { templateData } from './template-data.ts';
import type { TemplateLibrary } from './template-library.ts';

/** What stands in place of a text whose template fails. */
export type BuiltIn = 'subject' | 'alerts' | 'nothing';

/** Failed templates that are told of; one fault usually breaks them all. */
const PROBLEMS_MAX = 5;

export interface MessageTextOptions {
  readonly library: TemplateLibrary;
  readonly notification: Notification;
  readonly nowMs: number;
  /** Makes the values harmless for the destination, which reads some characters as commands. */
  readonly createEscaper?: () => OutputEscaper;
}

/**
 * The texts of one message. A template that fails costs its own text only: the built-in one goes
 * out in its place, and the failure is kept in `problems`.
 */
export class MessageText {
  readonly problems: string[] = [];
  readonly #options: MessageTextOptions;
  #known: Value;

  constructor(options: MessageTextOptions) {
    this.#options = options;
  }

  /** Made when the first template asks: a message of 1,000 alerts may have none. */
  get #data(): Value {
    this.#known ??= templateData(this.#options.notification);
    return this.#known;
  }

  text(template: string, builtIn: BuiltIn = 'nothing'): string {
    if (!template.includes('{{')) return readableText(template);
    const { library, nowMs, createEscaper } = this.#options;
    const escaper = createEscaper?.();
    const options = escaper === undefined ? { nowMs } : { nowMs, escaper };
    return this.#attempt(
      () => readableText(library.text(template, this.#data, options)),
      () => this.#builtIn(builtIn),
    );
  }

  /** HTML with every value escaped; `fallback` is given the built-in text of all alerts. */
  html(template: string, fallback: (plain: string) => string): string {
    const { library, nowMs } = this.#options;
    return this.#attempt(
      () => library.html(template, this.#data, nowMs),
      () => fallback(this.#builtIn('alerts')),
    );
  }

  /** All alerts without any template. */
  plain(): string {
    return this.#builtIn('alerts');
  }

  #attempt(render: () => string, fallback: () => string): string {
    try {
      return render();
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      if (this.problems.length < PROBLEMS_MAX && !this.problems.includes(error.message)) {
        this.problems.push(error.message);
      }
      return fallback();
    }
  }

  #builtIn(builtIn: BuiltIn): string {
    const { notification } = this.#options;
    if (builtIn === 'subject') return readableText(plainSubject(notification));
    return builtIn === 'alerts' ? readableText(plainAlertList(notification)) : '';
  }
}
