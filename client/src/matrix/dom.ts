/** Making elements. Texts only ever become text nodes, so nothing in a source file can become markup. */

type Child = Node | string | undefined;

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Readonly<Record<string, string | boolean>> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A sentence with its `names` as code. */
export function sentence(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  text.split('`').forEach((part, i) => fragment.append(i % 2 === 1 ? element('code', {}, part) : part));
  return fragment;
}
