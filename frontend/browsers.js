// The floor of the contestant's, judge's and audience's pages (docs/architecture.md). Below it, app.html shows a plain notice.
export const buildTargets = ['chrome92', 'safari14.1'];
export const browserslistQuery = ['chrome >= 92', 'safari >= 14.1', 'ios_saf >= 14.5'];
