package io.waybill.mail.outbox;

/**
 * Says how much waits in an outbox, for a decision too.
 *
 * @param entries how many messages
 * @param bytes their sizes together
 */
public record OutboxLoad(long entries, long bytes) {}
