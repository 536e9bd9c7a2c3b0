// How the site is cut into files. A phone on a slow network in a hall pays for every file with a round trip, so what
// nearly every page needs travels in one piece, and what several pages share in a few; a page's own code stays its own.

const everywhere =
  /src[\\/]lib[\\/](api|session|live|format)[\\/]|src[\\/]lib[\\/]paraglide[\\/](runtime|registry|messages)\.js|src[\\/]lib[\\/]ui[\\/](Icon|icons|Button|IconButton|Pill|Notice|ErrorState|Toaster|toast|Skeleton|ConnectionPill)\.|src[\\/]lib[\\/]shell[\\/](Preferences|SkipLink|FaultPage|theme)|[\\/]paraglide[\\/]messages[\\/](app|fault|live)_/;

/** The plain controls of a form; what needs bits-ui or draws much stays in files of its own. */
const forms =
  /src[\\/]lib[\\/]ui[\\/](Field|TextField|TextArea|Select|Checkbox|RadioGroup|Switch|NumberField|DateTimeField|control)\.|[\\/]paraglide[\\/]messages[\\/]ui_/;

const groups = [
  { name: 'core', test: everywhere, priority: 30, includeDependenciesRecursively: false },
  { name: 'form', test: forms, priority: 20, includeDependenciesRecursively: false },
  {
    // Words that more than one page says, by concept; a page's own words stay in its file.
    name: (/** @type {string} */ id) => /[\\/]paraglide[\\/]messages[\\/]([a-z]+)_/.exec(id)?.[1] ?? null,
    test: /[\\/]paraglide[\\/]messages[\\/][a-z]+_\w+\.js/,
    minShareCount: 2,
    priority: 10,
    includeDependenciesRecursively: false,
  },
];

/** SvelteKit sets its own output options; this comes after them. */
export function inFewFiles() {
  return {
    name: 'hoithi:few-files',
    enforce: /** @type {const} */ ('post'),
    /** @param {import('vite').UserConfig} config */
    config: (config) =>
      config.build?.ssr
        ? undefined
        : {
            build: {
              rolldownOptions: {
                preserveEntrySignatures: /** @type {const} */ ('allow-extension'),
                output: { codeSplitting: { groups } },
              },
            },
          },
  };
}
