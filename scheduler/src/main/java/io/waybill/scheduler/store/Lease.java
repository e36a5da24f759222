package io.waybill.scheduler.store;

/**
 * A name that this owner has.
 *
 * @param token the fencing token: one more each time that another owner has taken the name
 */
public record Lease(String name, long token) {}
