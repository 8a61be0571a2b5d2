/** `dev_mode` as long as the process runs: what a reload must not lose. Its parts are loaded when they are needed first. */
import type { RouterConfig } from '../config/schema.ts';
import type { ConfigSource } from '../explain/setting-sources.ts';
import type { ResponsePolicy } from '../respond/policy.ts';
import type { Supergraph } from '../supergraph/model.ts';
import type { DevTools } from './dev-tools.ts';
import type { Inspector } from './inspector/inspector.ts';
import type { InspectorRoutes } from './inspector-port.ts';
import type { Log } from './log.ts';

export interface DevMode {
  /** The tools for one generation; nothing outside `dev_mode`. */
  open(input: DevModeInput): Promise<OpenDevMode>;
  /** Ends what would keep connections open. */
  close(): void;
}

export interface DevModeInput {
  readonly config: RouterConfig;
  readonly source: ConfigSource | null;
  readonly policy: ResponsePolicy;
  readonly supergraph: Supergraph;
}

export interface OpenDevMode {
  readonly tools: DevTools | null;
  readonly inspector: InspectorRoutes | null;
}

const NOTHING: OpenDevMode = { tools: null, inspector: null };

export function createDevMode(log: Log): DevMode {
  let inspector: Inspector | null = null;

  async function openInspector(): Promise<Inspector> {
    const { createInspector } = await import('./inspector/inspector.ts');
    inspector ??= createInspector(log);
    return inspector;
  }

  return {
    async open(input) {
      const { devMode, inspector: settings } = input.config;
      if (!devMode) return NOTHING;
      const { createDevTools } = await import('./trace/dev-tools.ts');
      if (!settings.enabled) return { tools: createDevTools(null), inspector: null };
      const opened = await openInspector();
      return { tools: createDevTools(opened.recorder(input)), inspector: opened.routes(settings) };
    },
    close: () => inspector?.close(),
  };
}
