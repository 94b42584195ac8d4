// Writes the demo's book to a file. Files of tests that get it by DEMO_BOOK need not settle 20,000 events each.
import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { program, startServer } from './stage.mjs';

const [file] = process.argv.slice(2);
const { database, stop } = await startServer();
try {
  await rm(file, { force: true });
  execFileSync(program(), ['backup', '--database', database, file]);
} finally {
  await stop();
}
