// Every word exists in both languages, with the same parameters, once only.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Words = Record<string, string>;

const folder = new URL('../../messages/', import.meta.url);
const settings = JSON.parse(readFileSync(new URL('../project.inlang/settings.json', folder), 'utf8')) as {
  'plugin.inlang.messageFormat': { pathPattern: string[] };
};
const files = readdirSync(new URL('vi/', folder));
const read = (locale: string, file: string): Words => {
  const words = JSON.parse(readFileSync(new URL(`${locale}/${file}`, folder), 'utf8')) as Words;
  delete words.$schema;
  return words;
};
const parameters = (text: unknown) => [...new Set(JSON.stringify(text).match(/\{(\w+)\}/g) ?? [])].sort();

describe('messages', () => {
  it('are read from every file', () => {
    const listed = settings['plugin.inlang.messageFormat'].pathPattern.map((p) => p.split('/').pop());
    expect([...files].sort()).toEqual([...listed].sort());
    expect(readdirSync(new URL('en/', folder)).sort()).toEqual([...files].sort());
  });

  it('have no key twice', () => {
    const keys = files.flatMap((file) => Object.keys(read('vi', file)));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it('are all said somewhere', () => {
    const source = new URL('../', import.meta.url);
    const said = new Set(
      readdirSync(source, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(svelte|ts)$/.test(name) && !name.includes('paraglide'))
        .flatMap((name) => readFileSync(new URL(name, source), 'utf8').match(/\w+/g) ?? []),
    );
    expect(files.flatMap((file) => Object.keys(read('vi', file))).filter((key) => !said.has(key))).toEqual(
      [],
    );
  });

  for (const file of files) {
    it(`of ${file} exist in both languages`, () => {
      const vi = read('vi', file);
      const en = read('en', file);
      expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
      for (const [key, text] of Object.entries(vi)) {
        expect(parameters(en[key]), key).toEqual(parameters(text));
        expect(JSON.stringify(text).trim(), key).not.toBe('""');
        expect(JSON.stringify(text), `${key} is written in NFC`).toBe(JSON.stringify(text).normalize('NFC'));
      }
    });
  }
});
