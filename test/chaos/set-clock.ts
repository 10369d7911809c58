/** Preloaded into the service: `{ jumpMs }` over the channel of its parent sets its wall clock. */
const now = Date.now.bind(Date);
let offsetMs = 0;
Date.now = (): number => now() + offsetMs;
process.on('message', ({ jumpMs }: { readonly jumpMs: number }) => {
  offsetMs += jumpMs;
});
process.channel?.unref();
