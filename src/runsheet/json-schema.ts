import { z } from 'zod'
import { stepKinds } from '../steps/registry.ts'
import { RunSheet } from './schema.ts'
import { StepItem } from './sections/step-item.ts'

/** The JSON Schema of a run sheet as people write it (before defaults and units), for editors and `launch schema`. */
export function runsheetJsonSchema(): z.core.JSONSchema.BaseSchema {
  const schema = schemaOf(RunSheet)
  const { $schema, ...rest } = schema
  return {
    $schema: $schema ?? 'https://json-schema.org/draft/2020-12/schema',
    title: 'launch run sheet',
    description: 'A go-live run sheet: runsheet.yaml',
    ...rest,
  }
}

function schemaOf(type: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(type, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === (StepItem as z.core.$ZodType)) Object.assign(jsonSchema, stepSchema())
    },
  })
}

/** A step is read by hand, so its schema is put together here: the words that stand alone, and a map for each of the others. */
function stepSchema(): z.core.JSONSchema.BaseSchema {
  const bare = stepKinds.filter((kind) => kind.spec.safeParse(undefined).success)
  const withSpec = stepKinds.filter((kind) => !(kind.spec instanceof z.ZodUndefined))
  return {
    anyOf: [
      ...bare.map((kind) => ({ const: kind.kind, description: kind.about })),
      ...withSpec.map((kind) => {
        const { $schema: _, ...spec } = schemaOf(kind.spec)
        return {
          type: 'object' as const,
          description: kind.about,
          properties: { [kind.kind]: spec },
          required: [kind.kind],
          additionalProperties: false,
        }
      }),
    ],
  }
}
