import { AsyncLocalStorage } from 'async_hooks';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeRegionsCommand, EC2Client, GetInstanceMetadataDefaultsCommand, ModifyInstanceMetadataDefaultsCommand } from '@aws-sdk/client-ec2';
import { DeleteParameterCommand, GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { accountDefaults, type AccountDefaultsProperties } from '../../src/account/account-defaults.lambda';
import { regionNamed } from '../../src/account/handlers/clients';
import type { Answer, Request } from '../../src/account/handlers/custom-resource';

export type Options = { [option: string]: string | number };

export type Call = 'Get' | 'Modify' | 'Claims' | 'Claim' | 'Unclaim' | 'Stacks' | 'Regions';

/** What goes wrong with one call. */
export interface Fault {
  /** Whether the call is hit. */
  readonly at: (call: Call, region: string, input: any) => boolean;
  /** The error that is thrown; without one the function is killed there: the call never returns. */
  readonly error?: Error;
  /** The call is carried out nevertheless. */
  readonly takesEffect?: boolean;
  /** Hits every such call, not only the first. */
  readonly always?: boolean;
}

/** One account, as EC2, SSM and CloudFormation would answer for it; a call and its effect are recorded in order. */
export class FakeAccount {
  public readonly calls: Array<{ readonly call: Call; readonly region: string; readonly input: any }> = [];
  public readonly faults: Fault[] = [];
  public readonly policies: { [region: string]: { readonly message?: string } } = {};
  public stackStatus = 'UPDATE_IN_PROGRESS';
  /** Why the outermost stack is in its state. */
  public stackReason?: string;
  /** The stacks around it and what they say, from the inside out. */
  public parents: string[] = [];
  public enabled = ['us-east-1', 'eu-west-1'];
  public slept = 0;
  private readonly defaults = new Map<string, Options>();
  private readonly parameters = new Map<string, Map<string, string>>();
  /** The run that a call belongs to, so that all of it ends where it is killed. */
  private readonly runs = new AsyncLocalStorage<{ dead?: boolean; kill(): void }>();

  constructor() {
    const [ec2, ssm, cfn] = [mockClient(EC2Client), mockClient(SSMClient), mockClient(CloudFormationClient)];
    const fake = (call: Call, run: (region: string, input: any) => object) => async (input: any, getClient: () => any) => {
      const region = await getClient().config.region();
      const current = this.runs.getStore();
      if (current?.dead) return new Promise(() => {});
      this.calls.push({ call, region, input });
      const fault = this.faults.find(({ at }) => at(call, region, input));
      if (!fault) return run(region, input);
      if (!fault.always) this.faults.splice(this.faults.indexOf(fault), 1);
      if (fault.takesEffect) run(region, input);
      if (fault.error) throw fault.error;
      current!.dead = true;
      current!.kill();
      return new Promise(() => {});
    };
    ec2.on(GetInstanceMetadataDefaultsCommand).callsFake(fake('Get', (region) => ({ AccountLevel: this.level(region) })));
    ec2.on(ModifyInstanceMetadataDefaultsCommand).callsFake(fake('Modify', (region, input) => {
      if (this.policies[region]) throw error('DeclarativePolicyViolation', 'denied by policy');
      this.set(region, input);
      return { Return: true };
    }));
    ec2.on(DescribeRegionsCommand).callsFake(fake('Regions', () => ({ Regions: this.enabled.map((RegionName) => ({ RegionName })) })));
    ssm.on(GetParametersByPathCommand).callsFake(fake('Claims', (region, { NextToken }) => {
      // One a page, so that every page must be read, and in no order to rely on.
      const all = [...this.claims(region)].reverse().map(([Name, Value]) => ({ Name, Value }));
      const page = Number(NextToken ?? 0);
      return { Parameters: all.slice(page, page + 1), NextToken: page + 1 < all.length ? String(page + 1) : undefined };
    }));
    ssm.on(PutParameterCommand).callsFake(fake('Claim', (region, { Name, Value }) => {
      this.claims(region).set(Name, Value);
      return {};
    }));
    ssm.on(DeleteParameterCommand).callsFake(fake('Unclaim', (region, { Name }) => {
      if (!this.claims(region).delete(Name)) throw error('ParameterNotFound', Name);
      return {};
    }));
    cfn.on(DescribeStacksCommand).callsFake(fake('Stacks', (_, { StackName }) => {
      const depth = StackName.startsWith('parent-') ? Number(StackName.slice(7)) : 0;
      const isOutermost = depth === this.parents.length;
      return {
        Stacks: [{
          StackStatus: [this.stackStatus, ...this.parents][depth],
          StackStatusReason: isOutermost ? this.stackReason : undefined,
          ParentId: isOutermost ? undefined : `parent-${depth + 1}`,
        }],
      };
    }));
  }

  /** Sets options as the API does, whoever asks. */
  public set(region: string, options: Options): void {
    const next = { ...this.defaults.get(region), ...options };
    for (const [option, value] of Object.entries(next)) if (value === 'no-preference' || value === -1) delete next[option];
    this.defaults.set(region, next);
  }

  /** The options that are set. */
  public get(region: string): Options {
    return { ...this.defaults.get(region) };
  }

  /** Parameters by name. */
  public claims(region: string): Map<string, string> {
    if (!this.parameters.has(region)) this.parameters.set(region, new Map());
    return this.parameters.get(region)!;
  }

  /** The inputs of the calls that modified a region. */
  public modifications(region: string): any[] {
    return this.calls.filter((one) => one.call === 'Modify' && one.region === region).map(({ input }) => input);
  }

  /** Runs the handler; a run that is killed is one that rejects with `killed`. */
  public async run(incoming: Request<AccountDefaultsProperties>, signal?: AbortSignal): Promise<Answer> {
    const sleep = async (milliseconds: number) => { this.slept += milliseconds; };
    return new Promise((resolve, reject) => this.runs.run({ kill: () => reject(new Error('killed')) }, () => {
      accountDefaults(incoming, signal, (name, given) => {
        given?.throwIfAborted();
        return { ...regionNamed(name, given), sleep };
      }).then(resolve, reject);
    }));
  }

  private level(region: string): object {
    const policy = this.policies[region];
    return { ...this.get(region), ManagedBy: policy ? 'declarative-policy' : 'account', ManagedExceptionMessage: policy?.message };
  }
}

export function error(name: string, message = 'no'): Error {
  return Object.assign(new Error(message), { name });
}

export const DENIED = () => error('UnauthorizedOperation', 'You are not authorized to perform this operation.');
export const THROTTLED = () => error('RequestLimitExceeded', 'Request limit exceeded.');

let requests = 0;

export const STACK = 'arn:aws:cloudformation:us-east-1:111111111111:stack/Main/1';

/** A request as CloudFormation sends it. */
export function request(type: 'Create' | 'Update' | 'Delete', properties: Partial<AccountDefaultsProperties>, more: Partial<Request<AccountDefaultsProperties>> = {}): Request<AccountDefaultsProperties> {
  return {
    RequestType: type,
    RequestId: `request-${++requests}`,
    ResponseURL: 'https://example.com/response',
    StackId: STACK,
    LogicalResourceId: 'Defaults',
    ...type === 'Create' ? {} : { PhysicalResourceId: 'stable' },
    ResourceProperties: { Defaults: { HttpTokens: 'required' }, Regions: ['us-east-1'], OnRemoval: 'RETAIN', ...properties },
    ...more,
  };
}
