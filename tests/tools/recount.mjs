// A file of invoices counted again, apart from the product: split at its commas, its dates read in an order that was told,
// added up in whole cents. What the pages and the API say about an imported file is compared with this.
//
// The file has the columns customerID, invoiceNumber, InvoiceDate, DueDate, InvoiceAmount and SettledDate, no cell of it in
// quotation marks, and every settled invoice was paid in one sum.

/** The rows of a file whose dates are `day_first` or `month_first`. */
export function read(text, order) {
  const [head, ...lines] = text.trim().split(/\r?\n/).map((line) => line.split(","));
  const place = Object.fromEntries(head.map((column, index) => [column.toLowerCase(), index]));
  const day = (cell) => {
    if (!cell) return undefined;
    const [first, second, year] = cell.split("/").map((part) => part.padStart(2, "0"));
    return order === "day_first" ? `${year}-${second}-${first}` : `${year}-${first}-${second}`;
  };
  return lines.map((cells) => ({
    customer: cells[place.customerid],
    number: cells[place.invoicenumber],
    date: day(cells[place.invoicedate]),
    due: day(cells[place.duedate]),
    settled: day(cells[place.settleddate]),
    cents: cents(cells[place.invoiceamount]),
  }));
}

/** An amount as somebody wrote it, with or without its sign of currency and thousands marks, in cents. */
export function cents(text) {
  if (text === "–") return 0n;
  const [, minus, whole, fraction = ""] = /^([-−]?)[^\d]*([\d,]+)(?:\.(\d{1,2}))?$/.exec(text.replaceAll(/\s/g, ""));
  const value = BigInt(whole.replaceAll(",", "")) * 100n + BigInt(fraction.padEnd(2, "0"));
  return minus ? -value : value;
}

const sum = (rows) => rows.reduce((total, row) => total + row.cents, 0n);
const openAt = (date) => (row) => row.date <= date && !(row.settled && row.settled <= date);

/** The rows of each customer. */
export const byCustomer = (rows) => Map.groupBy(rows, ({ customer }) => customer);

/** What is open at the end of a day. */
export const open = (rows, date) => sum(rows.filter(openAt(date)));

/** What is open at the end of a day, by days past due: not due, then up to each of the bands, then beyond. */
export function bands(rows, date, upTo = [30, 60, 90, 180, 365]) {
  const found = Array.from({ length: upTo.length + 2 }, () => 0n);
  for (const row of rows.filter(openAt(date))) {
    const late = Math.round((Date.parse(date) - Date.parse(row.due)) / 86_400_000);
    const beyond = upTo.findIndex((days) => late <= days);
    const place = late <= 0 ? 0 : beyond === -1 ? upTo.length + 1 : beyond + 1;
    found[place] += row.cents;
  }
  return found;
}

/** A statement from one day to another, both included. */
export function statement(rows, from, to) {
  const before = new Date(Date.parse(from) - 86_400_000).toISOString().slice(0, 10);
  const within = (date) => date && from <= date && date <= to;
  return {
    opening: open(rows, before),
    charged: sum(rows.filter((row) => within(row.date))),
    paid: sum(rows.filter((row) => within(row.settled))),
    closing: open(rows, to),
  };
}
