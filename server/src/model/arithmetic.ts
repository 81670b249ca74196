/** Arithmetic of constant expressions of C, in whole numbers that a double holds. */

/**
 * The value of `a op b` for the operators that give a number: `+ - * / % << >> | & ^`.
 * @returns undefined for other operators, where C defines no value, and for what is not exact in a double
 */
export function arithmetic(op: string, a: number, b: number): number | undefined {
  const value = valueOf(op, a, b);
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}

function valueOf(op: string, a: number, b: number): number | undefined {
  switch (op) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': return b === 0 ? undefined : Math.trunc(a / b);
    case '%': return b === 0 ? undefined : a % b;
    case '<<': return b < 0 || b > 52 ? undefined : a * 2 ** b;
    case '>>': return b < 0 || b > 52 ? undefined : Math.floor(a / 2 ** b);
    case '|': case '&': case '^': return bits(op, a, b);
    default: return undefined;
  }
}

/** Of negative numbers the width of their type decides, which nobody says. */
function bits(op: '|' | '&' | '^', a: number, b: number): number | undefined {
  if (a < 0 || b < 0 || !Number.isSafeInteger(a) || !Number.isSafeInteger(b)) return undefined;
  const [x, y] = [BigInt(a), BigInt(b)];
  return Number(op === '|' ? x | y : op === '&' ? x & y : x ^ y);
}
