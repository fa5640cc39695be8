import { validationError } from './cloudwatch-error.ts'
import { mathFunctions } from './metric-math-functions.ts'
import type { Expression, Operator } from './metric-math-parse.ts'
import { mapSeries, pairwise, scalar, type MathValue, type Scope } from './metric-math-values.ts'

/**
 * Evaluates metric math by the documented rules: a missing value is 0 wherever the other operand has one, a division by
 * zero drops the point.
 */
export function evaluate(tree: Expression, scope: Scope): MathValue {
  switch (tree.type) {
    case 'number':
      return scalar(tree.value)
    case 'text':
      throw validationError(`Text "${tree.value}" is no value in a metric math expression`)
    case 'name':
      return scope.lookup(tree.name)
    case 'array':
      return { type: 'array', series: tree.items.flatMap((item) => seriesIn(evaluate(item, scope))) }
    case 'negate':
      return mapSeries(evaluate(tree.of, scope), (value) => -value)
    case 'binary':
      return pairwise(evaluate(tree.left, scope), evaluate(tree.right, scope), operators[tree.operator])
    case 'call':
      return call(tree.name, tree.args, scope)
  }
}

function call(name: string, args: readonly Expression[], scope: Scope): MathValue {
  const known = Object.hasOwn(mathFunctions, name) ? mathFunctions[name] : undefined
  if (!known) throw validationError(`Unsupported function: ${name}`)
  if (args.length < known.least || args.length > known.most)
    throw validationError(`Wrong number of arguments for ${name}: ${args.length}`)
  return known.apply(args, scope, (arg) => evaluate(arg, scope))
}

function seriesIn(value: MathValue) {
  if (value.type === 'scalar') throw validationError('An array may hold time series only')
  return value.type === 'array' ? value.series : [value.series]
}

const truth = (holds: boolean) => (holds ? 1 : 0)

/** Null drops the point. */
const operators: { readonly [O in Operator]: (a: number, b: number) => number | null } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? null : a / b),
  '^': (a, b) => a ** b,
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '<=': (a, b) => truth(a <= b),
  '>': (a, b) => truth(a > b),
  '>=': (a, b) => truth(a >= b),
  '&&': (a, b) => truth(a !== 0 && b !== 0),
  '||': (a, b) => truth(a !== 0 || b !== 0),
}
