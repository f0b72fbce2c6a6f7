// Jest's globals on mocha's: jest would load everything anew for each mutant, mocha loads it once, which is hours against minutes.
const { expect } = require('expect');
const fc = require('fast-check');
const { bind } = require('jest-each');
const { ModuleMocker } = require('jest-mock');
const Mocha = require('mocha');

// A mutant that survives in one run survives in the next.
fc.configureGlobal({ seed: 20261124, numRuns: 25 });

const mocker = new ModuleMocker(globalThis);

// Stryker takes mocha's own interfaces only, so that one is extended.
const { bdd } = Mocha.interfaces;
Mocha.interfaces.bdd = (suite) => {
  bdd(suite);
  suite.on('pre-require', (context) => {
    const { it, describe, before, after } = context;
    // Mocha takes a parameter for a callback that says when the test is done.
    const test = (title, body) => it(title, () => body());
    Object.assign(context, {
      test: Object.assign(test, { each: bind(test) }),
      describe: Object.assign(describe, { each: bind(describe, false) }),
      beforeAll: before,
      afterAll: after,
      expect,
      jest: { fn: mocker.fn.bind(mocker), spyOn: mocker.spyOn.bind(mocker) },
    });
  });
};
