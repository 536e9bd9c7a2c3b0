// A question of the bank as those who are to answer it get it.
import type { components } from '$lib/api/schema.gen';
import type { Question } from './views';

type Content = components['schemas']['BankContent'];
const choice = ({ id, text, image }: Content['options'][number]) => ({ id, text, image });

export const asked = (c: Content): Question => ({
  type: c.type,
  stem: c.stem,
  image: c.image,
  media: c.media,
  options: c.options.map(choice),
  targets: c.targets?.map(choice),
  blanks: c.blanks?.map((b) => ({ ...b, options: b.options?.map(choice) })),
  credit: c.partial_credit,
  credit_table: c.credit_table,
});
