/** The output channel "eBPF Lens", which heeds both the editor's level for it and the setting `ebpfLens.logLevel`. */
import { LogLevel, window, workspace } from 'vscode';
import type { LogOutputChannel } from 'vscode';

/**
 * Creates the channel. The editor shows debug lines only when its own level for the channel says so, which few people
 * find; with `ebpfLens.logLevel` at `debug` such lines are therefore written one level up, marked. `off` silences all.
 */
export function createLog(): LogOutputChannel {
  const channel = window.createOutputChannel('eBPF Lens', { log: true });
  const level = (): string => workspace.getConfiguration('ebpfLens').get('logLevel', 'info');
  const write = (kind: 'debug' | 'info' | 'warn' | 'error') => (message: string | Error, ...rest: unknown[]): void => {
    const wanted = level();
    if (wanted === 'off') return;
    if (wanted === 'error' && kind !== 'error') return;
    const text = message instanceof Error ? (message.stack ?? message.message) : message;
    if (kind === 'debug' && wanted === 'debug' && channel.logLevel > LogLevel.Debug) channel.info(`[debug] ${text}`, ...rest);
    else channel[kind](text, ...rest);
  };
  const own = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  return new Proxy(channel, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return own[name as keyof typeof own];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}
