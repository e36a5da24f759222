package io.waybill.mail.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Holds one part of a received message that is not its text: decoded bytes under a safe name. */
public final class ReceivedAttachment {
  private final String name;
  private final String rawName;
  private final String contentType;
  private final @Nullable String contentId;
  private final boolean inline;
  private final Spool content;

  ReceivedAttachment(
      String name,
      String rawName,
      String contentType,
      @Nullable String contentId,
      boolean inline,
      Spool content) {
    this.name = name;
    this.rawName = rawName;
    this.contentType = contentType;
    this.contentId = contentId;
    this.inline = inline;
    this.content = content;
  }

  /** Returns a name without path, control characters and reserved words, unique in its message. */
  public String name() {
    return name;
  }

  /** Returns the decoded name as the sender gave it, possibly empty; never to be used as a path. */
  public String rawName() {
    return rawName;
  }

  /** Returns the declared media type in lower case. */
  public String contentType() {
    return contentType;
  }

  /** Returns the Content-ID without angle brackets. */
  public Optional<String> contentId() {
    return Optional.ofNullable(contentId);
  }

  /** Returns whether the sender meant it to be shown within the text. */
  public boolean isInline() {
    return inline;
  }

  /** Whether it is kept in a file, and not in memory. */
  boolean isFile() {
    return content.isFile();
  }

  /** Returns the number of decoded bytes. */
  public long sizeBytes() {
    return content.sizeBytes();
  }

  /** Returns the digest of the decoded bytes as {@code sha-256:<hex>}. */
  public String sha256() {
    return content.sha256();
  }

  /**
   * Opens the decoded content; may be called again and again until the message is closed.
   *
   * @throws IOException if the content cannot be read, or the message was closed
   */
  public InputStream open() throws IOException {
    return content.open();
  }

  @Override
  public String toString() {
    return name + " (" + contentType + ", " + content.sizeBytes() + " bytes)";
  }
}
