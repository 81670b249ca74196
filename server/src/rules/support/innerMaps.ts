/** The inner maps of a unit's maps of maps, as rules judge them. */
import { holdsMaps, innerMap } from '../../model/innerMaps.js';
import type { MapDef, Requirement } from '../../model/model.types.js';
import type { RuleContext } from '../rule.js';
import { once } from './keep.js';
import { indexOf } from './unit.js';

/** Each definition once, though several maps hold such maps; those of which there is a map beside are judged as that. */
export function innerMaps(context: RuleContext): readonly MapDef[] {
  return once(context, 'inner maps', () => {
    const outer = context.model.maps.filter((map) => holdsMaps(map.type));
    if (outer.length === 0) return [];
    const placeOf = ({ path, typeSpan }: MapDef): string => `${path} ${typeSpan.start}`;
    const seen = new Set(context.model.maps.map(placeOf));
    return outer.flatMap((map) => {
      const inner = innerMap(map, indexOf(context.model), context.facts);
      if (!inner || seen.has(placeOf(inner))) return [];
      seen.add(placeOf(inner));
      return [inner];
    });
  });
}

/** What the map's type needs: of an inner map, what the map around it needs, since they are created together. */
export function neededBy({ model }: RuleContext, map: MapDef): Requirement | undefined {
  return model.mapRequirement?.(map.within ?? map);
}
