package io.waybill.mail.mime;

import java.util.List;

/**
 * Holds the place of a part in the tree of a received message.
 *
 * @param contentType the media type in lower case
 * @param role what was made of it
 * @param name the safe name of an attachment, else empty
 * @param sizeBytes decoded; 0 for a multipart
 * @param children of a multipart, in order
 */
public record ReceivedPart(
    String contentType, Role role, String name, long sizeBytes, List<ReceivedPart> children) {
  public ReceivedPart {
    children = List.copyOf(children);
  }

  /** What was made of a part. */
  public enum Role {
    /** It holds other parts. */
    MULTIPART,
    /** {@link ParsedMail#text()}. */
    TEXT,
    /** {@link ParsedMail#html()}. */
    HTML,
    /** {@link ParsedMail#calendar()}, and nothing else. */
    CALENDAR,
    /** One of {@link ParsedMail#attachments()}. */
    ATTACHMENT
  }
}
