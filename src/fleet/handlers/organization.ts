import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { PATIENT } from './clients';

/** An account of an organization. */
export interface Member {
  readonly account: string;
  /** Absent where it is active. */
  readonly inactive?: string;
}

/** All accounts of the organization; the client knows where the partition has the service. */
export async function membersOf(): Promise<Member[]> {
  const organizations = new OrganizationsClient(PATIENT);
  const members: Member[] = [];
  let NextToken: string | undefined;
  do {
    const page = await organizations.send(new ListAccountsCommand({ NextToken }));
    // Not `Status`, which is retired; of an account without a state its role will tell.
    for (const { Id, State = 'ACTIVE' } of page.Accounts ?? []) members.push({ account: Id!, ...State !== 'ACTIVE' && { inactive: State } });
    NextToken = page.NextToken;
  } while (NextToken);
  return members;
}
