import { DescribeLaunchTemplatesCommand, ModifyLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { clientsOf } from './handlers/clients';
import { answering, type Answer, type Request } from './handlers/custom-resource';
import { patiently, sleep } from './handlers/patiently';
import { DENIED } from './handlers/region';
import { ownRegion } from './handlers/requested';

export interface LaunchTemplateDefaultVersionProperties {
  readonly LaunchTemplateId: string;
  readonly Version: string;
}

export const handler = answering<LaunchTemplateDefaultVersionProperties>((request, signal) => launchTemplateDefaultVersion(request, signal));

/** Makes the version that the stack has just made the default one, unless a later one is. */
export async function launchTemplateDefaultVersion(
  request: Request<LaunchTemplateDefaultVersionProperties>, signal?: AbortSignal, ec2 = clientsOf(ownRegion()).ec2, wait = sleep,
): Promise<Answer> {
  const { LaunchTemplateId, Version } = request.ResourceProperties;
  const physicalId = request.PhysicalResourceId ?? `launch-template-default-version-${request.RequestId}`;
  if (request.RequestType === 'Delete') return { physicalId };
  const abort = { abortSignal: signal };
  try {
    const describe = () => ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [LaunchTemplateId] }), abort);
    const { LaunchTemplates: [template] = [] } = await patiently(describe, isNew, wait);
    const current = template?.DefaultVersionNumber ?? 0;
    if (current >= Number(Version)) return { physicalId, data: { DefaultVersion: String(current) } };
    await patiently(() => ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateId, DefaultVersion: Version }), abort), isNew, wait);
    return { physicalId, data: { DefaultVersion: Version } };
  } catch (error) {
    const { name, message } = error as Error;
    // Somebody deleted the template; there is nothing left of which a default version could matter.
    if (request.RequestType === 'Update' && name.startsWith('InvalidLaunchTemplateId.NotFound')) {
      console.log(JSON.stringify({ warning: `the launch template ${LaunchTemplateId} does not exist any more` }));
      return { physicalId, data: { DefaultVersion: Version } };
    }
    throw new Error(`the default version of the launch template ${LaunchTemplateId} could not be set to ${Version}: ${message} (${name})`);
  }
}

/** What EC2 answers of a permission, a launch template or a version that CloudFormation made a moment ago, until all of EC2 knows of it. */
function isNew({ name }: Error): boolean {
  return name === DENIED || /^InvalidLaunchTemplateId\.(NotFound|VersionNotFound)/.test(name);
}
