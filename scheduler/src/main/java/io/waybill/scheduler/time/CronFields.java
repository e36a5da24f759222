package io.waybill.scheduler.time;

import java.util.BitSet;

/**
 * The values that the fields of an expression allow.
 *
 * @param interval whether its times keep their rhythm through a clock change
 */
record CronFields(BitSet seconds, BitSet minutes, BitSet hours, CronDays days, boolean interval) {}
