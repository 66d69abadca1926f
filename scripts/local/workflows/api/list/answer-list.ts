import type { Request } from 'express';
import { cutPage, readPageSize, readQuery } from '../request/read-request.ts';
import type { Fields } from './field.ts';
import { orderItems } from './order-items.ts';
import { parseFilter } from './parse-filter.ts';

export interface ListPage<Item> {
  readonly items: readonly Item[];
  /** Items that match the filter, on all pages. */
  readonly totalSize: number;
  /** Spread this into the answer. Empty on the last page. */
  readonly next: { readonly nextPageToken?: string };
}

/**
 * Answers a list request by its `filter`, `orderBy`, `pageSize` and `pageToken`. Without `orderBy`
 * the items keep their order.
 *
 * @throws ApiError
 */
export function answerList<Item>(
  request: Request,
  items: readonly Item[],
  options: {
    readonly fields?: Fields<Item>;
    readonly pageSize: { readonly usual: number; readonly maximum: number };
    /** Number of items to leave out at the beginning of the page. */
    readonly skip?: number;
  },
): ListPage<Item> {
  const { fields = {}, skip = 0 } = options;
  const filter = readQuery(request, 'filter');
  const orderBy = readQuery(request, 'orderBy');
  const matching = filter === undefined ? items : items.filter(parseFilter(filter, fields));
  const ordered = orderBy === undefined ? matching : orderItems(matching, orderBy, fields);
  const pageSize = readPageSize(request, options.pageSize);
  const { items: page, nextPageToken } = cutPage(ordered, request, { pageSize, skip });
  return {
    items: page,
    totalSize: matching.length,
    next: nextPageToken === undefined ? {} : { nextPageToken },
  };
}
