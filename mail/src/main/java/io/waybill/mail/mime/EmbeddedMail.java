package io.waybill.mail.mime;

import io.waybill.mail.Attachment;
import io.waybill.mail.MailException;
import io.waybill.mail.MessageEncoding;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Holds an attached mail, copied first, because how it may travel is known only at its end.
 *
 * <p>RFC 2046 5.2.1 forbids to encode {@code message/rfc822}. So only a mail whose lines a server
 * takes as they are, with headers in ASCII, keeps its type; its line ends become CRLF.
 */
final class EmbeddedMail implements AutoCloseable {
  private final Spool content;
  private final MessageEncoding encoding;
  private final boolean asIs;

  private EmbeddedMail(Spool content, MessageEncoding encoding, boolean asIs) {
    this.content = content;
    this.encoding = encoding;
    this.asIs = asIs;
  }

  static EmbeddedMail copy(Attachment attachment, long maxBytes) throws IOException {
    Spool content = new Spool(Spool.DEFAULT_MEMORY_BYTES, maxBytes, 8192);
    try (InputStream in = attachment.open()) {
      in.transferTo(content);
      content.close();
      return examine(content);
    } catch (IOException | RuntimeException e) {
      content.releaseAfter(e);
      throw e;
    }
  }

  private static EmbeddedMail examine(Spool content) throws IOException {
    WireOutput lines = new WireOutput(OutputStream.nullOutputStream(), true);
    boolean asIs;
    try (InputStream in = content.open()) {
      in.transferTo(lines);
      lines.finish();
      asIs = content.sizeBytes() > 0 && lines.encoding() != MessageEncoding.UTF8;
    } catch (MailException.InvalidMessage e) {
      asIs = false; // it travels in base64, which bears everything
    }
    return new EmbeddedMail(content, lines.encoding(), asIs);
  }

  boolean isAsIs() {
    return asIs;
  }

  String contentType() {
    return asIs ? Attachment.MAIL : "application/octet-stream";
  }

  String transferEncoding() {
    return !asIs ? "base64" : isEightBit() ? "8bit" : "7bit";
  }

  boolean isEightBit() {
    return asIs && encoding == MessageEncoding.EIGHT_BIT;
  }

  void writeTo(OutputStream out) throws IOException {
    try (InputStream in = content.open()) {
      if (asIs) {
        WireOutput lines = new WireOutput(out, true);
        in.transferTo(lines);
        lines.finish();
      } else {
        BodyEncoder.writeBase64(in, out);
      }
    }
  }

  @Override
  public void close() throws IOException {
    content.release();
  }
}
