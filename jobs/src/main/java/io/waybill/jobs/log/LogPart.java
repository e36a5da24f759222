package io.waybill.jobs.log;

/**
 * A piece of a run's log: whole lines, unless one is longer than a piece.
 *
 * @param text what it says
 * @param from where it begins, in bytes of the log
 * @param next where what follows begins; {@code from} if nothing is there yet
 */
public record LogPart(String text, long from, long next) {}
