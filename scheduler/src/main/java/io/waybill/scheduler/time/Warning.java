package io.waybill.scheduler.time;

/**
 * Something that a schedule allows and that may not be what was meant.
 *
 * @param offset where in the text as written it stands, from 0
 * @param words one sentence without a full stop
 */
public record Warning(int offset, String words) {}
