// Serves a built site for tests, with the same content security policy as the product (server/web/static.go), so that
// a page that would break there breaks here. The API is not here: tests answer it.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL(`../${process.argv[2] ?? 'build/site'}`, import.meta.url));
const port = Number(process.argv[3] ?? 4173);
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const page = readFileSync(join(root, 'index.html'));
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const scripts = [...page.toString().matchAll(/<script(?:\s[^>]*)?>([\s\S]+?)<\/script>/g)].map((m) =>
  hash(m[1]),
);
const announcer =
  'position: absolute; left: 0; top: 0; clip: rect(0 0 0 0); clip-path: inset(50%); overflow: hidden; ' +
  'white-space: nowrap; width: 1px; height: 1px';
const policy = [
  "default-src 'self'",
  `script-src 'self' ${scripts.join(' ')}`,
  "style-src 'self'",
  `style-src-attr 'unsafe-hashes' ${hash(announcer)}`,
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self' ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
  if (path.startsWith('/api/')) {
    response.writeHead(503, { 'Content-Type': 'application/problem+json' });
    response.end('{"status":503,"code":"no_server","detail":"Chưa có máy chủ.","fields":[]}');
    return;
  }
  const file = join(root, path);
  const found = file.startsWith(root) && existsSync(file) && statSync(file).isFile();
  if (!found && path.startsWith('/_app/')) {
    response.writeHead(404).end();
    return;
  }
  const name = found ? file : join(root, 'index.html');
  response.writeHead(200, {
    'Content-Type': types[extname(name)] ?? 'application/octet-stream',
    'Content-Security-Policy': policy,
  });
  response.end(readFileSync(name));
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));
