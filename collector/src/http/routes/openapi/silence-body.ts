import { list, type Schema } from './schemas.ts';

/** What both APIs take to make or change a silence. */
export const silenceBody: Schema = {
  type: 'object',
  required: ['matchers'],
  properties: {
    matchers: list({ type: 'object' }),
    startsAt: { type: 'string' },
    endsAt: { type: 'string' },
    createdBy: { type: 'string' },
    comment: { type: 'string' },
    duration: { type: 'string', description: 'in place of endsAt, such as 2h' },
    until_resolved: { type: 'boolean', description: 'ends when what it mutes now has resolved' },
    confirm: { type: 'boolean', description: 'true: it may mute everything' },
  },
};
