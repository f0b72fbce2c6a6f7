// Stryker restarts mocha for each mutant of a line that runs while files load, which is an hour against minutes. With `ignoreStatic`
// no mutant is active at that time, so what is loaded serves the next one, too.
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { createMochaTestRunner } from '@stryker-mutator/mocha-runner';

function createMochaOnce(injector) {
  const runner = createMochaTestRunner(injector);
  runner.capabilities = async () => ({ reloadEnvironment: true });
  return runner;
}
createMochaOnce.inject = createMochaTestRunner.inject;

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'mocha-once', createMochaOnce)];
