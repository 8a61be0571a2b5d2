/**
 * One process of a cluster; started by the primary, never by hand. Its arguments are the configuration files.
 *
 * A terminal sends these signals to every process; the primary decides what they mean. Without a listener they would end a worker that is
 * still loading, so the rest is loaded after that.
 */
process.on('SIGINT', () => undefined).on('SIGHUP', () => undefined);
const { serve } = await import('./serve.ts');
process.exit(await serve());
