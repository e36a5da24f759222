package io.waybill.jobs.probe;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that was looked at.
 *
 * @param facts what was found, plain values
 * @param failure why it and all that would follow was not done; empty if it went well
 */
public record ProbeStep(
    String name, Duration took, Map<String, Object> facts, Optional<RuntimeException> failure) {}
