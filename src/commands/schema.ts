import type { Command } from './command.ts'

export const schema: Command = {
  name: 'schema',
  group: 'set up',
  about: 'the JSON Schema of the run sheet, for editors and other tools',
  examples: [
    [
      'launch schema > runsheet.schema.json',
      'then begin runsheet.yaml with: # yaml-language-server: $schema=runsheet.schema.json',
    ],
    ['launch schema | head', 'nothing is read but launch itself'],
  ],
  run: async () => {
    const { runsheetJsonSchema } = await import('../runsheet/json-schema.ts')
    const jsonSchema = runsheetJsonSchema()
    return { outcome: 'succeeded', text: JSON.stringify(jsonSchema, null, 2), document: { jsonSchema } }
  },
}
