// The typefaces of formulas come in three forms; every browser of the floor reads the first, so the others stay away.
export function onlyWoff2() {
  return {
    name: 'hoithi:only-woff2',
    enforce: /** @type {const} */ ('pre'),
    /** @param {string} code @param {string} id */
    transform(code, id) {
      if (!/[\\/]katex[\\/]dist[\\/]katex(\.min)?\.css$/.test(id.split('?')[0] ?? '')) return;
      const lean = code.replace(/,\s*url\([^)]*\.(woff|ttf)\)\s*format\(["'](woff|truetype)["']\)/g, '');
      if (/\.(woff|ttf)\)/.test(lean))
        throw new Error('KaTeX names its fonts in another way now; see scripts/fonts.mjs');
      return { code: lean, map: null };
    },
  };
}
