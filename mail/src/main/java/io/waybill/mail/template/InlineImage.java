package io.waybill.mail.template;

import io.waybill.mail.Attachment;

/**
 * Holds an image that the HTML of a mail shows by {@code cid:} and its Content-ID (RFC 2392).
 *
 * @param contentId without angle brackets, such as {@code image1@waybill}
 * @param attachment the file's name, content type and bytes
 */
public record InlineImage(String contentId, Attachment attachment) {}
