/** What a type writes for tokens that are required, or optional. */
type Literal = string | number | boolean;

/** How a type spells its metadata options: one engine reads and requires them, whatever they are called. */
export interface Spelling {
  /** The member that decides about IMDSv1. */
  readonly tokens: string;
  readonly required: Literal;
  readonly optional: Literal;
  /** The member that holds the hop limit; absent where the type has none. */
  readonly hopLimit?: string;
  /** The member that turns the endpoint off; absent where the type has none. */
  readonly endpoint?: string;
  /** Everything that a block of the type can hold. */
  readonly members: readonly string[];
  /** The block is that entry of a list which has these members; absent where it stands by itself. */
  readonly entry?: { readonly [member: string]: string };
  /** The block is part of a JSON document, which the L1 writes as it is. */
  readonly verbatim?: boolean;
}

/** The metadata options of EC2. */
export const METADATA_OPTIONS: Spelling = {
  tokens: 'HttpTokens',
  required: 'required',
  optional: 'optional',
  hopLimit: 'HttpPutResponseHopLimit',
  endpoint: 'HttpEndpoint',
  members: ['HttpTokens', 'HttpPutResponseHopLimit', 'HttpEndpoint', 'HttpProtocolIpv6', 'InstanceMetadataTags'],
};
