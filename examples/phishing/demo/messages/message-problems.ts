import type { MessageCounts } from './message-sinks.ts';

/** Two alerts that fire and resolve say at least this much by whichever channel. */
const SENT_MIN = 4;
const CHANNELS = ['slack', 'teams', 'email'];

/** What is missing until every channel has sent all its messages. */
export function messageProblems({ sent, channels }: MessageCounts): readonly string[] {
  const silent = CHANNELS.filter((channel) => !channels.includes(channel));
  return [
    ...(sent < SENT_MIN ? [`${sent} messages were sent, expected at least ${SENT_MIN}`] : []),
    ...silent.map((channel) => `no message was sent by ${channel}`),
  ];
}
