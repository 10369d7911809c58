#!/usr/bin/env node
import './small-heap.ts';

import { PROCESS_IO } from './cli/command-io.ts';
import { createProgram } from './cli/program.ts';

await createProgram(PROCESS_IO).parseAsync();
