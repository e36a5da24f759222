package io.waybill.transfer.tcp;

import java.time.Duration;

/**
 * What failed and will be tried again.
 *
 * @param endpoint the host that was in use
 * @param what what was being done, such as {@code upload of a.bin to in/a.bin}
 * @param reason why it failed
 * @param failures how many there were without progress between them, this one included
 * @param mostFailures at how many it is given up
 * @param delay how long until the next try
 */
public record Retry(
    String endpoint, String what, String reason, int failures, int mostFailures, Duration delay) {}
