import { readFileSync } from 'fs';
import { join } from 'path';

/** The version of this library. */
export const VERSION: string = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')).version;
