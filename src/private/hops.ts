/** A container host that is cut off from IMDSv1 needs two hops for its containers to reach IMDSv2. */
export const CONTAINERS = 2;
