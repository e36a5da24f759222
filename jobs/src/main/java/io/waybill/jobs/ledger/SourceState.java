package io.waybill.jobs.ledger;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a source.
 *
 * @param first since when it is looked at
 * @param last when something new was found there
 * @param forgotten when somebody had items of it forgotten, which are then looked for again
 * @param directory what its directory was known by when something came there last
 */
public record SourceState(
    Source source,
    Instant first,
    Optional<Instant> last,
    Optional<Instant> forgotten,
    Optional<String> directory) {}
