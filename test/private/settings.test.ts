import { App, Aspects, Stack, Tag } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { carry, nameOf, settingsAt, settingsFor, type Settings } from '../../src/private/settings';

function add(scope: IConstruct, settings: Settings): void {
  const aspect = { visit: () => {} };
  carry(aspect, settings);
  Aspects.of(scope).add(aspect);
}

/** An app, a stack and a construct, each with the settings given for it. */
function tree(onApp?: Settings, onStack?: Settings, onConstruct?: Settings) {
  const app = new App();
  const stack = new Stack(app, 'S');
  const construct = new Construct(stack, 'C');
  [onApp, onStack, onConstruct].forEach((settings, i) => settings && add([app, stack, construct][i], settings));
  return { app, stack, construct };
}

/** What holds for the construct, and what loosens what, in words. */
function effective(...settings: Array<Settings | undefined>) {
  const { construct } = tree(...settings);
  const { from: _, scope: __, loosened, ...props } = settingsFor(construct)!;
  return { props, loosened: loosened.map(({ scope, rule, sentence }) => `${scope.node.path || 'app'} ${rule}: ${sentence}`) };
}

test('without an aspect there are none', () => {
  const { app, construct } = tree();
  Aspects.of(app).add(new Tag('a', 'b'));
  expect(settingsAt(app)).toBeUndefined();
  expect(settingsFor(construct)).toBeUndefined();
});

test('the last one added to a scope wins, whatever stands between', () => {
  const { stack } = tree(undefined, { hopLimit: 1, help: 'a' });
  Aspects.of(stack).add(new Tag('a', 'b'));
  add(stack, { hopLimit: 2 });
  Aspects.of(stack).add(new Tag('c', 'd'));
  expect(settingsAt(stack)).toEqual({ hopLimit: 2 });
});

test('prop by prop the nearest scope wins', () => {
  expect(effective({ hopLimit: 5, help: 'outer' }, { hopLimit: 2, reportOnly: true }, { replaceResources: true }))
    .toEqual({
      props: { hopLimit: 2, help: 'outer', reportOnly: true, replaceResources: true },
      // What an outer scope does not say is false there.
      loosened: [
        'S tokens: reportOnly is true here and false on the app',
        "S/C tokens: replaceResources is true here and false on 'S'",
      ],
    });
});

test('a prop that is undefined leaves the one above', () => {
  expect(effective({ hopLimit: 1, help: 'outer' }, { hopLimit: undefined, help: undefined }).props).toEqual({ hopLimit: 1, help: 'outer' });
});

test('each prop is known by the scope that it comes from', () => {
  const { app, stack, construct } = tree({ hopLimit: 1, help: 'outer' }, { help: 'inner' });
  expect(settingsFor(construct)?.from).toEqual({ hopLimit: app, help: stack });
});

describe('loosening', () => {
  test.each<[name: string, outer: Settings, inner: Settings, loosened: string[]]>([
    ['a larger hop limit', { hopLimit: 1 }, { hopLimit: 2 }, ['S hop-limit: hopLimit is 2 here and 1 on the app']],
    ['the same hop limit', { hopLimit: 2 }, { hopLimit: 2 }, []],
    ['a smaller hop limit', { hopLimit: 2 }, { hopLimit: 1 }, []],
    ['a hop limit where there was none', {}, { hopLimit: 64 }, []],
    ['a larger limit for container hosts', { containerHostHopLimit: 2 }, { containerHostHopLimit: 3 },
      ['S hop-limit: containerHostHopLimit is 3 here and 2 on the app']],
    ['a limit for container hosts above the default that a hop limit brings', { hopLimit: 1 }, { containerHostHopLimit: 3 },
      ['S hop-limit: containerHostHopLimit is 3 here and 2 on the app']],
    ['a limit for container hosts at that default', { hopLimit: 1 }, { containerHostHopLimit: 2 }, []],
    ['a limit for container hosts where nothing limits hops', {}, { containerHostHopLimit: 3 }, []],
    ['reporting only where the outer one says not to', { reportOnly: false }, { reportOnly: true }, ['S tokens: reportOnly is true here and false on the app']],
    ['replacing where the outer one says not to', { replaceResources: false }, { replaceResources: true },
      ['S tokens: replaceResources is true here and false on the app']],
    ['no longer reporting only', { reportOnly: true }, { reportOnly: false }, []],
    ['other help', { help: 'a' }, { help: 'b' }, []],
  ])('%s', (_, outer, inner, loosened) => {
    expect(effective(outer, inner).loosened).toEqual(loosened);
  });

  test('is kept for every scope below', () => {
    expect(effective({ hopLimit: 1 }, { hopLimit: 2 }, { hopLimit: 3 }).loosened).toEqual([
      'S hop-limit: hopLimit is 2 here and 1 on the app',
      "S/C hop-limit: hopLimit is 3 here and 2 on 'S'",
    ]);
  });
});

test('a scope is named by its path, and an app by what it is', () => {
  const { app, construct } = tree();
  expect([nameOf(app), nameOf(construct)]).toEqual(['the app', "'S/C'"]);
});
