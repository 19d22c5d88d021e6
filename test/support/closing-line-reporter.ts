import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with `N passed, N failed` alone on a line (`, N skipped` behind it where tests were skipped). */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      if (module.children.size === 0 && module.state() === 'failed') count.failed += 1;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    const suites = modules.flatMap((module) => [...module.children.allSuites()]);
    const unmet = suites.filter(({ name }) => name.includes('(skipped: ')).map(({ fullName }) => fullName);
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    process.once('exit', () =>
      process.stdout.write(
        `\n${unmet.map((name) => `not run: ${name}\n`).join('')}\n${count.passed} passed, ${count.failed} failed${skipped}\n`,
      ),
    );
  }
}
