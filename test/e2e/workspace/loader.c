// SPDX-License-Identifier: GPL-2.0
/* The user space half: C, but not eBPF. */
#include <stdio.h>
#include <bpf/libbpf.h>

int main(void)
{
	struct bpf_object *object = bpf_object__open_file("forward.bpf.o", NULL);

	if (!object || bpf_object__load(object)) {
		fprintf(stderr, "forward.bpf.o could not be loaded\n");
		return 1;
	}
	return 0;
}
