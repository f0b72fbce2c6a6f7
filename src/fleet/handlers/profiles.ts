import {
  GetInstanceProfileCommand, GetPolicyCommand, GetPolicyVersionCommand, GetRolePolicyCommand, ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand, type IAMClient,
} from '@aws-sdk/client-iam';
import { accessOf } from './access';
import { isDenied } from './clients';
import type { RoleAccess } from './records';

/** What an instance profile says about its instances. */
export interface ProfileFacts {
  readonly role?: string;
  readonly roleAccess: RoleAccess;
  /** Why they look like container hosts, where they do. */
  readonly hosts?: string;
}

/** Policies of AWS that nobody but a container host needs. */
const HOST_POLICIES = ['AmazonEC2ContainerServiceforEC2Role', 'AmazonEKSWorkerNodePolicy', 'AmazonEKSWorkerNodeMinimalPolicy'];

/** The instance profiles of an account; each profile and policy is read once. */
export class Profiles {
  private readonly profiles = new Map<string, Promise<ProfileFacts>>();
  private readonly policies = new Map<string, Promise<string>>();

  constructor(private readonly iam: IAMClient) {}

  /** @param arn of the profile; an instance without one has no role */
  public async of(arn: string | undefined): Promise<ProfileFacts> {
    if (arn === undefined) return { roleAccess: 'none' };
    return once(this.profiles, arn, () => this.read(arn));
  }

  private async read(arn: string): Promise<ProfileFacts> {
    try {
      const { InstanceProfile } = await this.iam.send(new GetInstanceProfileCommand({ InstanceProfileName: arn.split('/').pop() }));
      const role = InstanceProfile!.Roles?.[0]?.RoleName;
      if (role === undefined) return { roleAccess: 'none' };
      const attached = await this.attachedTo(role);
      const documents = [
        ...await this.inlineOf(role), ...await Promise.all(attached.map((policy) => once(this.policies, policy, () => this.documentOf(policy)))),
      ];
      const host = attached.map((policy) => policy.split('/').pop()!).find((name) => HOST_POLICIES.includes(name));
      return { role, roleAccess: accessOf(documents), ...host && { hosts: `the policy ${host}` } };
    } catch (error) {
      // What a role may do ranks an instance; that it is open is known without.
      if (!isDenied(error as Error) && !(error as Error).name.startsWith('NoSuchEntity')) throw error;
      return { roleAccess: 'unknown' };
    }
  }

  private async attachedTo(RoleName: string): Promise<string[]> {
    return paged(async (Marker) => {
      const { AttachedPolicies = [], ...page } = await this.iam.send(new ListAttachedRolePoliciesCommand({ RoleName, Marker }));
      return { items: AttachedPolicies.map(({ PolicyArn }) => PolicyArn!), ...page };
    });
  }

  private async inlineOf(RoleName: string): Promise<string[]> {
    const names = await paged(async (Marker) => {
      const { PolicyNames = [], ...page } = await this.iam.send(new ListRolePoliciesCommand({ RoleName, Marker }));
      return { items: PolicyNames, ...page };
    });
    return Promise.all(names.map(async (PolicyName) => {
      const { PolicyDocument } = await this.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return decodeURIComponent(PolicyDocument!);
    }));
  }

  private async documentOf(PolicyArn: string): Promise<string> {
    const { Policy } = await this.iam.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await this.iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy!.DefaultVersionId }));
    return decodeURIComponent(PolicyVersion!.Document!);
  }
}

interface Page {
  readonly items: readonly string[];
  readonly IsTruncated?: boolean;
  readonly Marker?: string;
}

async function paged(read: (marker?: string) => Promise<Page>): Promise<string[]> {
  const all: string[] = [];
  let marker: string | undefined;
  do {
    const page = await read(marker);
    all.push(...page.items);
    marker = page.IsTruncated ? page.Marker : undefined;
  } while (marker);
  return all;
}

function once<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  let value = known.get(key);
  if (!value) known.set(key, value = read());
  return value;
}
