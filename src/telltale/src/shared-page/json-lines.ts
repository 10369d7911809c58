import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

/**
 * Hears one JSON value a line. A line that is too long, or no JSON, ends the connection: the other
 * side is no Telltale that this one understands.
 */
export function onJsonLine(
  socket: Socket,
  { lengthMax, hear }: { readonly lengthMax: number; readonly hear: (value: unknown) => void },
): void {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  socket.on('data', (chunk: Buffer) => {
    const lines = decoder.write(chunk).split('\n');
    const rest = lines.pop() ?? '';
    try {
      for (const line of lines) {
        if (length + line.length > lengthMax) throw new RangeError('the line is too long');
        const text = `${parts.join('')}${line}`;
        parts = [];
        length = 0;
        hear(JSON.parse(text));
      }
      parts.push(rest);
      length += rest.length;
      if (length > lengthMax) throw new RangeError('the line is too long');
    } catch {
      socket.destroy();
    }
  });
}

/** Sends one value; a connection that is going down takes nothing any more. */
export function sendJson(socket: Socket, value: unknown): void {
  if (socket.writable) socket.write(`${JSON.stringify(value)}\n`);
}
