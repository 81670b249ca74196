/** Moves the views of a chunk that an edit left alone but for its place. */
import type { Block } from './block.types.js';
import type { Span } from '../text/span.js';
import type {
  Annotation, Condition, FieldAccessView, FunctionView, MapAttribute, SectionUse, VariableDecl, VariableView,
} from './views.js';

/** A copy of `block` at `delta` characters behind its place, standing under `conditions`. */
export function shiftBlock(block: Block, delta: number, conditions: readonly Condition[]): Block {
  const s = new Shifter(delta, block.start, block.conditions, conditions);
  return {
    start: block.start + delta,
    end: block.end + delta,
    body: block.body,
    conditions,
    drops: block.drops,
    fn: block.fn === undefined ? undefined : s.fn(block.fn),
    made: block.made.map((f) => s.fn(f)),
    variables: block.variables.map((v) => s.variable(v)),
    problems: block.problems.map((p) => ({ span: s.span(p.span) })),
    types: block.types.map((t) => s.span(t)),
    macroUses: block.macroUses.map((u) => ({ ...u, nameSpan: s.span(u.nameSpan), span: s.span(u.span), sections: u.sections.map((x) => s.section(x)), conditions: s.list(u.conditions) })),
    sections: block.sections.map((u) => s.section(u)),
    annotations: block.annotations.map((a) => s.annotation(a)),
    mapAttributes: block.mapAttributes.map((a) => s.attribute(a)),
    mapStructs: block.mapStructs.map(({ tag, attributes }) => ({ tag, attributes: attributes.map((a) => s.attribute(a)) })),
    spans: undefined,
  };
}

class Shifter {
  private readonly lists = new Map<readonly Condition[], readonly Condition[]>();
  private readonly single = new Map<Condition, Condition>();
  private readonly sections = new Map<SectionUse, SectionUse>();

  constructor(
    private readonly delta: number,
    private readonly start: number,
    private readonly oldOuter: readonly Condition[],
    private readonly newOuter: readonly Condition[],
  ) {}

  span(s: Span): Span {
    return { start: s.start + this.delta, end: s.end + this.delta };
  }

  /** Lists and conditions stay shared, as they were. Conditions from outside of the chunk are replaced by today's. */
  list(list: readonly Condition[]): readonly Condition[] {
    if (list.length === 0) return list;
    if (list === this.oldOuter) return this.newOuter;
    let moved = this.lists.get(list);
    if (moved === undefined) {
      moved = list.map((c) => this.condition(c));
      this.lists.set(list, moved);
    }
    return moved;
  }

  private condition(c: Condition): Condition {
    let moved = this.single.get(c);
    if (moved === undefined) this.single.set(c, (moved = { ...c, span: c.span.start < this.start ? this.outerSpan(c) : this.span(c.span) }));
    return moved;
  }

  /** Where an `#if` from outside of the chunk stands today; its other arms may be inside. */
  private outerSpan(c: Condition): Span {
    const index = this.oldOuter.findIndex((o) => o.span.start === c.span.start);
    return this.newOuter[index]?.span ?? c.span;
  }

  section(u: SectionUse): SectionUse {
    let moved = this.sections.get(u);
    if (moved === undefined) {
      moved = {
        span: this.span(u.span), argumentSpan: this.span(u.argumentSpan), parts: u.parts.map((p) => ({ kind: p.kind, value: p.value, span: this.span(p.span) })),
        macro: u.macro, conditions: this.list(u.conditions),
      };
      this.sections.set(u, moved);
    }
    return moved;
  }

  annotation(a: Annotation): Annotation {
    return { name: a.name, span: this.span(a.span), args: a.args };
  }

  attribute(a: MapAttribute): MapAttribute {
    return { macro: a.macro, name: a.name, nameSpan: this.span(a.nameSpan), value: a.value, valueSpan: this.span(a.valueSpan), conditions: this.list(a.conditions) };
  }

  private decl(d: VariableDecl): VariableDecl {
    return { ...d, nameSpan: this.span(d.nameSpan) };
  }

  private field(f: FieldAccessView): FieldAccessView {
    return { ...f, baseSpan: this.span(f.baseSpan), fieldSpan: this.span(f.fieldSpan), conditions: this.list(f.conditions) };
  }

  fn(f: FunctionView): FunctionView {
    const moved: FunctionView = {
      ...f,
      nameSpan: this.span(f.nameSpan),
      span: this.span(f.span),
      params: f.params.map((p) => this.decl(p)),
      sections: f.sections.map((u) => this.section(u)),
      annotations: f.annotations.map((a) => this.annotation(a)),
      calls: f.calls.map((c) => ({
        name: c.name, nameSpan: this.span(c.nameSpan), span: this.span(c.span), args: c.args.map((a) => ({ ...a, span: this.span(a.span) })), form: c.form, conditions: this.list(c.conditions),
      })),
      fields: f.fields.map((x) => this.field(x)),
      locals: f.locals.map((d) => this.decl(d)),
      identifiers: f.identifiers.map((i) => ({ name: i.name, span: this.span(i.span), conditions: this.list(i.conditions) })),
      loops: f.loops.map((l) => ({ span: this.span(l.span), unrolled: l.unrolled })),
      conditions: this.list(f.conditions),
    };
    return {
      ...moved,
      ...(f.bodySpan === undefined ? {} : { bodySpan: this.span(f.bodySpan) }),
      ...(f.returns === undefined ? {} : { returns: f.returns.map((r) => ({ span: this.span(r.span), text: r.text, conditions: this.list(r.conditions) })) }),
    };
  }

  variable(v: VariableView): VariableView {
    const moved: VariableView = {
      ...v,
      nameSpan: this.span(v.nameSpan),
      span: this.span(v.span),
      sections: v.sections.map((u) => this.section(u)),
      annotations: v.annotations.map((a) => this.annotation(a)),
      mapAttributes: v.mapAttributes.map((a) => this.attribute(a)),
      initializers: v.initializers.map((i) => ({ ...i, fieldSpan: this.span(i.fieldSpan) })),
      conditions: this.list(v.conditions),
    };
    return v.initializer === undefined ? moved : { ...moved, initializer: { ...v.initializer, span: this.span(v.initializer.span) } };
  }
}
