import { regionNamed } from './handlers/clients';
import { answering, type Answer, type Request } from './handlers/custom-resource';
import { inEach, summary } from './handlers/outcomes';
import { readDefaults } from './handlers/region';
import { regionsOf, type RequestedProperties } from './handlers/requested';
import { inWords, satisfies } from './handlers/values';

export const handler = answering<RequestedProperties>((request, signal) => accountDefaultsAssertion(request, signal));

/** Fails where the account is not as is said, and changes nothing. */
export async function accountDefaultsAssertion(request: Request<RequestedProperties>, signal?: AbortSignal, regionOf = regionNamed): Promise<Answer> {
  const physicalId = request.PhysicalResourceId ?? `imdsv2-account-defaults-assertion-${request.RequestId}`;
  if (request.RequestType === 'Delete') return { physicalId };
  const { Defaults: expected } = request.ResourceProperties;
  const regions = (await regionsOf(request.ResourceProperties, signal)).map((name) => regionOf(name, signal));
  const outcomes = await inEach(regions, async (region) => {
    const { values } = await readDefaults(region);
    if (!satisfies(values, expected)) throw new Error(`the account says ${inWords(values)}`);
    return 'as expected';
  });
  if (outcomes.every(({ error }) => !error)) return { physicalId };
  throw new Error(`the account defaults are not ${inWords(expected)} everywhere. ${summary(outcomes, (text) => text)}`);
}
