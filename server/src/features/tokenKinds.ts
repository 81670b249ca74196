/** Names of what is coloured. They stand in the answer to `initialize`, which must not wait for the colouring to be loaded. */

/** Kinds of tokens; the order is that of the legend. */
export const TOKEN_KINDS = ['helper', 'kfunc', 'map', 'program', 'context', 'field'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** `declaration`: where it is declared; `guarded`: a call that only runs where the kernel has it. */
export const TOKEN_MODIFIERS = ['declaration', 'guarded'] as const;
export type TokenModifier = (typeof TOKEN_MODIFIERS)[number];
