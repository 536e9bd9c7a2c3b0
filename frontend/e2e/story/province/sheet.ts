// Spreadsheets as offices send them, made on the spot, and the refused rows as a leader mends them.
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';

type Cell = string | number;

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const column = (n: number) => String.fromCharCode(65 + n);

/** A sheet of the given rows; `merged` are ranges such as "A1:F1". */
export function workbook(rows: Cell[][], merged: string[] = []): Buffer {
  const body = rows
    .map((cells, r) => {
      const inside = cells
        .map((cell, c) => {
          if (cell === '') return '';
          const at = `${column(c)}${r + 1}`;
          return typeof cell === 'number'
            ? `<c r="${at}"><v>${cell}</v></c>`
            : `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
        })
        .join('');
      return `<row r="${r + 1}">${inside}</row>`;
    })
    .join('');
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const links = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const office = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const parts: Record<string, string> = {
    '[Content_Types].xml':
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' +
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
      '<Default Extension="xml" ContentType="application/xml"/>' +
      `<Override PartName="/xl/workbook.xml" ContentType="${office}.sheet.main+xml"/>` +
      `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${office}.worksheet+xml"/></Types>`,
    '_rels/.rels':
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' +
      `<Relationship Id="r1" Type="${links}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml':
      `<workbook xmlns="${main}" xmlns:r="${links}"><sheets>` +
      '<sheet name="Danh sách" sheetId="1" r:id="r1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' +
      `<Relationship Id="r1" Type="${links}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml':
      `<worksheet xmlns="${main}"><sheetData>${body}</sheetData>` +
      (merged.length > 0
        ? `<mergeCells count="${merged.length}">${merged.map((m) => `<mergeCell ref="${m}"/>`).join('')}</mergeCells>`
        : '') +
      '</worksheet>',
  };
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  return Buffer.from(
    zipSync(Object.fromEntries(Object.entries(parts).map(([name, xml]) => [name, strToU8(head + xml)]))),
  );
}

/** The same workbook with words in its cells changed, as someone would type over them. */
export function mended(file: Uint8Array, changes: Record<string, string>): Buffer {
  const parts = unzipSync(file);
  const left = new Set(Object.keys(changes));
  for (const [name, bytes] of Object.entries(parts)) {
    if (!/^xl\/(sharedStrings|worksheets\/sheet\d+)\.xml$/.test(name)) continue;
    let xml = strFromU8(bytes);
    for (const [from, to] of Object.entries(changes)) {
      const cell = `>${escaped(from)}<`;
      if (!xml.includes(cell)) continue;
      left.delete(from);
      xml = xml.split(cell).join(`>${escaped(to)}<`);
    }
    parts[name] = strToU8(xml);
  }
  if (left.size > 0) throw new Error(`not in the file: ${[...left].join(', ')}`);
  return Buffer.from(zipSync(parts));
}
