#!/usr/bin/env node
import './small-heap.ts';

import { PROCESS_IO } from './cli/command-io.ts';

// Loaded after the heap is told to stay small.
const { createProgram } = await import('./cli/program.ts');
await createProgram(PROCESS_IO).parseAsync();
