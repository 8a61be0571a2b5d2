/**
 * One process of a cluster; started by the primary, never by hand. Its arguments are the configuration files.
 *
 * Terminals and service managers send these signals to every process; the primary decides what they mean. Without a listener they would
 * end a worker that is still loading, so the rest is loaded after that.
 */
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
const { serve } = await import('./serve.ts');
process.exit(await serve());
