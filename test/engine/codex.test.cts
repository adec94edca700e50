import { join, resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { startServices } from './services.cts';
