package io.waybill.scheduler.store;

/**
 * How many rows a table of the store has, and what they hold.
 *
 * @param table its name in lower case
 * @param digest 64 hexadecimal digits, the same for the same rows on every database and in every
 *     order
 */
public record TableCount(String table, long rows, String digest) {}
