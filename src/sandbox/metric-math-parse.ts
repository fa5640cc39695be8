import { validationError } from './cloudwatch-error.ts'

/** Metric math as a tree. Precedence, loosest first: OR, AND, comparison, + −, × ÷, sign, ^. */
export type Expression =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'array'; readonly items: readonly Expression[] }
  | { readonly type: 'negate'; readonly of: Expression }
  | { readonly type: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Expression[] }

const looseness = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '^': 7,
} as const
export type Operator = keyof typeof looseness
const signLevel = 6

const tokenPattern =
  /\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+|[A-Za-z_][A-Za-z0-9_]*|"[^"]*"|'[^']*'|&&|\|\||[=!<>]=|[-+*/^()[\],<>])/y

/** Throws ValidationError for what is not metric math. */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text)
  let at = 0
  const peek = () => tokens[at]
  const refuse = (): never => {
    throw validationError(`Error in expression '${text}' [Syntax error near '${peek() ?? 'end'}']`)
  }
  const take = (wanted: string) => (peek() === wanted ? (at += 1) : refuse())

  const binary = (level: number): Expression => {
    let left = operand()
    for (let operator = operatorOf(peek()); operator && looseness[operator] >= level; operator = operatorOf(peek())) {
      at += 1
      const right = binary(operator === '^' ? looseness[operator] : looseness[operator] + 1)
      left = { type: 'binary', operator, left, right }
    }
    return left
  }
  const list = (end: string): Expression[] => {
    const items: Expression[] = []
    while (peek() !== end) {
      if (items.length > 0) take(',')
      items.push(binary(0))
    }
    take(end)
    return items
  }
  const operand = (): Expression => {
    const token = peek() ?? refuse()
    at += 1
    if (token === '-') return { type: 'negate', of: binary(signLevel) }
    if (token === '[') return { type: 'array', items: list(']') }
    if (token === '(') return inParentheses()
    if (/^[.\d]/.test(token)) return { type: 'number', value: Number(token) }
    if (/^["']/.test(token)) return { type: 'text', value: token.slice(1, -1) }
    if (!/^[A-Za-z_]/.test(token)) {
      at -= 1
      return refuse()
    }
    if (peek() !== '(') return { type: 'name', name: token }
    take('(')
    return { type: 'call', name: token, args: list(')') }
  }
  const inParentheses = (): Expression => {
    const inner = binary(0)
    take(')')
    return inner
  }

  const tree = binary(0)
  return at === tokens.length ? tree : refuse()
}

function operatorOf(token: string | undefined): Operator | null {
  const symbol = token === 'AND' ? '&&' : token === 'OR' ? '||' : token
  // hasOwn says that the symbol is a key of the table.
  return symbol !== undefined && Object.hasOwn(looseness, symbol) ? (symbol as Operator) : null
}

function tokenize(text: string): readonly string[] {
  const tokens: string[] = []
  const end = text.trimEnd().length
  for (let from = 0; from < end;) {
    tokenPattern.lastIndex = from
    const token = tokenPattern.exec(text)?.[1]
    if (token === undefined) throw validationError(`Error in expression '${text}' [Unexpected character at ${from}]`)
    tokens.push(token)
    from = tokenPattern.lastIndex
  }
  return tokens
}
