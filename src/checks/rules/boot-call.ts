import { NOTHING, Severity, type CheckRule } from './check-rule';
import { adviceFor, bootCalls, type BootCall } from '../../posture/boot-calls';
import { isSafe } from '../../posture/judge';
import { Posture } from '../../posture/posture';
import type { TemplateResource } from '../../posture/template-world';
import { Rule } from '../../private/rules';
import { addressOf } from '../../remedies/edit-remedy';
import { advice, type Remedy } from '../../remedies/remedy';

/** Boot scripts send a token with every request to the metadata service. */
export const BOOT_CALL: CheckRule = {
  rule: Rule.BOOT_CALL,
  title: 'boot scripts send a token',
  documentation: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html',
  check({ resource, source, judgement }) {
    // Most launch sources have no place for a script.
    if (!source.userDataPath && resource.body.Metadata === undefined) return NOTHING;
    const paths = source.userDataPath ? [['Properties', ...source.userDataPath].join('.')] : [];
    const { calls, unread } = bootCalls(resource.body, paths);
    const when = isSafe(judgement.posture)
      ? judgement.posture === Posture.DISABLED ? 'the endpoint is disabled, so it gets no answer' : 'tokens are required, so it gets 401'
      : 'it gets 401 as soon as tokens are required';
    return [
      ...calls.map((call) => ({
        severity: Severity.WARNING,
        location: call.path,
        problem: `line ${call.line} of ${call.encoded ? 'a file encoded in ' : ''}the boot script asks the metadata service without a token, and ${when}: ${call.text}`,
        remedy: remedyOf(call, resource),
      })),
      ...unread.map((location) => ({
        severity: Severity.INFO,
        location,
        problem: 'the boot script is known only at deployment, so calls without a token would not be seen',
        remedy: advice('look for 169.254.169.254 where the script comes from'),
      })),
    ];
  },
};

function remedyOf(call: BootCall, resource: TemplateResource): Remedy {
  const text = adviceFor(call);
  if (text !== undefined) return advice(text);
  const { path, line, encoded, text: before, rewritten } = call;
  return { kind: 'script', ...addressOf(resource), path, line, encoded, text: before, replacement: rewritten };
}
