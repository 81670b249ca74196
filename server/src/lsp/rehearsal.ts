/**
 * Hovers for nobody, over the first document that has something to hover over: what answers them is compiled when it first runs, and what it
 * says of the names in the document is kept. So the first hover that somebody waits for is as quick as the later ones.
 */
import type { Current } from './documents.js';
import type { Service } from './service.js';

/** After so many, V8 has compiled what answers them; they take a few dozen milliseconds of time that nobody needs. */
const HOVERS = 48;

/**
 * Starts when a first document was shown, in quiet moments, and ends with the document.
 * @param hover answers for an offset of the document
 */
export function rehearseHovers(service: Pick<Service, 'onAnalyzed' | 'guard' | 'background' | 'now'>, hover: (current: Current, offset: number) => unknown): void {
  let begun = false;
  service.onAnalyzed(({ text: { uri }, unit }) => {
    if (begun || placesIn(unit).length === 0) return;
    begun = true;
    // By the name of what somebody asks for: what fails here fails there too, and is told of once.
    service.guard.run('hover', async () => {
      for (let i = 0; i < HOVERS; i++) {
        await service.background.turn();
        const current = service.now(uri);
        const places = current === undefined ? [] : placesIn(current.unit);
        // All over the document, not the same function's again and again.
        const offset = places[Math.floor((i * places.length) / HOVERS) % places.length];
        if (current === undefined || offset === undefined) return;
        hover(current, offset);
      }
    });
  });
}

/** Offsets of the calls and of the context's fields that the model knows, in the document itself. */
function placesIn({ model }: Current['unit']): readonly number[] {
  const own = ({ path }: { readonly path: string }): boolean => path === model.main.path;
  return [...model.calls.filter(own).map(({ call }) => call.nameSpan.start), ...model.contextAccesses.filter(own).map(({ access }) => access.fieldSpan.start)];
}
