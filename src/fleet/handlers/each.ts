/** How many objects are read or written at once. */
const AT_ONCE = 32;

/** Does something for all of them, a bounded number at once. */
export async function each<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (const item of queue) await run(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
