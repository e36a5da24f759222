package io.waybill.mail.outbox;

import io.waybill.mail.mime.DeliveryReport;
import java.time.Instant;
import java.util.Optional;

/**
 * What somebody reported of a message after a server had accepted it. Anybody can write such a
 * report, so it changes nothing about what is sent.
 *
 * @param address the recipient, as the message was addressed if the report says
 * @param kind how bad it is
 * @param status the enhanced code (RFC 3463), such as 5.1.1
 * @param diagnostic what the last server said
 * @param reportedAt when it was written down
 */
public record Bounce(
    String address,
    DeliveryReport.Kind kind,
    Optional<String> status,
    Optional<String> diagnostic,
    Instant reportedAt) {}
