// How the site is cut into files. A phone on a slow network in a hall pays for every file with a round trip, so what
// nearly every page needs travels in one piece, and what several pages share in a few; a page's own code stays its own.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodesOfRoutes } from './built.mjs';
import { onPhones } from './pages-ahead.mjs';

const everywhere =
  /src[\\/]lib[\\/](api|session|live|format)[\\/]|src[\\/]lib[\\/]spoken\.|src[\\/]lib[\\/]paraglide[\\/](runtime|registry|messages)\.js|src[\\/]lib[\\/]ui[\\/](Icon|icons|Button|IconButton|Pill|Notice|ErrorState|Toaster|toast|Skeleton|ConnectionPill|control)\.|src[\\/]lib[\\/]shell[\\/](Preferences|SkipLink|FaultPage|theme|ContestantHead)|[\\/]paraglide[\\/]messages[\\/](account_sign_in\.|app_(back|error|missing|name|reload|skip|theme)|fault_|live_|ui_(busy|cancel|close|loading|number_invalid|retry))/;

/** What stands around a question wherever it is answered or shown. */
const questions =
  /src[\\/]lib[\\/](ui[\\/](Timer|OptionShape)|shell[\\/]BottomBar|stage[\\/](views|files))\.|[\\/]paraglide[\\/]messages[\\/]ui_timer_/;

/** What a door asks for: a number, a code, a name. */
const doors =
  /src[\\/]lib[\\/]ui[\\/](Field|TextField|Select|EmptyState)\.|[\\/]paraglide[\\/]messages[\\/](ui_optional|roster_(number|code)\.)/;

/** What the router, the bundler and Svelte build on. It may import nothing of theirs (see circle in built.mjs). */
const ground =
  /[\\/]@sveltejs[\\/]kit[\\/]src[\\/]exports[\\/]|vite[\\/]preload-helper|[\\/]svelte[\\/]src[\\/](version|internal[\\/](disclose-version|flags[\\/].*))\.js/;

/** The other plain controls of a form; what needs bits-ui or draws much stays in files of its own. */
const forms =
  /src[\\/]lib[\\/]ui[\\/](TextArea|Checkbox|RadioGroup|NumberField|DateTimeField)\.|[\\/]paraglide[\\/]messages[\\/]ui_(date|number)_/;

/** Every word that the contestant's own screens name. */
function wordsOf(/** @type {string[]} */ places) {
  const words = new Set();
  for (const place of places) {
    const path = fileURLToPath(new URL(`../src/${place}`, import.meta.url));
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true }).map((name) => join(path, String(name)))
      : [path];
    const own = files.filter(
      (name) => /\.(svelte|ts)$/.test(name) && !/[\\/](setup|control|results)[\\/]/.test(name),
    );
    for (const file of own) {
      for (const [, word] of readFileSync(file, 'utf8').matchAll(/\bm\.(\w+)\(/g)) words.add(word);
    }
  }
  return words;
}

const contestantWords = wordsOf([
  'routes/contestant',
  'lib/stage/contestant',
  'lib/exam',
  'lib/stage/views.ts',
  'lib/roster/Arrived.svelte',
]);

/** What nearly every template is made of; what only moves or measures things stays where it is used. */
const templates =
  /[\\/]svelte[\\/]src[\\/]internal[\\/]client[\\/]dom[\\/](blocks[\\/](each|if|key|svelte-head|svelte-component)|elements[\\/](attributes|attachments|class|style|bindings[\\/](input|select|this)))\.js/;

const groups = [
  { name: 'ground', test: ground, priority: 35, includeDependenciesRecursively: false },
  { name: 'template', test: templates, priority: 40, includeDependenciesRecursively: false },
  { name: 'core', test: everywhere, priority: 30, includeDependenciesRecursively: false },
  { name: 'question', test: questions, priority: 24, includeDependenciesRecursively: false },
  { name: 'door', test: doors, priority: 22, includeDependenciesRecursively: false },
  { name: 'form', test: forms, priority: 20, includeDependenciesRecursively: false },
  {
    // Words that more than one page says, by concept; a page's own words stay in its file. What contestants read is
    // apart from what only the organizers and the host read.
    name: (/** @type {string} */ id) => {
      const [, word, concept] = /[\\/]paraglide[\\/]messages[\\/](([a-z]+)_\w+)\.js/.exec(id) ?? [];
      return !word ? null : contestantWords.has(word) ? `${concept}-contestant` : `${concept}`;
    },
    test: /[\\/]paraglide[\\/]messages[\\/][a-z]+_\w+\.js/,
    minShareCount: 2,
    priority: 10,
    includeDependenciesRecursively: false,
  },
];

/**
 * The entry lists, for each route, the files that are fetched beside it when someone goes there from another page. Every
 * phone would carry the list of the whole program; so it names only the routes that phones open. An organizer's page
 * finds its files itself, one step later.
 * @param {string} output SvelteKit's folder
 */
function listedAhead(output) {
  /** @type {Set<string> | undefined} */
  let phones;
  return (
    /** @type {string} */ file,
    /** @type {string[]} */ deps,
    /** @type {{hostId: string}} */ { hostId },
  ) => {
    const node = /[\\/]nodes[\\/](\d+)\./.exec(file)?.[1];
    if (!node || !/[\\/]entry[\\/]/.test(hostId)) return deps;
    phones ??= new Set(
      Object.entries(nodesOfRoutes(output)).flatMap(([route, nodes]) =>
        onPhones.test(route) ? nodes.map(String) : [],
      ),
    );
    return phones.has(node) ? deps : [];
  };
}

/** SvelteKit sets its own output options; this comes after them. @param {string} output SvelteKit's folder */
export function inFewFiles(output) {
  return {
    name: 'hoithi:few-files',
    enforce: /** @type {const} */ ('post'),
    /** @param {import('vite').UserConfig} config */
    config: (config) =>
      config.build?.ssr
        ? undefined
        : {
            build: {
              modulePreload: { resolveDependencies: listedAhead(output) },
              rolldownOptions: {
                preserveEntrySignatures: /** @type {const} */ ('allow-extension'),
                output: { codeSplitting: { groups } },
                // Svelte's package does not say so, but these modules do nothing by being read: a page that does not
                // move or measure anything need not carry what moves and measures.
                treeshake: {
                  moduleSideEffects: [
                    {
                      test: /[\\/]svelte[\\/]src[\\/](internal[\\/]client[\\/]dom|legacy|store)[\\/]/,
                      sideEffects: false,
                    },
                  ],
                },
              },
            },
          },
  };
}
