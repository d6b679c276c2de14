/** What came of a call: its result, or its error's parts. */
export async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return { result: await call() };
  } catch (error) {
    const { code, message, metadata } = error as { code?: string; message: string; metadata?: unknown };
    return { code, message, metadata };
  }
}
