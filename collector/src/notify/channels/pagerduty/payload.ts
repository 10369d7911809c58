import { createHash } from 'node:crypto';

import { type Severity, type SeverityOptions, severityOf } from '../../../model/severity.ts';
import type { MessageText } from '../../message/message-text.ts';
import { limitText, readableLine } from '../../message/readable-text.ts';
import { isFiring, type Notification } from '../../stages/notification.ts';
import { renderTexts } from '../template-tree.ts';
import type { PagerdutyConfig } from './config.ts';

/** PagerDuty's limits: characters of the summary, bytes of an event. */
const SUMMARY_MAX = 1024;
const EVENT_BYTES_MAX = 512_000;

type EventAction = 'trigger' | 'acknowledge' | 'resolve';

export interface PagerdutyEvent {
  readonly routing_key: string;
  /** Equal for all events of an alert group, so that a repeated one changes nothing. */
  readonly dedup_key: string;
  readonly event_action: EventAction;
  readonly client: string;
  readonly client_url: string;
  readonly images?: readonly object[];
  readonly links?: readonly object[];
  readonly payload: PagerdutyEventPayload;
}

export interface PagerdutyEventPayload {
  readonly summary: string;
  readonly source: string;
  readonly severity: string;
  readonly class?: string;
  readonly component?: string;
  readonly group?: string;
  readonly custom_details: Readonly<Record<string, unknown>>;
}

export interface EventSource {
  readonly config: PagerdutyConfig;
  readonly notification: Notification;
  readonly message: MessageText;
  readonly severity: SeverityOptions;
}

export function pagerdutyEvent(source: EventSource, routingKey: string): PagerdutyEvent {
  const event = wholeEvent(source, routingKey);
  if (Buffer.byteLength(JSON.stringify(event)) <= EVENT_BYTES_MAX) return event;
  const error = `The details were left out: the event was larger than ${EVENT_BYTES_MAX} bytes`;
  return { ...event, payload: { ...event.payload, custom_details: { error } } };
}

function wholeEvent(source: EventSource, routingKey: string): PagerdutyEvent {
  const { config, notification, message } = source;
  const images = config.images.map((image) => rendered({ ...image }, message));
  const links = config.links.map((link) => rendered({ ...link }, message));
  return {
    routing_key: message.text(routingKey),
    dedup_key: createHash('sha256').update(notification.groupKey, 'utf8').digest('hex'),
    event_action: actionOf(notification),
    client: message.text(config.client),
    client_url: message.text(config.client_url),
    ...list(
      'images',
      images.filter(({ src }) => src !== ''),
    ),
    ...list('links', [...links.filter(({ href }) => href !== ''), ...alertLinks(notification)]),
    payload: eventPayload(source),
  };
}

function eventPayload({
  config,
  notification,
  message,
  severity,
}: EventSource): PagerdutyEventPayload {
  const summary = readableLine(message.text(config.description, 'subject'));
  const given = message.text(config.severity);
  return {
    summary: limitText(summary, SUMMARY_MAX),
    source: message.text(config.source),
    severity: given === '' ? worstSeverity(notification, severity) : given,
    ...filled({
      class: message.text(config.class),
      component: message.text(config.component),
      group: message.text(config.group),
    }),
    custom_details: renderTexts(config.details, message) as Readonly<Record<string, unknown>>,
  };
}

function actionOf({ alerts, reason }: Notification): EventAction {
  if (!alerts.some(isFiring)) return 'resolve';
  return reason === 'acknowledged' ? 'acknowledge' : 'trigger';
}

const RANKS: readonly Severity[] = ['INFO', 'WARNING', 'ERROR', 'CRITICAL'];

/** How bad the worst alert is that fires, or that did. */
function worstSeverity({ alerts }: Notification, options: SeverityOptions): string {
  const firing = alerts.filter(isFiring);
  const ranks = (firing.length > 0 ? firing : alerts).map(({ labels }) => {
    return RANKS.indexOf(severityOf(labels, options));
  });
  return (RANKS[Math.max(0, ...ranks)] ?? 'WARNING').toLowerCase();
}

/** Where the first firing alert is explained. */
function alertLinks({ alerts }: Notification): readonly Record<string, string>[] {
  const { links = {} } = alerts.find(isFiring) ?? alerts[0] ?? {};
  const { page = '', runbook = '', trace = '' } = links;
  return [
    { href: page, text: 'Alert' },
    { href: runbook, text: 'Runbook' },
    { href: trace, text: 'Trace' },
  ].filter(({ href }) => href !== '');
}

function rendered(
  templates: Readonly<Record<string, string>>,
  message: MessageText,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(templates).map(([name, template]) => [name, message.text(template)]),
  );
}

function list(name: 'images' | 'links', items: readonly object[]): Partial<PagerdutyEvent> {
  return items.length === 0 ? {} : { [name]: items };
}

function filled(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}
