/** Flags maps whose type the oldest kernels of the target do not know; evidence: the versions in data/map-types, each with the commit behind it. */
import { defineRule } from './rule.js';
import { innerMaps, neededBy } from './support/innerMaps.js';
import { lackedBy, lacking } from './support/versions.js';

export const mapTypeNewerThanTarget = defineRule({
  id: 'map-type-newer-than-target',
  severity: 'error',
  doc: {
    summary: 'The map is of a type that came after the oldest kernel of the target.',
    why:
      'libbpf creates every map of an object when it loads it, and one of the inner type of each map of maps. A kernel that does not know the type answers `EINVAL`, and nothing of the object is loaded. ' +
      'Versions are those of mainline; a distribution may have brought a map type to an older kernel.',
    bad: {
      kernel: '5.4',
      code: `struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");
`,
    },
    good: {
      kernel: '5.4',
      code: `struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(int));
	__uint(value_size, sizeof(int));
} events SEC(".maps");
`,
    },
    exceptions:
      'There is no finding without a target kernel, none for a map that is used only where a guard holds (the loader may then leave it out, or change its type), and none for a map in an `#if` arm that the build may drop.',
  },
  run(context, report) {
    if (!context.target) return;
    for (const map of [...context.model.maps, ...innerMaps(context)]) {
      const lifetime = map.type === null ? undefined : context.facts.mapTypes.get(map.type)?.lifetime;
      const members = lifetime ? lacking(context, lifetime) : [];
      if (!lifetime || members.length === 0) continue;
      // Only now: the requirements of a unit are gathered when somebody asks.
      const needed = neededBy(context, map);
      if (!needed || needed.guard !== undefined) continue;
      report({
        path: map.path, span: map.typeSpan, subject: map.name, programs: needed.users ?? [],
        message: `\`${map.type}\`, the type of \`${map.name}\`, is newer than the target: it is ${lackedBy(context, lifetime, members)}. Creating the map fails there with \`EINVAL\`.`,
      });
    }
  },
});
