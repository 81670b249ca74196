/** What a register holds, in words. */
import { valueDetails, valueType } from '../../verifier/registers.js';
import { entryOf } from '../../text/entryOf.js';

/** Kinds of value, as `reg_type_str()` in kernel/bpf/log.c spells them. */
const KINDS: Readonly<Record<string, string>> = {
  ctx: 'the context', fp: 'a place on the stack', pkt: 'a pointer into the packet', pkt_meta: 'a pointer into the packet\'s metadata', pkt_end: 'the end of the packet',
  map_ptr: 'a map', map_value: 'a pointer to a map\'s value', map_key: 'a pointer to a map\'s key', mem: 'a pointer to memory', rdonly_mem: 'a pointer to read-only memory', ringbuf_mem: 'a ring buffer record',
  sock: 'a socket', sock_common: 'a socket of unknown kind', tcp_sock: 'a TCP socket', xdp_sock: 'an AF_XDP socket', dynptr_ptr: 'a dynptr', arena: 'a pointer into the arena',
  func: 'a function', buf: 'a buffer', rdonly_buf: 'a read-only buffer', rdwr_buf: 'a buffer', flow_keys: 'the flow keys', iter: 'an iterator', unknown: 'nothing', '?': 'nothing',
};

/** @returns words for a value such as `map_value_or_null(id=1,map=counts,ks=4,vs=8)`; undefined for what we have none for */
export function valueInWords(value: string): string | undefined {
  const type = valueType(value);
  if (type === 'number') return /^fp/.test(value) ? KINDS['fp'] : `the number ${value.replace(/^(?:invP?|P|scalar)/, '')}`;
  if (/^(?:inv|scalar|P$)/.test(type)) return scalar(value);
  const maybe = type.includes('_or_null');
  const name = type.replace('_or_null', '').replace(/^(?:rdonly_|alloc_|user_)?(?:trusted_|untrusted_|rcu_|percpu_)*ptr_.*$/, 'ptr');
  const what = name === 'ptr' ? kernelPointer(type) : entryOf(KINDS, name);
  if (what === undefined) return undefined;
  return `${what}${detail(name, value)}${maybe ? ', or NULL: not checked yet' : ''}`;
}

function kernelPointer(type: string): string {
  const struct = /ptr_(?:or_null_)?(\w*)$/.exec(type)?.[1];
  const kind = type.startsWith('untrusted') ? 'an untrusted kernel pointer' : type.startsWith('trusted') ? 'a trusted kernel pointer' : type.startsWith('rcu') ? 'a kernel pointer under RCU' : type.startsWith('percpu') ? 'a per-CPU kernel pointer' : 'a kernel pointer';
  return struct ? `${kind} to struct ${struct}` : kind;
}

function detail(name: string, value: string): string {
  const details = valueDetails(value);
  if (name === 'map_value') return [details.get('map') ? ` of ${details.get('map')}` : '', details.get('vs') ? `, ${details.get('vs')} bytes` : '', varying(details)].join('');
  if (name === 'pkt') return `, ${details.get('r') ?? '0'} bytes from its start are proven to be there`;
  if (name === 'mem' || name === 'ringbuf_mem' || name === 'rdonly_mem') return [details.get('sz') ?? details.get('mem_size') ? `, ${details.get('sz') ?? details.get('mem_size')} bytes` : '', varying(details)].join('');
  return '';
}

/** The part of an offset that varies. */
function varying(details: ReadonlyMap<string, string>): string {
  const max = details.get('umax') ?? details.get('umax_value') ?? details.get('smax');
  return max === undefined ? '' : `, at an offset of up to ${max}`;
}

function scalar(value: string): string {
  const details = valueDetails(value);
  const min = details.get('umin') ?? details.get('umin_value') ?? details.get('smin') ?? details.get('smin_value');
  const max = details.get('umax') ?? details.get('umax_value') ?? details.get('smax') ?? details.get('smax_value');
  const signed = details.get('smin') ?? details.get('smin_value');
  const negative = signed?.startsWith('-') || (signed === undefined && details.get('umax') === undefined && details.get('umax_value') === undefined);
  if (min === undefined && max === undefined && details.get('var_off') === undefined) return 'any number';
  const low = signed?.startsWith('-') ? signed : (min ?? (negative ? undefined : '0'));
  if (low === undefined) return max === undefined ? 'a number without known bounds' : `a number of at most ${max}, perhaps negative`;
  return max === undefined ? `a number from ${low} up, without an upper bound` : `a number from ${low} to ${max}`;
}
