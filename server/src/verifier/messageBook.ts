/** Finds the entry of the fact book that a line of a log belongs to. */
import type { FactBook, VerifierMessageFact } from '../facts/factBook.types.js';
import { matchTemplate, parseTemplate, type Template } from './templates.js';
import type { Captures } from './verifier.types.js';

export interface Match {
  readonly fact: VerifierMessageFact;
  readonly captures: Captures;
}

interface Entry {
  readonly fact: VerifierMessageFact;
  readonly template: Template;
}

const BOOKS = new WeakMap<FactBook, MessageBook>();

/** The messages that are known, to be found by a line of a log. */
export class MessageBook {
  /** Those that say most come first. */
  private readonly entries: readonly Entry[];
  private readonly generic = new Set<string>();

  constructor(facts: Iterable<VerifierMessageFact>) {
    const entries: Entry[] = [];
    for (const fact of facts) {
      if (fact.generic) this.generic.add(fact.name);
      for (const text of fact.match) entries.push({ fact, template: parseTemplate(text) });
    }
    this.entries = entries.sort((a, b) => b.template.weight - a.template.weight);
  }

  /** The book over these facts, made once. */
  static of(facts: FactBook): MessageBook {
    let book = BOOKS.get(facts);
    if (book === undefined) BOOKS.set(facts, (book = new MessageBook(facts.verifierMessages.values())));
    return book;
  }

  /** True for an entry that says less than what usually stands beside it. */
  isGeneric(id: string): boolean {
    return this.generic.has(id);
  }

  /** The entry whose template matches and holds most text. */
  find(text: string): Match | undefined {
    const line = text.length > 4000 ? text.slice(0, 4000) : text;
    for (const { fact, template } of this.entries) {
      const captures = matchTemplate(template, line);
      if (captures !== undefined) return { fact, captures };
    }
    return undefined;
  }
}
