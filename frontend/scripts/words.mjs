// Every compiled message chooses between its languages by the same few lines. Written once instead of a thousand
// times they make every page lighter; what a message says and how it is called stays as it is.
const choice =
  /\(\(inputs(?: = \{\})?, options = \{\}\) => \{\s*const locale = experimentalStaticLocale \?\? options\.locale \?\? getLocale\(\)\s*if \(locale === "vi"\) return (vi_\w+)\(inputs\)\s*return (en_\w+)\(inputs\)\s*\}\);/;
const heading = "import { getLocale, experimentalStaticLocale } from '../runtime.js';";

export function chooseOnce() {
  return {
    name: 'hoithi:choose-once',
    /** @param {string} code @param {string} id */
    transform(code, id) {
      if (!/[\\/]paraglide[\\/]messages[\\/][a-z]\w+\.js$/.test(id)) return;
      const short = code
        .replace(heading, "import { spoken } from '$lib/spoken';")
        .replace(choice, '/* @__PURE__ */ spoken($1, $2);');
      if (short.includes('getLocale') || !short.includes('spoken(')) {
        throw new Error(`${id}: Paraglide writes messages in another way now; see scripts/words.mjs`);
      }
      return { code: short, map: null };
    },
  };
}
