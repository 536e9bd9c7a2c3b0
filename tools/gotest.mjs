// Reads `go test -json` on standard input. Prints a line a package and the output of what failed, and writes the
// counts ("passed failed skipped") to the file named as its argument.
import { createInterface } from 'node:readline';
import { writeFileSync } from 'node:fs';

const outputs = new Map();
const counts = { pass: 0, fail: 0, skip: 0 };
const packages = new Map();
const skipped = [];

const keyOf = (e) => `${e.Package ?? e.ImportPath} ${e.Test ?? ''}`;
const show = (key) => process.stdout.write((outputs.get(key) ?? []).join(''));

for await (const line of createInterface({ input: process.stdin })) {
  let e;
  try {
    e = JSON.parse(line);
  } catch {
    console.log(line); // what go itself says, not in JSON
    continue;
  }
  const key = keyOf(e);
  const pkg = packages.get(e.Package) ?? { tests: 0, failed: 0 };
  packages.set(e.Package, pkg);
  switch (e.Action) {
    case 'output':
    case 'build-output':
      outputs.set(key, [...(outputs.get(key) ?? []), e.Output]);
      continue;
    case 'build-fail':
      show(key);
      continue;
    case 'pass':
    case 'fail':
    case 'skip':
      break;
    default:
      continue;
  }
  const name = e.Package.replace(/^github\.com\/hoithi\/hoithi\//, '');
  if (e.Test) {
    counts[e.Action]++;
    pkg.tests++;
    if (e.Action === 'fail') {
      pkg.failed++;
      console.log(`\nFAILED ${name} ${e.Test}`);
      show(key);
    }
    if (e.Action === 'skip') {
      const reason = (outputs.get(key) ?? []).find((o) => /_test\.go:\d+:|\.go:\d+:/.test(o)) ?? '';
      skipped.push(`${name} ${e.Test}: ${reason.replace(/^.*\.go:\d+: /, '').trim()}`);
    }
    outputs.delete(key);
    continue;
  }
  if (e.Action === 'fail' && pkg.failed === 0) {
    counts.fail++; // it was not built, it panicked, or it ran out of time
    console.log(`\nFAILED ${name}`);
    show(key);
  } else if (pkg.tests > 0) {
    console.log(`${e.Action === 'pass' ? 'ok    ' : 'FAILED'} ${name}  ${pkg.tests} tests  ${e.Elapsed.toFixed(1)} s`);
  }
}
for (const s of skipped) console.log(`skipped ${s}`);
writeFileSync(process.argv[2], `${counts.pass} ${counts.fail} ${counts.skip}\n`);
