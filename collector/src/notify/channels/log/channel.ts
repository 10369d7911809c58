import { isFiring } from '../../stages/notification.ts';
import type { Channel } from '../channel.ts';

/** Writes each notification as one line of the service's log. */
export function createLogChannel(config: { readonly sendsResolved: boolean }): Channel {
  return {
    type: 'log',
    sendsResolved: config.sendsResolved,
    prepare: (notification) => ({
      kind: 'log',
      fields: {
        receiver: notification.receiver,
        reason: notification.reason,
        groupKey: notification.groupKey,
        status: notification.alerts.some(isFiring) ? 'firing' : 'resolved',
        alerts: notification.alerts.map((alert) => ({
          status: isFiring(alert) ? 'firing' : 'resolved',
          labels: alert.labels,
          annotations: alert.annotations,
        })),
      },
    }),
    judge: () => ({ kind: 'done' }),
  };
}
