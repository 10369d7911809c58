#!/usr/bin/env node
import './small-heap.ts';

// Loaded when the heap is bounded: to load them is what fills it.
const { PROCESS_IO } = await import('./cli/command-io.ts');
const { createProgram } = await import('./cli/program.ts');

await createProgram(PROCESS_IO).parseAsync();
