// How messages/ become functions: one module a message, so that a page carries only the words it shows.
// The cookie lets the server answer in the reader's language; Vietnamese is the language until somebody chooses.
/** @type {import('@inlang/paraglide-js').CompilerOptions} */
export const paraglideOptions = {
  project: './project.inlang',
  outdir: './src/lib/paraglide',
  outputStructure: 'message-modules',
  strategy: ['cookie', 'baseLocale'],
  emitReadme: false,
};
