import * as fc from 'fast-check';
import { error, FakeAccount, request, STACK, type Options } from './fake-account';

/**
 * Any sequence of deployments, as CloudFormation would carry it out, with functions that fail or are killed in the middle,
 * and resources next to ours that fail after it. What the defaults must be afterwards is reckoned by a few lines that know
 * nothing of how the handler remembers things.
 */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 150);
const REGIONS = ['us-east-1', 'eu-west-1'];
const OPTIONS = ['HttpTokens', 'HttpPutResponseHopLimit', 'HttpEndpoint', 'HttpTokensEnforced'];
const STACKS = [STACK, STACK.replace('Main', 'Other')];

interface Wanted { readonly Defaults: { readonly [option: string]: string }; readonly Regions: readonly string[]; readonly OnRemoval: string }

interface Step {
  /** What becomes of the resource: its properties, with which id and in which stack; undefined where it is removed. */
  readonly wanted: Wanted | undefined;
  readonly id: string;
  readonly stack: number;
  /** Moving to another stack is two deployments. */
  readonly createsFirst: boolean;
  /** Hits the nth call that the step makes. */
  readonly fault?: { readonly call: number; readonly kind: 'error' | 'error after effect' | 'killed' | 'killed after effect' | 'killed for good' };
  /** Something else in the stack fails once ours is done. */
  readonly failsLater: boolean;
}

const wanted: fc.Arbitrary<Wanted> = fc.record({
  Defaults: fc.record({
    HttpTokens: fc.constant('required'),
    HttpPutResponseHopLimit: fc.constantFrom('1', '2', '3'),
    HttpEndpoint: fc.constantFrom('enabled', 'no-preference'),
    HttpTokensEnforced: fc.constantFrom('enabled', 'disabled'),
  }, { requiredKeys: ['HttpTokens'] }) as fc.Arbitrary<{ [option: string]: string }>,
  Regions: fc.subarray(REGIONS, { minLength: 1 }),
  OnRemoval: fc.constantFrom('RETAIN', 'RESTORE'),
});

const step: fc.Arbitrary<Step> = fc.record({
  wanted: fc.option(wanted, { nil: undefined, freq: 4 }),
  id: fc.constantFrom('A', 'B'),
  stack: fc.constantFrom(0, 0, 1),
  createsFirst: fc.boolean(),
  fault: fc.option(fc.record({
    call: fc.integer({ min: 0, max: 11 }),
    kind: fc.constantFrom('error', 'error after effect', 'killed', 'killed after effect', 'killed for good'),
  }), { nil: undefined }),
  failsLater: fc.boolean(),
}) as fc.Arbitrary<Step>;

const before: fc.Arbitrary<Options> = fc.record({
  HttpTokens: fc.constantFrom('optional', 'required'), HttpPutResponseHopLimit: fc.integer({ min: 1, max: 5 }), HttpEndpoint: fc.constant('enabled'),
}, { requiredKeys: [] });

const FORGOTTEN = Symbol('forgotten');

interface Deployed { readonly wanted: Wanted; readonly id: string; readonly stack: number }

function held(one: Deployed | undefined, region: string, option: string): boolean {
  return one !== undefined && one.wanted.Regions.includes(region) && one.wanted.Defaults[option] !== undefined;
}

/** Sends what CloudFormation sends; false where the deployment was rolled back. */
class CloudFormation {
  /** Whether a killed function is not repeated. */
  public forGood = false;

  constructor(private readonly account: FakeAccount) {}

  /** One deployment of one stack, from what is deployed there to what is wanted there. */
  public async deploy(old: Deployed | undefined, next: Deployed | undefined, failsLater: boolean): Promise<boolean> {
    if (next) {
      const updates = old?.id === next.id;
      this.account.stackStatus = 'UPDATE_IN_PROGRESS';
      const ok = await this.send(updates ? 'Update' : 'Create', next, old) && !failsLater;
      if (!ok) {
        this.account.faults.length = 0;
        this.account.stackStatus = updates ? 'UPDATE_ROLLBACK_IN_PROGRESS' : 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS';
        expect(await this.send(updates ? 'Update' : 'Delete', updates ? old : next, next)).toBe(true);
        return false;
      }
      if (updates) return true;
    }
    this.account.stackStatus = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
    if (old) expect(await this.send('Delete', old)).toBe(true);
    return true;
  }

