/** Places in messages of our own: as the protocol has them, repeated here so that the client needs no server code. */

/** Zero-based, in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}
export interface Range {
  readonly start: Position;
  readonly end: Position;
}
