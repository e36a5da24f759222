package io.waybill.mail;

/**
 * Holds one header field.
 *
 * @param name the field's name as written, for instance {@code X-Job}
 * @param value the decoded value in one line
 */
public record Header(String name, String value) {}
