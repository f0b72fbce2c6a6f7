/** What CloudFormation sends. @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
export interface Request<Properties> {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Properties;
  readonly OldResourceProperties?: Properties;
}

export interface Answer {
  /** One for the whole life of a resource, or CloudFormation would replace it. */
  readonly physicalId: string;
  /** Attributes for `Fn::GetAtt`. */
  readonly data?: { readonly [attribute: string]: string };
}

/** Kept back from the time of the function, to put back what was changed and to answer. */
const RESERVE_MS = 60_000;

export type Handler<Properties> = (request: Request<Properties>, signal?: AbortSignal) => Promise<Answer>;

/** The part of a Lambda function's context that is used. */
export interface Context {
  getRemainingTimeInMillis(): number;
}

/**
 * Makes a function of it that answers CloudFormation whatever happens. What fails while a resource is deleted is logged
 * and answered with success: deleting never blocks a stack.
 */
export function answering<Properties>(handle: Handler<Properties>): (request: Request<Properties>, context: Context) => Promise<void> {
  return async (request, context) => {
    const { RequestType, RequestId, StackId, LogicalResourceId, PhysicalResourceId } = request;
    // The response URL is a credential, and is logged nowhere.
    const log = (entry: object) => console.log(JSON.stringify({ RequestType, RequestId, StackId, LogicalResourceId, ...entry }));
    log({ ResourceProperties: request.ResourceProperties });
    const reply = { RequestId, StackId, LogicalResourceId };
    let answer: Answer;
    try {
      answer = await handle(request, AbortSignal.timeout(Math.max(context.getRemainingTimeInMillis() - RESERVE_MS, 1)));
    } catch (error) {
      const Reason = (error as Error).message.slice(0, 2500);
      log({ error: Reason, stack: (error as Error).stack });
      if (RequestType !== 'Delete') {
        return put(request.ResponseURL, { Status: 'FAILED', Reason, PhysicalResourceId: PhysicalResourceId ?? `failed-${RequestId}`, ...reply });
      }
      answer = { physicalId: PhysicalResourceId! };
    }
    return put(request.ResponseURL, { Status: 'SUCCESS', PhysicalResourceId: answer.physicalId, Data: answer.data, ...reply });
  };
}

async function put(url: string, body: object): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { ok, status } = await fetch(url, { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': '' } });
      if (ok) return;
      throw new Error(`CloudFormation did not take the answer: HTTP ${status}`);
    } catch (error) {
      if (attempt === 5) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt));
    }
  }
}
