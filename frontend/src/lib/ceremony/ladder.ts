// How the rows of a division lie on the wall: in so many columns, so large. Pure: from the room there is, in em.

export type Room = { width: number; height: number };
export type Ladder = {
  columns: number;
  /** Letters, against those of the picture. */
  scale: number;
  /** Height of a row in em of its own letters, and how many there is room for. */
  high: number;
  fits: number;
};

/** Room of the line between those who went on and the others, and of the words about rows that don't fit. */
const line = 2.6;
const words = 2.2;

/** A division that is being told: one row above the other, at least five of them, larger where the wall is wide. */
function growing(room: Room, count: number, cut: boolean): Ladder {
  const [least, most] = [4.3, 5.4];
  const free = room.height - (cut ? line : 0);
  const scale = Math.max(1, Math.min(1.5, room.width / 44, free / (5 * least + words)));
  return lie(free / scale, count, 1, scale, least, most);
}

/** A whole division: as large as it can be with all its rows, in the columns that allow it. */
function filling(room: Room, count: number, cut: boolean): Ladder {
  const [least, most] = [3.9, 7];
  const free = room.height - (cut ? line : 0);
  let best: Ladder | undefined;
  for (const columns of [1, 2, 3]) {
    const rows = Math.ceil(count / columns);
    if (columns > 1 && (rows < 3 || room.width / columns < 39)) continue;
    // A row's name, award and points need so much; a row that is much higher than its letters says no more.
    const scale = Math.max(1, Math.min(2.4, free / (rows * 4.6), room.width / columns / 39));
    const found = lie(free / scale, count, columns, scale, least, most);
    const more = Math.min(found.fits, count) - Math.min(best?.fits ?? 0, count);
    if (!best || more > 0 || (more === 0 && found.scale > best.scale + 0.01)) best = found;
  }
  return best!;
}

function lie(
  free: number,
  count: number,
  columns: number,
  scale: number,
  least: number,
  most: number,
): Ladder {
  const left = free - (Math.ceil(count / columns) * least > free ? words : 0);
  const fits = Math.max(2, Math.floor(left / least)) * columns;
  const rows = Math.max(1, Math.ceil(Math.min(count, fits) / columns));
  return { columns, scale, fits, high: Math.min(most, left / rows) };
}

export function ladderIn(room: Room, count: number, whole: boolean, cut: boolean): Ladder {
  return whole ? filling(room, count, cut) : growing(room, count, cut);
}
