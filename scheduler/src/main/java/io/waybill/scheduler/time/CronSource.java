package io.waybill.scheduler.time;

import io.waybill.scheduler.CronDialect;
import java.util.Optional;

/**
 * What an expression is read from.
 *
 * @param text as written
 * @param job whose name {@code H} is taken from; empty where no job is known
 */
record CronSource(String text, CronDialect dialect, Optional<String> job) {}
