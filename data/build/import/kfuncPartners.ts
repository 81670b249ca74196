/** Which kfunc gives back what another one hands out: read off their argument and return types and the kernel's KF_RELEASE functions. */

/** Acquirer → releaser, by name. */
const PAIRS: readonly (readonly [RegExp, string])[] = [
  [/^(bpf_cgroup_(acquire|ancestor|from_id)|bpf_task_get_cgroup1|scx_bpf_task_cgroup)$/, 'bpf_cgroup_release'],
  [/^bpf_cpumask_(acquire|create)$/, 'bpf_cpumask_release'],
  [/^bpf_crypto_ctx_(acquire|create)$/, 'bpf_crypto_ctx_release'],
  [/^bpf_(skb|xdp)_ct_alloc$/, 'bpf_ct_insert_entry'],
  [/^bpf_((skb|xdp)_ct_lookup|ct_insert_entry)$/, 'bpf_ct_release'],
  [/^bpf_get_(root_)?mem_cgroup$/, 'bpf_put_mem_cgroup'],
  [/^bpf_get_task_exe_file$/, 'bpf_put_file'],
  [/^bpf_ksock_(acquire|create)$/, 'bpf_ksock_release'],
  [/^bpf_lookup_(user|system)_key$/, 'bpf_key_put'],
  [/^bpf_(obj_new|refcount_acquire|list_pop_(back|front)|list_del|rbtree_remove)$/, 'bpf_obj_drop'],
  [/^bpf_(obj_new|refcount_acquire)_impl$/, 'bpf_obj_drop_impl'],
  [/^bpf_percpu_obj_new$/, 'bpf_percpu_obj_drop'],
  [/^bpf_percpu_obj_new_impl$/, 'bpf_percpu_obj_drop_impl'],
  [/^bpf_task_(acquire|from_pid|from_vpid)$/, 'bpf_task_release'],
  [/^bpf_wakeup_sources_read_lock$/, 'bpf_wakeup_sources_read_unlock'],
  [/^bpf_xdp_get_xfrm_state$/, 'bpf_xdp_xfrm_state_release'],
  [/^hid_bpf_allocate_context$/, 'hid_bpf_release_context'],
  [/^scx_bpf_get_idle_(cpumask|smtmask)(_node)?$/, 'scx_bpf_put_idle_cpumask'],
  [/^scx_bpf_get_(online|possible)_cpumask$/, 'scx_bpf_put_cpumask'],
  [/^bpf_dynptr_from_file$/, 'bpf_dynptr_file_discard'],
  [/^bpf_rcu_read_lock$/, 'bpf_rcu_read_unlock'],
  [/^bpf_preempt_disable$/, 'bpf_preempt_enable'],
  [/^bpf_local_irq_save$/, 'bpf_local_irq_restore'],
  [/^bpf_res_spin_lock$/, 'bpf_res_spin_unlock'],
  [/^bpf_res_spin_lock_irqsave$/, 'bpf_res_spin_unlock_irqrestore'],
];

/** Releasers whose acquirer is worth naming: the plainest one. */
const REVERSE: Readonly<Record<string, string>> = {
  bpf_cgroup_release: 'bpf_cgroup_acquire', bpf_cpumask_release: 'bpf_cpumask_create', bpf_crypto_ctx_release: 'bpf_crypto_ctx_create',
  bpf_ct_release: 'bpf_skb_ct_lookup', bpf_dynptr_file_discard: 'bpf_dynptr_from_file', bpf_key_put: 'bpf_lookup_user_key',
  bpf_ksock_release: 'bpf_ksock_create', bpf_obj_drop: 'bpf_obj_new', bpf_obj_drop_impl: 'bpf_obj_new_impl',
  bpf_percpu_obj_drop: 'bpf_percpu_obj_new', bpf_percpu_obj_drop_impl: 'bpf_percpu_obj_new_impl', bpf_put_file: 'bpf_get_task_exe_file',
  bpf_put_mem_cgroup: 'bpf_get_mem_cgroup', bpf_task_release: 'bpf_task_acquire', bpf_wakeup_sources_read_unlock: 'bpf_wakeup_sources_read_lock',
  bpf_xdp_xfrm_state_release: 'bpf_xdp_get_xfrm_state', hid_bpf_release_context: 'hid_bpf_allocate_context', scx_bpf_put_cpumask: 'scx_bpf_get_online_cpumask',
  scx_bpf_put_idle_cpumask: 'scx_bpf_get_idle_cpumask', bpf_rcu_read_unlock: 'bpf_rcu_read_lock', bpf_preempt_enable: 'bpf_preempt_disable',
  bpf_local_irq_restore: 'bpf_local_irq_save', bpf_res_spin_unlock: 'bpf_res_spin_lock', bpf_res_spin_unlock_irqrestore: 'bpf_res_spin_lock_irqsave',
};

/** @returns the other half, if it is among `names`; iterators pair `_new` with `_destroy`. */
export function partnerOf(name: string, names: ReadonlySet<string>): string | undefined {
  const iterator = /^(bpf_iter_\w+)_(new|destroy)$/.exec(name);
  const partner = iterator ? `${iterator[1]}_${iterator[2] === 'new' ? 'destroy' : 'new'}` : (PAIRS.find(([pattern]) => pattern.test(name))?.[1] ?? REVERSE[name]);
  return partner !== undefined && names.has(partner) ? partner : undefined;
}
