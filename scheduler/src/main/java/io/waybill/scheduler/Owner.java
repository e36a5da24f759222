package io.waybill.scheduler;

/**
 * A process that can hold runs.
 *
 * @param node the stable name of the machine or pod
 * @param incarnation the ULID of this life of the process; differs after each start
 */
public record Owner(String node, String incarnation) {}
