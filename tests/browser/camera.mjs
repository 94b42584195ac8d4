// A camera that sees what a test holds before it: Chromium plays a file in place of one.
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const tools = createRequire(fileURLToPath(new URL('../../tools/package.json', import.meta.url)));
const { encodeQR } = await import(tools.resolve('qr'));
const [WIDTH, HEIGHT, SCALE] = [640, 480, 8];

/** The camera of a suite: `args` for the browser, and `hold` to hold a QR code before it. */
export function camera() {
  const folder = mkdtempSync(join(tmpdir(), 'gongxiang-camera-'));
  const film = join(folder, 'camera.y4m');
  after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    args: ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`],
    hold: (text) => writeFile(film, filmOf(text)),
  };
}

function filmOf(text) {
  const code = encodeQR(text, 'raw', { border: 4 });
  const light = Buffer.alloc(WIDTH * HEIGHT, 255);
  const [left, top] = [WIDTH, HEIGHT].map((side) => Math.floor((side - code.length * SCALE) / 2));
  code.forEach((row, y) => row.forEach((isDark, x) => {
    for (let line = 0; isDark && line < SCALE; line += 1) {
      const at = (top + y * SCALE + line) * WIDTH + left + x * SCALE;
      light.fill(0, at, at + SCALE);
    }
  }));
  const frame = [Buffer.from('FRAME\n'), light, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)];
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`), ...frame, ...frame]);
}
