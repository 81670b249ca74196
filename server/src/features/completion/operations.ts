/**
 * Members of the operations tables that programs can fill, in the kernel's order. Sources: struct tcp_congestion_ops of include/net/tcp.h,
 * struct sched_ext_ops of kernel/sched/ext.c (6.12 and later), struct hid_bpf_ops of include/linux/hid_bpf.h (6.11), struct Qdisc_ops of
 * include/net/sch_generic.h as far as net/sched/bpf_qdisc.c (6.16) takes it, struct bpf_map_def of libbpf 0.8.
 */

/** Name, what is put there, and when the kernel calls or reads it. */
export type Operation = readonly [name: string, kind: 'program' | 'text' | 'number', detail: string];

const SCHED_EXT: readonly Operation[] = [
  ['select_cpu', 'program', 'choose a CPU for a task that wakes up'],
  ['enqueue', 'program', 'queue a task that can run'],
  ['dequeue', 'program', 'take a task out of the queue'],
  ['dispatch', 'program', 'give a CPU its next tasks'],
  ['tick', 'program', 'each tick while a task runs'],
  ['runnable', 'program', 'a task becomes runnable'],
  ['running', 'program', 'a task starts to run'],
  ['stopping', 'program', 'a task stops running'],
  ['quiescent', 'program', 'a task is no longer runnable'],
  ['yield', 'program', 'a task yields'],
  ['core_sched_before', 'program', 'order of two tasks for core scheduling'],
  ['set_weight', 'program', 'a task gets another weight'],
  ['set_cpumask', 'program', 'a task gets other CPUs'],
  ['update_idle', 'program', 'a CPU becomes idle or leaves idle'],
  ['cpu_acquire', 'program', 'a CPU comes back to the scheduler'],
  ['cpu_release', 'program', 'a CPU is taken by a higher class'],
  ['init_task', 'program', 'a task joins the scheduler'],
  ['exit_task', 'program', 'a task leaves the scheduler'],
  ['enable', 'program', 'a task is scheduled by it from now on'],
  ['disable', 'program', 'a task is no longer scheduled by it'],
  ['dump', 'program', 'write state when the scheduler fails'],
  ['dump_cpu', 'program', 'write state of a CPU'],
  ['dump_task', 'program', 'write state of a task'],
  ['cgroup_init', 'program', 'a cgroup appears'],
  ['cgroup_exit', 'program', 'a cgroup goes'],
  ['cgroup_prep_move', 'program', 'a task is about to change its cgroup'],
  ['cgroup_move', 'program', 'a task changes its cgroup'],
  ['cgroup_cancel_move', 'program', 'the change does not happen'],
  ['cgroup_set_weight', 'program', 'a cgroup gets another weight'],
  ['cpu_online', 'program', 'a CPU goes online'],
  ['cpu_offline', 'program', 'a CPU goes offline'],
  ['init', 'program', 'the scheduler is loaded'],
  ['exit', 'program', 'the scheduler is unloaded, or failed'],
  ['dispatch_max_batch', 'number', 'most tasks of one dispatch'],
  ['flags', 'number', 'SCX_OPS_* flags'],
  ['timeout_ms', 'number', 'longest wait of a runnable task, at most 30000'],
  ['exit_dump_len', 'number', 'bytes of the dump'],
  ['hotplug_seq', 'number', 'refuse to load if CPUs changed since'],
  ['name', 'text', 'needed: the name of the scheduler'],
];

const TCP: readonly Operation[] = [
  ['ssthresh', 'program', 'needed: the slow start threshold after a loss'],
  ['cong_avoid', 'program', 'needed unless cong_control: the new window'],
  ['set_state', 'program', 'before the state changes'],
  ['cwnd_event', 'program', 'something happened to the window'],
  ['in_ack_event', 'program', 'an acknowledgement arrived'],
  ['pkts_acked', 'program', 'packets were acknowledged'],
  ['min_tso_segs', 'program', 'least segments of a burst'],
  ['cong_control', 'program', 'window and pacing, in place of cong_avoid'],
  ['undo_cwnd', 'program', 'needed: the window after a false alarm'],
  ['sndbuf_expand', 'program', 'factor by which the send buffer grows'],
  ['init', 'program', 'a connection starts to use it'],
  ['release', 'program', 'a connection stops using it'],
  ['name', 'text', 'needed: the name for the sysctl and TCP_CONGESTION'],
];

export const OPERATIONS: ReadonlyMap<string, readonly Operation[]> = new Map<string, readonly Operation[]>([
  ['sched_ext_ops', SCHED_EXT],
  ['tcp_congestion_ops', TCP],
  ['hid_bpf_ops', [
    ['hid_id', 'number', 'needed: the device to attach to'],
    ['flags', 'number', 'BPF_F_BEFORE to run first'],
    ['hid_device_event', 'program', 'a report came from the device'],
    ['hid_rdesc_fixup', 'program', 'change the report descriptor'],
    ['hid_hw_request', 'program', 'a request to the device'],
    ['hid_hw_output_report', 'program', 'an output report to the device'],
  ]],
  ['Qdisc_ops', [
    ['enqueue', 'program', 'needed: take a packet'],
    ['dequeue', 'program', 'needed: give the next packet'],
    ['reset', 'program', 'drop all packets'],
    ['init', 'program', 'the qdisc is made'],
    ['destroy', 'program', 'the qdisc goes'],
    ['id', 'text', 'needed: its name for tc'],
  ]],
  ['bpf_map_def', [
    ['type', 'number', 'BPF_MAP_TYPE_*'],
    ['key_size', 'number', 'bytes'],
    ['value_size', 'number', 'bytes'],
    ['max_entries', 'number', 'how many'],
    ['map_flags', 'number', 'BPF_F_* flags'],
  ]],
]);
