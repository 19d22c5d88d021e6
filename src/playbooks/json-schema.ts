import { z } from 'zod';
import { PlaybookDefinition } from '../core/playbook/playbook.ts';

/** A part of a JSON Schema, as far as we look into it. */
interface SchemaPart {
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly items?: SchemaPart;
  readonly additionalProperties?: SchemaPart | boolean;
  readonly anyOf?: readonly SchemaPart[];
}

/** JSON Schema of a playbook file, for editors: from the same schema that loads the file. */
export function playbookJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(PlaybookDefinition, {
    io: 'input',
    target: 'draft-07',
    unrepresentable: 'any',
  });
  return { title: 'perfbot playbook', ...schema };
}

/** Names of the fields that may stand at a path of a playbook file, for suggestions. */
export function fieldsAt(path: readonly PropertyKey[]): readonly string[] {
  let parts: readonly SchemaPart[] = [playbookJsonSchema()];
  for (const step of path) parts = parts.flatMap((part) => childrenOf(part, step));
  return parts.flatMap((part) =>
    [part, ...(part.anyOf ?? [])].flatMap(({ properties }) => Object.keys(properties ?? {})),
  );
}

function childrenOf(part: SchemaPart, step: PropertyKey): readonly SchemaPart[] {
  const found =
    typeof step === 'number' ? part.items : (part.properties?.[String(step)] ?? part.additionalProperties);
  const own = typeof found === 'object' ? [found] : [];
  return [...own, ...(part.anyOf ?? []).flatMap((choice) => childrenOf(choice, step))];
}
