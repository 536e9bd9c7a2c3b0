// Compiles messages/ to src/lib/paraglide for tools that run without Vite (svelte-check, eslint).
import { compile } from '@inlang/paraglide-js';
import { paraglideOptions } from '../paraglide.js';

await compile(paraglideOptions);
