package io.waybill.mail.smime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.waybill.mail.MessageSeal;
import io.waybill.mail.mime.RawField;
import io.waybill.mail.mime.RawMessage;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Parts a message into the fields that stay outside and the MIME entity that is protected: its
 * Content-* and MIME-Version fields, an empty line, and the body (RFC 8551 3.1).
 */
final class SmimeEntity implements Closeable {
  private final RawMessage message;

  private SmimeEntity(RawMessage message) {
    this.message = message;
  }

  static SmimeEntity open(MessageSeal.Content content) throws IOException {
    return new SmimeEntity(RawMessage.open(content));
  }

  private static boolean isInner(RawField field) {
    return field.startsWith("Content-") || field.isNamed("MIME-Version");
  }

  /** Writes From, To, Subject and all else that describes the message, not its content. */
  void writeOuterFields(OutputStream out) throws IOException {
    for (RawField field : message.fields()) {
      if (!isInner(field)) {
        out.write(field.text().getBytes(ISO_8859_1));
      }
    }
  }

  /** Writes the entity, byte for byte as it is in the message; once. */
  void writeTo(OutputStream out) throws IOException {
    for (RawField field : message.fields()) {
      if (isInner(field)) {
        out.write(field.text().getBytes(ISO_8859_1));
      }
    }
    out.write(new byte[] {'\r', '\n'});
    message.body().transferTo(out);
  }

  @Override
  public void close() throws IOException {
    message.close();
  }
}
