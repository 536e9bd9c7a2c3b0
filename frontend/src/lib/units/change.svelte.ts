// What is being written in the dialog of an act on the tree, and the act that it stands for.
import { today } from './days';
import type { Change, Kind, Node } from './words';

export type ActKind = Change['kind'];
export type Named = { id: number; name: string };
export type NewPart = { name: string; short_name: string; kind: Kind };

export class ActDraft {
  kind: ActKind = $state('rename');
  day = $state(today());
  ground = $state('');
  units: Named[] = $state([]);
  name = $state('');
  shortName = $state('');
  unitKind: Kind = $state('commune');
  code = $state('');
  parent: Named | null = $state(null);
  top = $state(false);
  /** A merger: which unit goes on; 0: a new one. */
  heir = $state(0);
  keep = $state(false);
  parts: NewPart[] = $state([]);
  /** A split: child → index of the part. */
  goes: Record<number, number> = $state({});

  start(kind: ActKind, units: Node[] | Named[], of: Node | null, parent: Named | null) {
    this.kind = kind;
    this.day = today();
    this.ground = '';
    this.units = units.map((u) => ({ id: u.id, name: u.name }));
    this.name = kind === 'rename' ? (of?.name ?? '') : '';
    this.shortName = kind === 'rename' ? (of?.short_name ?? '') : '';
    this.unitKind = of?.kind ?? 'commune';
    this.code = '';
    this.parent = kind === 'dissolve' || kind === 'move' ? null : parent;
    this.top = false;
    this.heir = kind === 'merge' ? (this.units[0]?.id ?? 0) : 0;
    this.keep = false;
    const part = () => ({ name: '', short_name: '', kind: of?.kind ?? ('commune' as Kind) });
    this.parts = kind === 'split' ? [part(), part()] : [];
    this.goes = {};
  }

  get change(): Change {
    const change: Change = {
      kind: this.kind,
      day: this.day,
      ground: this.ground.trim() || undefined,
      units: this.kind === 'found' ? undefined : this.units.map((u) => u.id),
    };
    const part = { name: this.name, short_name: this.shortName || undefined, kind: this.unitKind };
    const parent = this.top ? 0 : (this.parent?.id ?? 0);
    switch (this.kind) {
      case 'found':
        return { ...change, new: { ...part, parent_id: parent, code: this.code || undefined } };
      case 'rename':
        return { ...change, new: part };
      case 'move':
        return { ...change, parent_id: parent };
      case 'merge':
        return {
          ...change,
          into: [
            this.heir ? { unit_id: this.heir, name: this.name || undefined } : { ...part, parent_id: parent },
          ],
        };
      case 'split':
        return {
          ...change,
          keep: this.keep || undefined,
          into: this.parts
            .filter((p) => p.name.trim())
            .map((p, index) => ({
              ...p,
              parent_id: parent,
              children: Object.entries(this.goes)
                .filter(([, to]) => to === index)
                .map(([id]) => Number(id)),
            })),
        };
      case 'dissolve':
        return { ...change, parent_id: this.parent?.id ?? 0 };
    }
  }

  /** Something is still to be chosen or written before it can be looked at. */
  get incomplete(): boolean {
    if (!this.day) return true;
    switch (this.kind) {
      case 'found':
      case 'rename':
        return this.name.trim().length < 2;
      case 'move':
        return this.units.length === 0 || (!this.top && !this.parent);
      case 'merge':
        return this.units.length < 2 || (this.heir === 0 && this.name.trim().length < 2);
      case 'split':
        return this.parts.filter((p) => p.name.trim().length >= 2).length < (this.keep ? 1 : 2);
      case 'dissolve':
        return this.units.length === 0;
    }
  }
}
