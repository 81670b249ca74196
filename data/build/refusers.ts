/** Which function of Linux 6.1 refuses what a finding is about: by rule, and by program type where it depends on it. */

/** `net/core/filter.c`, `kernel/trace/bpf_trace.c`, `kernel/bpf/cgroup.c`, `kernel/bpf/bpf_lsm.c`, `net/ipv4/bpf_tcp_ca.c`, `kernel/bpf/syscall.c`. */
const FUNC_PROTO: Readonly<Record<string, string>> = {
  BPF_PROG_TYPE_SOCKET_FILTER: 'sk_filter_func_proto',
  BPF_PROG_TYPE_SCHED_CLS: 'tc_cls_act_func_proto',
  BPF_PROG_TYPE_SCHED_ACT: 'tc_cls_act_func_proto',
  BPF_PROG_TYPE_XDP: 'xdp_func_proto',
  BPF_PROG_TYPE_CGROUP_SKB: 'cg_skb_func_proto',
  BPF_PROG_TYPE_CGROUP_SOCK: 'sock_filter_func_proto',
  BPF_PROG_TYPE_CGROUP_SOCK_ADDR: 'sock_addr_func_proto',
  BPF_PROG_TYPE_LWT_IN: 'lwt_in_func_proto',
  BPF_PROG_TYPE_LWT_OUT: 'lwt_out_func_proto',
  BPF_PROG_TYPE_LWT_XMIT: 'lwt_xmit_func_proto',
  BPF_PROG_TYPE_LWT_SEG6LOCAL: 'lwt_seg6local_func_proto',
  BPF_PROG_TYPE_SOCK_OPS: 'sock_ops_func_proto',
  BPF_PROG_TYPE_SK_SKB: 'sk_skb_func_proto',
  BPF_PROG_TYPE_SK_MSG: 'sk_msg_func_proto',
  BPF_PROG_TYPE_SK_REUSEPORT: 'sk_reuseport_func_proto',
  BPF_PROG_TYPE_SK_LOOKUP: 'sk_lookup_func_proto',
  BPF_PROG_TYPE_FLOW_DISSECTOR: 'flow_dissector_func_proto',
  BPF_PROG_TYPE_KPROBE: 'kprobe_prog_func_proto',
  BPF_PROG_TYPE_TRACEPOINT: 'tp_prog_func_proto',
  BPF_PROG_TYPE_PERF_EVENT: 'pe_prog_func_proto',
  BPF_PROG_TYPE_RAW_TRACEPOINT: 'raw_tp_prog_func_proto',
  BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE: 'raw_tp_prog_func_proto',
  BPF_PROG_TYPE_TRACING: 'tracing_prog_func_proto',
  BPF_PROG_TYPE_LSM: 'bpf_lsm_func_proto',
  BPF_PROG_TYPE_CGROUP_DEVICE: 'cgroup_dev_func_proto',
  BPF_PROG_TYPE_CGROUP_SYSCTL: 'sysctl_func_proto',
  BPF_PROG_TYPE_CGROUP_SOCKOPT: 'cg_sockopt_func_proto',
  BPF_PROG_TYPE_SYSCALL: 'syscall_prog_func_proto',
  BPF_PROG_TYPE_STRUCT_OPS: 'bpf_tcp_ca_get_func_proto',
};

const VALID_ACCESS: Readonly<Record<string, string>> = {
  BPF_PROG_TYPE_SOCKET_FILTER: 'sk_filter_is_valid_access',
  BPF_PROG_TYPE_SCHED_CLS: 'tc_cls_act_is_valid_access',
  BPF_PROG_TYPE_SCHED_ACT: 'tc_cls_act_is_valid_access',
  BPF_PROG_TYPE_XDP: 'xdp_is_valid_access',
  BPF_PROG_TYPE_CGROUP_SKB: 'cg_skb_is_valid_access',
  BPF_PROG_TYPE_CGROUP_SOCK: 'sock_filter_is_valid_access',
  BPF_PROG_TYPE_CGROUP_SOCK_ADDR: 'sock_addr_is_valid_access',
  BPF_PROG_TYPE_LWT_IN: 'lwt_is_valid_access',
  BPF_PROG_TYPE_LWT_OUT: 'lwt_is_valid_access',
  BPF_PROG_TYPE_LWT_XMIT: 'lwt_is_valid_access',
  BPF_PROG_TYPE_LWT_SEG6LOCAL: 'lwt_is_valid_access',
  BPF_PROG_TYPE_SOCK_OPS: 'sock_ops_is_valid_access',
  BPF_PROG_TYPE_SK_SKB: 'sk_skb_is_valid_access',
  BPF_PROG_TYPE_SK_MSG: 'sk_msg_is_valid_access',
  BPF_PROG_TYPE_SK_REUSEPORT: 'sk_reuseport_is_valid_access',
  BPF_PROG_TYPE_SK_LOOKUP: 'sk_lookup_is_valid_access',
  BPF_PROG_TYPE_FLOW_DISSECTOR: 'flow_dissector_is_valid_access',
  BPF_PROG_TYPE_CGROUP_DEVICE: 'cgroup_dev_is_valid_access',
  BPF_PROG_TYPE_CGROUP_SYSCTL: 'sysctl_is_valid_access',
  BPF_PROG_TYPE_CGROUP_SOCKOPT: 'cg_sockopt_is_valid_access',
};

/**
 * Names the function that returns the refusal.
 * @param exists whether Linux 6.1 has the helper or kfunc at all
 * @throws Error for a pair that the tables lack, so that a page never says less than it claims
 */
export function refuser(rule: string, programType: string | null, exists: boolean): string {
  switch (rule) {
    case 'helper-not-allowed':
    case 'helper-newer-than-target':
      return exists ? named(FUNC_PROTO, programType) : 'check_helper_call';
    case 'helper-needs-sleepable':
    case 'helper-needs-gpl':
      return 'check_helper_call';
    case 'kfunc-not-allowed':
      return 'check_kfunc_call';
    case 'kfunc-newer-than-target':
    case 'kfunc-removed-in-target':
      return exists ? 'check_kfunc_call' : 'bpf_object__resolve_ksym_func_btf_id (libbpf)';
    case 'kfunc-needs-sleepable':
      return 'check_kfunc_call';
    case 'kfunc-needs-gpl':
      return 'add_kfunc_call';
    case 'context-field-not-allowed':
      return named(VALID_ACCESS, programType);
    case 'return-value-out-of-range':
      return 'check_return_code';
    default:
      throw new Error(`no refuser for ${rule}`);
  }
}

function named(table: Readonly<Record<string, string>>, programType: string | null): string {
  const name = programType === null ? undefined : table[programType];
  if (name === undefined) throw new Error(`no refuser for ${programType}`);
  return name;
}
