/** Tells a `bpf_printk` that needs a newer helper for its number of arguments from other calls. */
import type { EntityCall } from '../../model/model.types.js';

/** True for libbpf's `bpf_printk` with more than three arguments behind the format. */
export function isManyArgumentPrintk(call: EntityCall): boolean {
  return call.name === 'bpf_trace_vprintk' && call.call.name === 'bpf_printk' && call.call.args.length > 4;
}
