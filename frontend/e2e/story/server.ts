// The product itself, as it is shipped: the built program with its own PostgreSQL, on a free port and in a folder of
// its own. It ends with the test, whatever happened, and its folder goes with it.
import { expect } from '@playwright/test';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const program = process.env.HOITHI_BIN ?? fileURLToPath(new URL('../../../bin/hoithi', import.meta.url));

export class Server {
  private child!: ChildProcess;
  address = '';
  /** What it has printed for people: addresses and sign-ins. */
  private readonly printed: string[] = [];
  private readonly log: string[] = [];

  private constructor(private readonly data: string) {}

  static async start({ demo = false } = {}): Promise<Server> {
    if (!existsSync(program)) throw new Error(`${program} is missing: run "make bin/hoithi" first`);
    const server = new Server(await mkdtemp(join(tmpdir(), 'hoithi-story-')));
    try {
      await server.run('127.0.0.1:0', demo ? ['--demo'] : []);
    } catch (error) {
      await rm(server.data, { recursive: true, force: true });
      throw error;
    }
    return server;
  }

  private async run(listen: string, more: string[]): Promise<void> {
    const child = (this.child = spawn(
      program,
      ['serve', '--listen', listen, '--data', this.data, '--log-format', 'json', ...more],
      { stdio: ['ignore', 'pipe', 'pipe'], env: bare() },
    ));
    createInterface({ input: child.stdout! }).on('line', (line) => this.printed.push(line));
    this.address = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stderr! }).on('line', (line) => {
        this.log.push(line);
        const entry = parse(line);
        if (entry.msg === 'serving') resolve(`http://${entry.address}`);
      });
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(new Error(`the server ended with ${code}:\n${this.log.join('\n')}`)),
      );
    });
  }

  /** The plug is pulled: the program is gone in an instant, and starts again on the same data and address. */
  async crash(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
    await this.run(this.address.replace('http://', ''), []);
  }

  /** What went wrong inside, if anything: a story that ends well has none of it. */
  errors(): string[] {
    return this.log.filter((line) => parse(line).level === 'ERROR');
  }

  /** Finds something in what was printed; the text may arrive after the log has said that it serves. */
  async find(words: RegExp): Promise<RegExpMatchArray> {
    let found: RegExpMatchArray | null = null;
    await expect(() => {
      found = this.printed.join('\n').match(words);
      expect(found, `${words} in what the server printed`).toBeTruthy();
    }).toPass({ timeout: 10_000 });
    return found!;
  }

  /** Recomputes the results beside the running server, as an administrator would. */
  async verify(): Promise<{ contest: string; revisions: number; seal: string; findings: unknown[] }[]> {
    const { stdout } = await run(program, ['verify', '--json', '--data', this.data], { env: bare() });
    return JSON.parse(stdout);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      const late = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
      await gone;
      clearTimeout(late);
    }
    await rm(this.data, { recursive: true, force: true });
  }
}

/** The environment without settings of a server that may be configured here. */
function bare(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (name.startsWith('HOITHI_') && name !== 'HOITHI_POSTGRES_BIN') delete env[name];
  }
  return env;
}

function parse(line: string): { msg?: string; level?: string; address?: string } {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}
