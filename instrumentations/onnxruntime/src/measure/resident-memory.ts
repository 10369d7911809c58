/** Resident memory in bytes; `undefined` where the system does not tell, such as without `/proc`. */
export function residentBytes(): number | undefined {
  try {
    return process.memoryUsage.rss();
  } catch {
    return undefined;
  }
}
