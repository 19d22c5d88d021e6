import { closest } from 'fastest-levenshtein';

interface Dependent {
  readonly depends_on: readonly string[];
}

interface DependencyProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Names in `depends_on` that nobody has, and circles, each reported once at the entry that closes it. */
export function findDependencyProblems(
  services: Readonly<Record<string, Dependent>>,
): readonly DependencyProblem[] {
  return [...findUnknown(services), ...findCircles(services)];
}

function findUnknown(services: Readonly<Record<string, Dependent>>): readonly DependencyProblem[] {
  const names = Object.keys(services);
  return Object.entries(services).flatMap(([name, { depends_on }]) =>
    depends_on.flatMap((dependency, index) =>
      names.includes(dependency)
        ? []
        : [
            {
              path: ['services', name, 'depends_on', index],
              message: `there is no service "${dependency}"; do you mean "${closest(dependency, names)}"?`,
            },
          ],
    ),
  );
}

function findCircles(services: Readonly<Record<string, Dependent>>): readonly DependencyProblem[] {
  const problems: DependencyProblem[] = [];
  const done = new Set<string>();
  const walk = (name: string, trail: readonly string[]) => {
    for (const [index, dependency] of (services[name]?.depends_on ?? []).entries()) {
      const start = [...trail, name].indexOf(dependency);
      if (start >= 0) {
        const circle = [...trail, name].slice(start).concat(dependency).join(' > ');
        problems.push({ path: ['services', name, 'depends_on', index], message: `a circle: ${circle}` });
      } else if (!done.has(dependency)) {
        walk(dependency, [...trail, name]);
      }
    }
    done.add(name);
  };
  for (const name of Object.keys(services)) if (!done.has(name)) walk(name, []);
  return problems;
}
