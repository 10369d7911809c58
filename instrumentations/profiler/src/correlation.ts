// The span processor that a running SDK carries; loads nothing else.
export { ProfiledSpans } from './spans/span-processor.ts';
