// Everything runs in the browser: the server sends one page and answers /api.
export const ssr = false;
export const prerender = false;
export const trailingSlash = 'never';
