package io.waybill.mail.mime;

/**
 * Holds one header field of a received message.
 *
 * @param name as written
 * @param value in one line, decoded
 * @param raw in one line, as it stands in the message
 */
public record ReceivedHeader(String name, String value, String raw) {}