  private async send(type: 'Create' | 'Update' | 'Delete', { wanted: properties, id, stack }: Deployed, old?: Deployed): Promise<boolean> {
    const message = request(type, properties, {
      StackId: STACKS[stack], LogicalResourceId: id, OldResourceProperties: type === 'Update' ? old!.wanted as any : undefined,
    });
    // A deletion that meets an error gives up, by design, and the rest of the sequence would be about that.
    if (type === 'Delete' && this.account.faults[0]?.error) this.account.faults.length = 0;
    for (;;) {
      try {
        await this.account.run(message);
        return true;
      } catch (e) {
        if ((e as Error).message !== 'killed') return false;
        if (this.forGood && type !== 'Delete') return false;
      }
    }
  }
}

test('any sequence of deployments ends in the right defaults', async () => {
  process.env.AWS_REGION = REGIONS[0];
  jest.spyOn(console, 'log').mockImplementation(() => {});
  await fc.assert(fc.asyncProperty(fc.tuple(before, before), fc.array(step, { minLength: 1, maxLength: 6 }), async (first, steps) => {
    const account = new FakeAccount();
    REGIONS.forEach((region, i) => account.set(region, first[i]));
    const cfn = new CloudFormation(account);
    let deployed: Deployed | undefined;
    /** What was there when an option of a region began to be held. */
    const origin: { [regionAndOption: string]: unknown } = {};

    for (const { wanted: properties, id, stack, createsFirst, fault, failsLater } of steps) {
      const next = properties && { wanted: properties, id, stack };
      const earlier = REGIONS.map((region) => account.get(region));
      let calls = -1;
      if (fault) {
        account.faults.push({
          at: () => ++calls === fault.call,
          error: fault.kind.startsWith('error') ? error('InternalError') : undefined,
          takesEffect: fault.kind.endsWith('effect'),
        });
      }
      cfn.forGood = fault?.kind === 'killed for good';

      const moves = deployed && next && deployed.stack !== next.stack;
      let ok: boolean;
      if (moves && !createsFirst) {
        await cfn.deploy(deployed, undefined, false);
        settle(deployed, undefined);
        deployed = undefined;
        earlier.splice(0, 2, ...REGIONS.map((region) => account.get(region)));
      }
      if (moves && createsFirst) {
        ok = await cfn.deploy(undefined, next, failsLater);
        if (ok) await cfn.deploy(deployed, undefined, false);
      } else {
        ok = await cfn.deploy(deployed, next, failsLater);
      }
      account.faults.length = 0;

      const now = REGIONS.map((region) => account.get(region));
      if (!ok) {
        // A roll-back ends where the deployment began.
        expect(now).toEqual(earlier);
        // Of what an update under RETAIN may have let go of before it was rolled back, the first value may be forgotten.
        if (deployed && next && deployed.id === next.id && deployed.stack === next.stack && next.wanted.OnRemoval === 'RETAIN') {
          for (const region of REGIONS) {
            for (const option of OPTIONS) if (held(deployed, region, option) && !held(next, region, option)) origin[`${region} ${option}`] = FORGOTTEN;
          }
        }
        continue;
      }
      settle(deployed, next);
      deployed = next;

      function settle(from: Deployed | undefined, to: Deployed | undefined): void {
        for (const [i, region] of REGIONS.entries()) {
          for (const option of OPTIONS) {
            const key = `${region} ${option}`;
            const value = account.get(region)[option];
            if (held(to, region, option)) {
              const asked = to!.wanted.Defaults[option];
              expect({ key, value: String(value ?? 'no-preference') }).toEqual({ key, value: asked });
              if (!held(from, region, option)) origin[key] = earlier[i][option];
            } else if (held(from, region, option)) {
              // An update goes by what it says now, a removal by what was said.
              const mode = (to && to.id === from!.id && to.stack === from!.stack ? to : from!).wanted.OnRemoval;
              const back = mode === 'RETAIN' ? earlier[i][option] : origin[key];
              // With enforcement on, tokens that are not required would fail every launch: they stay, rather than what was there first.
              const isKept = option === 'HttpTokens' && account.get(region).HttpTokensEnforced === 'enabled';
              if (back !== FORGOTTEN) expect({ key, mode, value }).toEqual({ key, mode, value: isKept ? 'required' : back });
              delete origin[key];
            } else {
              expect({ key, value }).toEqual({ key, value: earlier[i][option] });
            }
          }
        }
      }
    }
    if (deployed) return;
    // Nothing of ours is left behind.
    for (const region of REGIONS) expect([...account.claims(region)]).toEqual([]);
  }), { numRuns: RUNS, seed: process.env.PROPERTY_SEED === 'random' ? undefined : 4211 });
}, 300_000);
